/** From a tape to the numbers of a trace: values, tangents, adjoints, each with the step at which the tape has it. */

import { dataOf, madeAt, tensorsOf } from "../lines.js";

/** @typedef {import("../../tape/load.js").Tape} Tape */
/** @typedef {import("./trace.js").Trace} Trace */
/** @typedef {import("./source.js").Program} Program */
/** @typedef {{row: number, value: number}} Sent a part of an adjoint on its way to a row, or from one */
/**
 * @typedef {{kind: "seed" | "node" | "leaf", step: number, row: number | null, value: number | null, sends: Sent[]}} Frame
 *   `seed`: the pass begins; `node`: the engine calls the node of a row; `leaf`: an input's `.grad` is written. `value`: the adjoint that arrived
 */
/** @typedef {{frames: Frame[], adjoints: (number | null)[]}} Pass `adjoints`: of each row; null where none arrived */
/** @typedef {{value: number | null, step: number}} Seen */

/** The only number of a value, or null. @param {Tape} tape @param {number | null | undefined} id */
const scalar = (tape, id) => dataOf(tape, id)?.[0] ?? null;

/** @param {Tape} tape @param {readonly (number | null)[]} tensors @returns {Seen[]} */
const valuesOf = (tape, tensors) =>
  madeAt(tape, tensors).map(({ value, step }) => ({ value: scalar(tape, value), step }));

/**
 * Values and tangents: of every seed (`wrt`), a column for each input; of torch's own duals, the one column there is.
 * @param {Tape} tape @param {Trace} trace @param {Program} program @returns {{rows: Seen[], tangents: (number | null)[][]}} `tangents[column][row]`; zero where the tape has none
 */
export function readForward(tape, trace, program) {
  const tensors = tensorsOf(tape, program.lines);
  const rows = valuesOf(tape, tensors);
  const row = new Map(tensors.map((tensor, i) => [tensor, i]));
  const seeded = Boolean(tape.header.wrt?.length);
  const tangents = (seeded ? trace.inputs : [0]).map(() =>
    rows.map(({ step }) => /** @type {number | null} */ (step < 0 ? null : 0)),
  );
  for (const event of tape.events) {
    if (event.kind !== "tangent" || !row.has(event.tensor)) continue;
    const column = seeded ? trace.inputs.indexOf(row.get(event.seed) ?? -1) : 0;
    if (tangents[column]) tangents[column][/** @type {number} */ (row.get(event.tensor))] = scalar(tape, event.value);
  }
  return { rows, tangents };
}

/** Which row a node belongs to, and whether the row's adjoint arrives there. @param {Tape} tape @param {readonly (number | null)[]} tensors */
function nodesOf(tape, tensors) {
  const byOp = new Map(tensors.map((tensor, row) => [tape.tensors[tensor ?? -1]?.op, row]));
  const arrives = new Map();
  tensors.forEach((tensor, row) => {
    const node = tape.tensors[tensor ?? -1]?.node;
    if (node !== null && node !== undefined) arrives.set(node, row);
  });
  for (const node of tape.nodes) if (node.variable !== null) arrives.set(node.id, tensors.indexOf(node.variable));
  /** @param {number | null} node */
  const of = (node) => arrives.get(node) ?? byOp.get(tape.nodes[node ?? -1]?.op ?? -1) ?? null;
  return { of, arrives: (/** @type {number} */ node) => arrives.has(node), byOp };
}

/** @param {Tape} tape @param {Program} program @returns {{rows: Seen[], passes: Pass[]}} */
export function readReverse(tape, program) {
  const tensors = tensorsOf(tape, program.lines);
  const nodes = nodesOf(tape, tensors);
  /** @type {Pass[]} */
  const passes = [];
  tape.events.forEach((event, step) => {
    const pass = passes.at(-1);
    if (event.kind === "backward_start") passes.push(begun(step, program.lines.length));
    else if (pass && event.kind === "node_enter") entered(pass, nodes, tape, event, step);
    else if (pass && event.kind === "contribution") sent(pass, nodes, tape, event);
    else if (pass && event.kind === "backward_end") ended(pass, step);
  });
  return { rows: valuesOf(tape, tensors), passes };
}

/** @param {number} step @param {number} rows @returns {Pass} */
const begun = (step, rows) => ({
  frames: [{ kind: "seed", step, row: null, value: null, sends: [] }],
  adjoints: Array(rows).fill(null),
});

/** @param {Pass} pass @param {ReturnType<typeof nodesOf>} nodes @param {Tape} tape @param {import("../../tape/format.js").NodeEnter} event @param {number} step */
function entered(pass, nodes, tape, { node, values }, step) {
  if (!nodes.arrives(node)) return; // one of several nodes of the same op: nothing of the trace happens there
  const row = nodes.of(node);
  const value = scalar(tape, values[0]);
  if (row === null || row < 0) return;
  pass.adjoints[row] = value;
  const kind = tape.nodes[node].variable !== null ? "leaf" : "node";
  pass.frames.push({ kind, step, row, value, sends: [] });
}

/** A contribution belongs to the frame of the row that sends it. @param {Pass} pass @param {ReturnType<typeof nodesOf>} nodes @param {Tape} tape @param {import("../../tape/format.js").Contribution} event */
function sent(pass, nodes, tape, { node, source, value }) {
  if (!nodes.arrives(node)) return;
  const from = source === null ? null : nodes.of(source);
  const frame = pass.frames.findLast((each) => (from === null ? each.kind === "seed" : each.row === from));
  const [row, number] = [nodes.of(node), scalar(tape, value)];
  if (frame && row !== null && number !== null) frame.sends.push({ row, value: number });
}

/** Where a pass begins at a leaf and ends there, the tape has no call of a node: what was sent is what arrived. @param {Pass} pass @param {number} step */
function ended(pass, step) {
  const [{ sends }] = pass.frames;
  if (pass.frames.length > 1 || sends.length !== 1) return;
  const [{ row, value }] = sends;
  pass.adjoints[row] = value;
  pass.frames.push({ kind: "leaf", step, row, value, sends: [] });
}

/** What has arrived at each row after so many frames of a pass: its parts, and their sum once the engine has taken it. @param {Pass} pass @param {number} frames @param {number} rows */
export function arrivals(pass, frames, rows) {
  const parts = Array.from({ length: rows }, () => /** @type {{from: number | null, value: number}[]} */ ([]));
  const sums = Array(rows).fill(/** @type {number | null} */ (null));
  for (const frame of pass.frames.slice(0, frames)) {
    if (frame.row !== null) sums[frame.row] = frame.value;
    for (const { row, value } of frame.sends) parts[row].push({ from: frame.row, value });
  }
  return { parts, sums };
}
