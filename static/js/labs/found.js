/** What a lab finds on a tape by the names that stand in its own program. */

/** @typedef {import("../tape/load.js").Tape} Tape */

/** The first tensor of this name. @param {Tape} tape @param {string} name @returns {number | null} */
export const tensorNamed = (tape, name) => tape.tensors.find((each) => each.name === name)?.id ?? null;

/** The values and versions that a tensor was seen with, as ops wrote them. @param {Tape} tape @param {number | null} tensor */
export function writesOf(tape, tensor) {
  if (tensor === null) return [];
  return tape.events.flatMap((event) => {
    if (event.kind !== "op") return [];
    const at = tape.writes(event.op).indexOf(tensor);
    return at < 0 ? [] : [{ op: event.op, value: event.values[at] ?? null, version: event.versions[at] }];
  });
}

/** What was seen of a tensor when it was made. @param {Tape} tape @param {string} name */
export const firstOf = (tape, name) => writesOf(tape, tensorNamed(tape, name))[0]?.value ?? null;

/** What was last seen of the last tensor of this name. @param {Tape} tape @param {string} name */
export function lastOf(tape, name) {
  const tensor = tape.tensors.findLast((each) => each.name === name)?.id ?? null;
  return writesOf(tape, tensor).at(-1)?.value ?? null;
}

/** What the program printed. @param {Tape} tape */
export const printedOn = (tape) =>
  tape.events.flatMap((event) => (event.kind === "print" ? [event.text] : [])).join("");
