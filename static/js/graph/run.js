/** How a wire runs through a level. */

/**
 * How a wire runs, from its start down to its end: an end's y depends on the side's face and is found when it is drawn.
 * @typedef {object} Run
 * @property {number} start x
 * @property {number} end x
 * @property {number} fromRow
 * @property {number} toRow
 * @property {number | null} lane x of the column or lane that it takes
 * @property {boolean} straight whether the lane is a free column
 * @property {number} out y of the track on which it leaves for its lane
 * @property {number} in y of the track on which it comes back
 * @property {number[]} via x in each row that it passes in a place kept free for it
 * @property {boolean} bySide whether it enters its target from the side
 * @property {import("./timeline.js").Bend | null} bend its way along time, where it has one
 */

/** A run without a lane or a bend. @param {number} start @param {number} end @param {{fromRow: number, toRow: number}} rows @returns {Run} */
export const plainRun = (start, end, { fromRow, toRow }) => ({
  start,
  end,
  fromRow,
  toRow,
  lane: null,
  straight: false,
  out: 0,
  in: 0,
  via: [],
  bySide: false,
  bend: null,
});
