/**
 * Lanes: where a wire that passes a row of boxes runs. A free column is taken straight; otherwise the wire goes around the
 * outside, leaves on the left and running values on the right, shorter spans nearer. One lane serves all users of a value.
 */

const CLEAR = 12;
const FIRST = 24;
const STEP = 14;

/**
 * @typedef {object} Long a value that is used below the next row
 * @property {number} start x where it leaves
 * @property {number} row the row it leaves
 * @property {{x: number, row: number, place: number, fromSide: boolean}[]} targets
 * @property {boolean} left whether it prefers the left
 */

/**
 * @typedef {object} Lane
 * @property {number} x
 * @property {boolean} straight a free column: no turn into a track
 * @property {boolean} left
 */

/** @typedef {{left: number, right: number}} Extent */

/**
 * @param {readonly Long[]} longs
 * @param {readonly Extent[][]} rows the boxes of each row
 * @returns {Lane[]} one for each of `longs`
 */
export function layLanes(longs, rows) {
  const extents = rows.map((row) => ({
    left: row.reduce((x, box) => Math.min(x, box.left), Infinity),
    right: row.reduce((x, box) => Math.max(x, box.right), -Infinity),
  }));
  /** @type {{x: number, from: number, to: number}[]} */
  const taken = [];
  const order = longs.map((_, i) => i).sort((a, b) => span(longs[a]) - span(longs[b]) || a - b);
  /** @type {Lane[]} */
  const lanes = new Array(longs.length);
  for (const i of order) {
    const long = longs[i];
    const to = Math.max(...long.targets.map((target) => target.row));
    const column = freeColumn(long, to, rows, taken);
    if (column !== null) {
      taken.push({ x: column, from: long.row + 1, to: to - 1 });
      lanes[i] = { x: column, straight: true, left: false };
      continue;
    }
    const bySide = long.targets.some((target) => target.fromSide && target.row === to);
    const end = bySide ? to : to - 1;
    let x = long.left ? Infinity : -Infinity;
    for (let row = long.row + 1; row <= end; row += 1)
      x = long.left ? Math.min(x, extents[row].left) : Math.max(x, extents[row].right);
    if (!Number.isFinite(x)) x = long.start;
    x += long.left ? -FIRST : FIRST;
    for (let moved = true; moved;) {
      moved = false;
      for (const lane of taken) {
        if (lane.from <= end && lane.to >= long.row + 1 && Math.abs(lane.x - x) < STEP - 1) {
          x = lane.x + (long.left ? -STEP : STEP);
          moved = true;
        }
      }
    }
    taken.push({ x, from: long.row + 1, to: end });
    lanes[i] = { x, straight: false, left: long.left };
  }
  return lanes;
}

/** @param {Long} long */
function span(long) {
  return Math.max(...long.targets.map((target) => target.row)) - long.row;
}

/**
 * A column under the start or above the end that no box and no lane stands in.
 * @param {Long} long @param {number} to @param {readonly Extent[][]} rows @param {readonly {x: number, from: number, to: number}[]} taken
 */
function freeColumn(long, to, rows, taken) {
  const wanted = [long.start, ...long.targets.filter((target) => target.row === to).map((target) => target.x)];
  for (const x of wanted) {
    let free = !taken.some((lane) => lane.from <= to - 1 && lane.to >= long.row + 1 && Math.abs(lane.x - x) < STEP - 1);
    for (let row = long.row + 1; free && row < to; row += 1)
      free = rows[row].every((box) => x < box.left - CLEAR || x > box.right + CLEAR);
    if (free) return x;
  }
  return null;
}
