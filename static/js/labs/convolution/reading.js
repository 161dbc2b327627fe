/** What the lab shows of a tape: for each board the value it stands for, found by the names in the lab's own program. */

import { firstOf, printedOn, tensorNamed, writesOf } from "../found.js";

/** @typedef {import("../../tape/load.js").Tape} Tape */
/** @typedef {"picture" | "kernel" | "output" | "middle" | "activated" | "picture_grad" | "kernel_grad" | "output_grad" | "activated_grad"} Board */
/** @typedef {{boards: Partial<Record<Board, number>>, difference: number | null, gap: number | null, together: number | null, apart: number | null, versions: number[], nodes: string[], printed: string}} Reading values by board; `versions` of the tensor that the ReLU wrote, before and after; `nodes` in the order in which they ran */

/** @param {Tape} tape @param {string} label */
const opLabelled = (tape, label) => tape.ops.find((each) => each.label === label) ?? null;

/** The gradient that came to what an op made. @param {Tape} tape @param {number | undefined} op */
function arriving(tape, op) {
  const node = tape.nodes.find((each) => op !== undefined && each.op === op)?.id;
  const entered = tape.events.find((event) => event.kind === "node_enter" && event.node === node);
  return entered?.kind === "node_enter" ? (entered.values[0] ?? null) : null;
}

/** The `.grad` of the leaf of this name. @param {Tape} tape @param {string} name */
function gradOf(tape, name) {
  const event = tape.events.find((each) => each.kind === "accumulate" && tape.tensors[each.tensor].name === name);
  return event?.kind === "accumulate" ? event.total : null;
}

/** The names of the nodes that ran, an AccumulateGrad with its leaf. @param {Tape} tape */
function nodesRun(tape) {
  return tape.events.flatMap((event) => {
    if (event.kind !== "node_enter") return [];
    const { name, variable } = tape.nodes[event.node];
    return [variable === null ? name : `${name} ${tape.tensors[variable].name ?? ""}`.trim()];
  });
}

/** @param {Tape} tape @returns {Reading} */
export function read(tape) {
  const output = tensorNamed(tape, "output");
  const relu = opLabelled(tape, "relu") ?? opLabelled(tape, "relu_");
  const written = relu ? tape.writes(relu.id)[0] : null;
  const after = writesOf(tape, written ?? null).find((each) => each.op === relu?.id);
  /** The picture may have been drawn in steps: what counts is the last of them, before anything was made of it. */
  const drawn = writesOf(tape, lastPicture(tape));
  /** @type {Record<Board, number | null>} */
  const all = {
    picture: drawn.at(-1)?.value ?? null,
    kernel: firstOf(tape, "kernel"),
    output: firstOf(tape, "output"),
    middle: firstOf(tape, "middle"),
    activated: after?.value ?? null,
    picture_grad: gradOf(tape, "picture"),
    kernel_grad: gradOf(tape, "kernel"),
    output_grad: output === null ? null : arriving(tape, tape.tensors[output].op ?? undefined),
    activated_grad: arriving(tape, relu?.id),
  };
  const seen = writesOf(tape, written ?? null).filter((each) => each.op <= (relu?.id ?? 0));
  return {
    boards: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)),
    difference: firstOf(tape, "difference"),
    gap: firstOf(tape, "gap"),
    together: firstOf(tape, "together"),
    apart: firstOf(tape, "apart"),
    versions: seen.map((each) => each.version),
    nodes: nodesRun(tape),
    printed: printedOn(tape),
  };
}

/** The tensor that the convolution or the pooling is given. @param {Tape} tape */
function lastPicture(tape) {
  const named = tape.tensors.filter((each) => each.name === "picture");
  return named.at(-1)?.id ?? null;
}

/** The larger values, whose numbers are not in the tape's tables. @param {Reading} reading */
export const wanted = ({ boards, difference, gap, together, apart }) =>
  [...Object.values(boards), difference, gap, together, apart].filter((value) => value !== null);
