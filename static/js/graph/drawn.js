/** What of a program's ops is drawn, and on which side. */

import { isForward } from "./hooks.js";

/** @typedef {import("./types.js").Tape} Tape */

/**
 * Whether an op has a box: one that forward code ran on tensors, be it in a module's forward hook, whose result goes on.
 * What ran inside another op (the `apply` of a custom `autograd.Function`) is that op's interior, and what a checkpointed
 * segment computes again has its box where it ran first.
 * @param {Tape} tape @param {import("../tape/format.js").Op} op
 */
export function isDrawn(tape, op) {
  if (op.phase !== "forward" || op.parent !== null) return false;
  if (op.hook !== null && !isForward(tape.hooks[op.hook].kind)) return false;
  const written = [...op.outputs, ...op.mutates];
  if (written.length && written.every((id) => tape.tensors[id].grad_of !== null)) return false;
  return op.inputs.length > 0 && (op.outputs.length + op.mutates.length > 0 || op.error !== null);
}

/** Whether a checkpointed segment made a tensor when it was computed again: its place is on the backward side. @param {Tape} tape @param {number | null} tensor */
export function isRecomputed(tape, tensor) {
  const op = tensor === null ? null : tape.tensors[tensor].op;
  return op !== null && tape.ops[op].phase === "recompute";
}
