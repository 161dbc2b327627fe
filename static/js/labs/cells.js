/** Numbers as a grid of cells: what boards draw and read. */

/** @typedef {{rows: number, columns: number, data: number[]}} Grid */
/** @typedef {{row: number, column: number}} At */
/** @typedef {{board: string, row: number, column: number}} Focus the cell that is pointed at, and on which board */

/** The cell that an arrow key goes to. @template {Focus} F @param {F} focus @param {string} key @param {{rows: number, columns: number}} grid @returns {F | null} */
export function moved(focus, key, { rows, columns }) {
  const by = /** @type {Record<string, [number, number]>} */ ({
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    PageUp: [-4, 0],
    PageDown: [4, 0],
    Home: [0, -columns],
    End: [0, columns],
  })[key];
  if (!by) return null;
  const within = (/** @type {number} */ n, /** @type {number} */ size) => Math.max(0, Math.min(size - 1, n));
  return { ...focus, row: within(focus.row + by[0], rows), column: within(focus.column + by[1], columns) };
}
