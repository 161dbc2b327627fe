/** What a breakpoint has to know of a value: whether it holds a NaN or Inf, and how large its largest number is. */

import { toNumber } from "../tape/words.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../tape/format.js").Value} Value */

/** Whether a value holds a NaN or Inf. @param {Tape} tape @param {number | null | undefined} id */
export function isOddValue(tape, id) {
  const value = tape.values[id ?? -1];
  if (!value) return false;
  if (value.summary) return value.summary.nan > 0 || value.summary.inf > 0;
  return value.data?.some((number) => !Number.isFinite(toNumber(number))) ?? false;
}

/** The absolute values of a complex tensor's numbers, which the tape holds as pairs. @param {number[]} numbers */
const lengths = (numbers) => numbers.flatMap((re, i) => (i % 2 ? [] : [Math.hypot(re, numbers[i + 1])]));

/** The largest absolute value, where the tape knows it; NaN is no number. @param {Value} value @returns {number | null} */
function largest({ data, dtype, summary }) {
  if (summary?.inf) return Infinity;
  if (summary) return summary.min === null ? summary.norm : Math.max(Math.abs(summary.min), Math.abs(summary.max ?? 0));
  if (!data) return null;
  const numbers = data.map(toNumber);
  const sizes = (dtype.includes("complex") ? lengths(numbers) : numbers).filter((number) => !Number.isNaN(number));
  return sizes.length ? sizes.reduce((most, number) => Math.max(most, Math.abs(number)), 0) : null;
}

/** How large a gradient is: its largest absolute value, exact also where the tape holds only its statistics; null where it is not known. @param {Tape} tape @param {number | null | undefined} id */
export function sizeOfValue(tape, id) {
  const value = tape.values[id ?? -1];
  return value ? largest(value) : null;
}

/** Whether two values are known to be the same numbers. @param {Tape} tape @param {number | null | undefined} a @param {number | null | undefined} b */
export function isSame(tape, a, b) {
  const [one, other] = [tape.values[a ?? -1]?.data, tape.values[b ?? -1]?.data];
  return Boolean(one && other && one.length === other.length && one.every((number, i) => number === other[i]));
}
