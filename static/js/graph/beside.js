/** Two wires on one way, each a little to its own side of it, without crossing at the corners. */

/** @typedef {import("./paths.js").Point} Point */

/** @param {Point} from @param {Point} to @returns {[number, number]} across a piece of the way: to the right of who walks it, seen on the screen */
function across(from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  // A curve leaves and arrives upright.
  if (to.curve || Math.abs(dy) >= Math.abs(dx)) return [Math.sign(dy || 1), 0];
  return [0, -Math.sign(dx)];
}

/** @param {readonly Point[]} points @param {number} by @returns {Point[]} */
export function beside(points, by) {
  return points.map((point, i) => {
    const before = i > 0 ? across(points[i - 1], point) : null;
    const after = i + 1 < points.length ? across(point, points[i + 1]) : null;
    const [a, b] = [before ?? after ?? [1, 0], after ?? before ?? [1, 0]];
    const [x, y] = a[0] === b[0] && a[1] === b[1] ? a : [a[0] + b[0], a[1] + b[1]];
    return { ...point, x: point.x + by * x, y: point.y + by * y };
  });
}
