/** From the lines of a program that a lab has written to what they made on the tape. */

import { toNumber } from "../tape/words.js";

/** @typedef {import("../tape/load.js").Tape} Tape */

/** The tensor that each line made: by its last op, where it has several. @param {Tape} tape @param {readonly number[]} lines from 1 @returns {(number | null)[]} */
export function tensorsOf(tape, lines) {
  /** @type {Map<number, number>} */
  const byLine = new Map();
  for (const op of tape.ops) {
    const span = tape.spans[op.span ?? -1];
    if (op.parent === null && span && op.outputs.length) byLine.set(span.line, op.outputs[0]);
  }
  return lines.map((line) => byLine.get(line) ?? null);
}

/** The numbers of a value, row by row; null where the tape has none. @param {Tape} tape @param {number | null | undefined} id @returns {number[] | null} */
export const dataOf = (tape, id) => tape.values[id ?? -1]?.data?.map(toNumber) ?? null;

/** What each tensor was when its op had run, and the step of that. @param {Tape} tape @param {readonly (number | null)[]} tensors @returns {{value: number | null, step: number}[]} `value`: a row of `tape.values` */
export function madeAt(tape, tensors) {
  /** @type {Map<number, {value: number | null, step: number}>} */
  const byOp = new Map();
  tape.events.forEach((event, step) => {
    if (event.kind === "op") byOp.set(event.op, { value: event.values[0], step });
  });
  const none = { value: null, step: -1 };
  return tensors.map((tensor) => byOp.get(tape.tensors[tensor ?? -1]?.op ?? -1) ?? none);
}
