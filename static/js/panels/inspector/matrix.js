/** Which part of a tensor stands on the screen: the last two dimensions, at most 64 × 64 of them, at one index of all others. */

import { t } from "../../language/index.js";
import { formatNumber, toNumber } from "../../tape/words.js";

/** @typedef {(number | boolean | string)[]} Numbers */
/** @typedef {{name: string, dimension: number, at: number, last: number, by: number}} Picker where one dimension stands, and in which steps it moves */

/** The most rows and columns at once. */
export const PAGE = 64;

/** Where a tensor is looked at first. @param {readonly number[]} shape */
export const origin = (shape) => shape.map(() => 0);

/** How many rows and columns are shown. @param {readonly number[]} shape @param {readonly number[]} place */
export function extent(shape, place) {
  const [rows, columns] = [shape.length - 2, shape.length - 1].map((i) => Math.min(PAGE, shape[i] - place[i]));
  return { rows, columns };
}

/** One picker for every dimension that does not fit. @param {readonly number[]} shape @param {readonly number[]} place @returns {Picker[]} */
export function pickers(shape, place) {
  return shape.flatMap((length, dimension) => {
    const within = dimension >= shape.length - 2;
    if (within && length <= PAGE) return [];
    const name = within
      ? dimension === shape.length - 2
        ? t("rows from")
        : t("columns from")
      : t("dimension {n}", { n: dimension });
    const by = within ? PAGE : 1;
    return length > 1 ? [{ name, dimension, at: place[dimension], last: Math.floor((length - 1) / by) * by, by }] : [];
  });
}

/** The same part in Python's words, for the server. @param {readonly number[]} shape @param {readonly number[]} place */
export const sliceText = (shape, place) =>
  shape
    .map((length, i) => (i < shape.length - 2 ? place[i] : `${place[i]}:${Math.min(length, place[i] + PAGE)}`))
    .join(",");

/** The same part of numbers that are all here. @param {Numbers} data @param {readonly number[]} shape @param {readonly number[]} place @returns {Numbers} */
export function cut(data, shape, place) {
  const { rows, columns } = extent(shape, place);
  const width = shape[shape.length - 1];
  const start = place.reduce((at, index, i) => at * shape[i] + index, 0);
  return Array.from({ length: rows }, (_, row) =>
    data.slice(start + row * width, start + row * width + columns),
  ).flat();
}

/** `[0, 2, 5]`: the index of a cell. @param {readonly number[]} place @param {number} row @param {number} column */
export function indexText(place, row, column) {
  const [top, left] = place.slice(-2);
  return `[${[...place.slice(0, -2), top + row, left + column].join(", ")}]`;
}

/** The least, the largest and the size of the largest finite number. @param {Numbers} data */
export function range(data) {
  let [min, max] = [Infinity, -Infinity];
  for (const each of data) {
    const n = toNumber(each);
    if (Number.isFinite(n)) [min, max] = [Math.min(min, n), Math.max(max, n)];
  }
  return min > max ? { min: 0, max: 0, most: 0 } : { min, max, most: Math.max(Math.abs(min), Math.abs(max)) };
}

/** One number as a program reads it back. @param {number | boolean | string} number */
function exact(number) {
  if (typeof number === "boolean") return formatNumber(number);
  const n = toNumber(number);
  return Number.isNaN(n) ? "nan" : Number.isFinite(n) ? String(n) : n > 0 ? "inf" : "-inf";
}

/** Numbers as text, a row of the last dimension on each line. @param {Numbers} data @param {number} columns */
export function csv(data, columns) {
  const lines = [];
  for (let at = 0; at < data.length; at += Math.max(1, columns))
    lines.push(
      data
        .slice(at, at + columns)
        .map(exact)
        .join(","),
    );
  return `${lines.join("\n")}\n`;
}
