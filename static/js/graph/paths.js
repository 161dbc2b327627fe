/** The lines of the graph: smooth curves between rows, rounded corners along lanes, and the outlines of shapes. */

/** @typedef {{x: number, y: number, curve?: boolean}} Point `curve`: reach this point by an S-curve */

const RADIUS = 10;

/** @param {number} value */
const n = (value) => Math.round(value * 10) / 10;

/** The same way backwards. @param {readonly Point[]} points @returns {Point[]} */
export function reversed(points) {
  return points.map((_, i) => {
    const { x, y } = points[points.length - 1 - i];
    return { x, y, curve: i > 0 && points[points.length - i].curve };
  });
}

/** @param {readonly Point[]} points @returns {string} */
export function linePath(points) {
  let path = `M${n(points[0].x)},${n(points[0].y)}`;
  for (let i = 1; i < points.length; i += 1) {
    const from = points[i - 1];
    const to = points[i];
    if (to.curve && Math.abs(to.x - from.x) > 0.5) {
      const middle = n((from.y + to.y) / 2);
      path += `C${n(from.x)},${middle} ${n(to.x)},${middle} ${n(to.x)},${n(to.y)}`;
      continue;
    }
    const next = points[i + 1];
    const turn = next && !next.curve ? corner(from, to, next) : null;
    path += turn ?? `L${n(to.x)},${n(to.y)}`;
  }
  return path;
}

/** @param {Point} from @param {Point} at @param {Point} to */
function corner(from, at, to) {
  const before = Math.hypot(at.x - from.x, at.y - from.y);
  const after = Math.hypot(to.x - at.x, to.y - at.y);
  const radius = Math.min(RADIUS, before / 2, after / 2);
  if (radius < 1) return null;
  const a = { x: at.x + ((from.x - at.x) / before) * radius, y: at.y + ((from.y - at.y) / before) * radius };
  const b = { x: at.x + ((to.x - at.x) / after) * radius, y: at.y + ((to.y - at.y) / after) * radius };
  return `L${n(a.x)},${n(a.y)}Q${n(at.x)},${n(at.y)} ${n(b.x)},${n(b.y)}`;
}

/** Leaves out points that are no corner. @param {Point[]} points @returns {Point[]} */
export function simple(points) {
  return points.filter(
    (point, i) => i === 0 || Math.abs(point.x - points[i - 1].x) > 0.01 || Math.abs(point.y - points[i - 1].y) > 0.01,
  );
}

/** @param {number} width @param {number} height */
export function boxPath(width, height, radius = 6) {
  const [w, h, r] = [width / 2, height / 2, Math.min(radius, height / 2)];
  return `M${r - w},${-h}H${w - r}A${r},${r} 0 0 1 ${w},${r - h}V${h - r}A${r},${r} 0 0 1 ${w - r},${h}H${r - w}A${r},${r} 0 0 1 ${-w},${h - r}V${r - h}A${r},${r} 0 0 1 ${r - w},${-h}Z`;
}

/** A box with cut corners. @param {number} width @param {number} height */
export function cutPath(width, height, cut = 8) {
  const [w, h] = [width / 2, height / 2];
  return `M${cut - w},${-h}H${w - cut}L${w},${cut - h}V${h - cut}L${w - cut},${h}H${cut - w}L${-w},${h - cut}V${cut - h}Z`;
}

/** A store: the outline, and the rim as a line of its own. @param {number} width @param {number} height */
export function cylinderPath(width, height) {
  const [w, h] = [width / 2, height / 2];
  const rim = 6;
  return {
    outline: `M${-w},${rim - h}A${w},${rim} 0 0 1 ${w},${rim - h}V${h - rim}A${w},${rim} 0 0 1 ${-w},${h - rim}Z`,
    rim: `M${-w},${rim - h}A${w},${rim} 0 0 0 ${w},${rim - h}`,
  };
}

/** What hangs below a box: its lower corners are cut, or round as a store's. @param {number} width @param {number} height @param {"cut" | "round"} corners */
export function stripPath(width, height, corners) {
  const [w, h] = [width / 2, height / 2];
  return corners === "cut"
    ? `M${-w},${-h}H${w}V${h - 6}L${w - 6},${h}H${6 - w}L${-w},${h - 6}Z`
    : `M${-w},${-h}H${w}V${h - 6}A${w},6 0 0 1 ${-w},${h - 6}Z`;
}

/** A tag that points on. @param {number} width @param {number} height @param {boolean} [down] */
export function tagPath(width, height, down = true) {
  const [w, h] = [width / 2, height / 2];
  const nose = 11;
  return down
    ? `M${-w},${-h}H${w}V${h - nose}L0,${h}L${-w},${h - nose}Z`
    : `M${-w},${h}H${w}V${nose - h}L0,${-h}L${-w},${nose - h}Z`;
}

/** @param {number} size */
export function diamondPath(size) {
  return `M0,${-size}L${size},0L0,${size}L${-size},0Z`;
}
