/** Weights laid out flat: a row of kernels for each output channel, a column for each input channel; and one cell of them in words. */

import { toNumber } from "../../tape/words.js";

/** @typedef {import("../cells.js").Grid} Grid */
/** @typedef {import("../values.js").Numbers} Numbers */

/** [out, in, k, k] → out·k rows and in·k columns. @param {Numbers} numbers @returns {Grid} */
export function mosaic({ shape, data }) {
  const [out, into, rows, columns] = shape;
  const grid = { rows: out * rows, columns: into * columns };
  const flat = Array.from({ length: grid.rows * grid.columns }, (_, i) => {
    const [y, x] = [Math.floor(i / grid.columns), i % grid.columns];
    const kernel = Math.floor(y / rows) * into + Math.floor(x / columns);
    return toNumber(data[(kernel * rows + (y % rows)) * columns + (x % columns)]);
  });
  return { ...grid, data: flat };
}

/** The index in the tensor of a cell of the mosaic. @param {{row: number, column: number}} at @param {number} side of a kernel */
export const indexOf = ({ row, column }, side) => [
  Math.floor(row / side),
  Math.floor(column / side),
  row % side,
  column % side,
];

/** The channels of a picture one beside the other, the pictures of a batch one below the other. @param {Numbers} numbers [batch, channels, rows, columns] @returns {Grid} */
export const sideBySide = mosaic;
