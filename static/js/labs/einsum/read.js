/** What the tape of an einsum program holds: the numbers of everything in it, the backward nodes in their order, torch's own words where it refused. */

import { dataOf, madeAt, tensorsOf } from "../lines.js";

/** @typedef {import("../../tape/load.js").Tape} Tape */
/** @typedef {import("./source.js").Program} Program */
/** @typedef {{data: number[] | null, step: number}} Seen */
/** @typedef {{step: number, node: number, name: string, towards: number[]}} Ran a backward node that ran; `towards`: the operands whose gradient it is on the way to */
/** @typedef {{operands: Seen[], y: Seen, g: number[] | null, adjoints: {contraction: Seen, whole: number[] | null, grad: number[] | null}[], nodes: Ran[], raised: {type: string, message: string, step: number} | null}} Told */

/** @param {Tape} tape @param {Program} program @returns {Told} */
export function told(tape, { lines }) {
  const tensors = tensorsOf(tape, [
    ...lines.operands,
    lines.y,
    ...lines.adjoints.flatMap(({ line, whole }) => [line, whole]),
  ]);
  const seen = madeAt(tape, tensors).map(({ value, step }) => ({ data: dataOf(tape, value), step }));
  const n = lines.operands.length;
  const grads = gradsOf(tape);
  const start = tape.events.find((event) => event.kind === "backward_start");
  const end = tape.events.at(-1);
  return {
    operands: seen.slice(0, n),
    y: seen[n],
    g: start?.kind === "backward_start" ? dataOf(tape, start.values[0]) : null,
    adjoints: lines.adjoints.map((_, i) => ({
      contraction: seen[n + 1 + 2 * i],
      whole: seen[n + 2 + 2 * i].data,
      grad: grads.get(tensors[i]) ?? null,
    })),
    nodes: ran(tape, tensors.slice(0, n)),
    raised: end?.kind === "raise" ? { type: end.type, message: end.message, step: tape.events.length - 1 } : null,
  };
}

/** What was written into `.grad`, by tensor. @param {Tape} tape */
function gradsOf(tape) {
  /** @type {Map<number | null, number[] | null>} */
  const found = new Map();
  for (const event of tape.events) if (event.kind === "accumulate") found.set(event.tensor, dataOf(tape, event.total));
  return found;
}

/** @param {Tape} tape @param {readonly (number | null)[]} operands @returns {Ran[]} */
function ran(tape, operands) {
  /** @type {Map<number, number[]>} */
  const known = new Map();
  /** @param {number} node @returns {number[]} */
  const leads = (node) => {
    const before = known.get(node);
    if (before) return before;
    const { variable, next_functions: next } = tape.nodes[node];
    const found =
      variable === null
        ? next.flatMap((edge) => (edge && edge.node !== null ? leads(edge.node) : []))
        : [operands.indexOf(variable)];
    const unique = [...new Set(found)].filter((each) => each >= 0).sort();
    known.set(node, unique);
    return unique;
  };
  return tape.events.flatMap((event, step) =>
    event.kind === "node_enter"
      ? [{ step, node: event.node, name: tape.nodes[event.node].name, towards: leads(event.node) }]
      : [],
  );
}

/** The largest difference between two lists of numbers; null where one is not known. @param {readonly number[] | null} a @param {readonly number[] | null} b */
export function apart(a, b) {
  if (!a || !b || a.length !== b.length) return null;
  return a.reduce((most, number, i) => Math.max(most, Math.abs(number - b[i])), 0);
}
