/** Which cells a window covers, and which windows cover a cell: the arithmetic of one dimension, twice. */

/** @typedef {{kernel: [number, number], stride: number, padding: number, dilation: number}} Geometry */
/** @typedef {import("../cells.js").At} At */
/** @typedef {{kernel: At, cell: At, inside: boolean}} Tap a weight and the picture's cell under it; outside, the cell is padding */
/** @typedef {{kernel: At, cell: At}} Touch a weight and the output's cell it leads to */

/** Cells of the output along one dimension. @param {number} n @param {number} kernel @param {Geometry} geometry */
export const outputSize = (n, kernel, { stride, padding, dilation }) =>
  Math.floor((n + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;

/** The same with its numbers, as torch's documentation writes it. @param {number} n @param {number} kernel @param {Geometry} geometry */
export const outputFormula = (n, kernel, { stride, padding, dilation }) =>
  `⌊(${n} + 2·${padding} − ${dilation}·(${kernel} − 1) − 1) / ${stride}⌋ + 1 = ${outputSize(n, kernel, { kernel: [kernel, kernel], stride, padding, dilation })}`;

/** The weights of the kernel, row by row. @param {Geometry} geometry @returns {At[]} */
const weights = ({ kernel: [rows, columns] }) =>
  Array.from({ length: rows * columns }, (_, i) => ({ row: Math.floor(i / columns), column: i % columns }));

/** The cells of the picture under the window of an output cell. @param {At} output @param {readonly [number, number]} size rows and columns of the picture @param {Geometry} geometry @returns {Tap[]} */
export function windowOf(output, [rows, columns], geometry) {
  const { stride, padding, dilation } = geometry;
  return weights(geometry).map((kernel) => {
    const cell = {
      row: output.row * stride - padding + kernel.row * dilation,
      column: output.column * stride - padding + kernel.column * dilation,
    };
    return { kernel, cell, inside: cell.row >= 0 && cell.column >= 0 && cell.row < rows && cell.column < columns };
  });
}

/** The output cells whose window covers a cell of the picture, each with the weight it gets. @param {At} input @param {readonly [number, number]} size rows and columns of the output @param {Geometry} geometry @returns {Touch[]} */
export function touching(input, [rows, columns], geometry) {
  const { stride, padding, dilation } = geometry;
  return weights(geometry).flatMap((kernel) => {
    const row = (input.row + padding - kernel.row * dilation) / stride;
    const column = (input.column + padding - kernel.column * dilation) / stride;
    const there =
      Number.isInteger(row) && Number.isInteger(column) && row >= 0 && column >= 0 && row < rows && column < columns;
    return there ? [{ kernel, cell: { row, column } }] : [];
  });
}

/** What one weight is multiplied with: for every output cell, the picture's cell under it. @param {At} weight @param {readonly [number, number]} input @param {readonly [number, number]} output @param {Geometry} geometry */
export function pairsOf(weight, [rows, columns], [outRows, outColumns], { stride, padding, dilation }) {
  /** @type {{output: At, cell: At}[]} */
  const pairs = [];
  for (let i = 0; i < outRows; i += 1)
    for (let j = 0; j < outColumns; j += 1) {
      const cell = {
        row: i * stride - padding + weight.row * dilation,
        column: j * stride - padding + weight.column * dilation,
      };
      if (cell.row >= 0 && cell.column >= 0 && cell.row < rows && cell.column < columns)
        pairs.push({ output: { row: i, column: j }, cell });
    }
  return pairs;
}

/** The tap with the largest number under it: a max pooling's winner; the first of equals, as torch has it. @param {readonly Tap[]} taps @param {(cell: At) => number} at */
export function winner(taps, at) {
  return taps.reduce(
    (/** @type {Tap | null} */ best, tap) =>
      tap.inside && (best === null || at(tap.cell) > at(best.cell) || Number.isNaN(at(tap.cell))) ? tap : best,
    null,
  );
}
