/**
 * The stretch of a long wire that is near the screen: a dashed line costs as much as it is long, on every tile that it
 * touches, and a wire around all the blocks of a model is a hundred screens long.
 */

import { linePath } from "./paths.js";

/** @typedef {import("./types.js").Box} Box */
/** @typedef {import("./types.js").Route} Route */
/** @typedef {import("./paths.js").Point} Point */
/** @typedef {{path: string, skipped: number}} Stretch `skipped`: how much of the wire lies before it, so that its dashes stay where they are */

/** Wires shorter than this are drawn whole. */
const LONG = 1600;

/** What is near a view: the view and a little around it, in steps, so that most movements leave it as it was. @param {Box} view @returns {Box} */
export function nearOf(view) {
  const step = 2 ** Math.ceil(Math.log2(Math.max(view.width, view.height, 1) / 4));
  const [x, y] = [view.x, view.y].map((low) => (Math.floor(low / step) - 1) * step);
  const [right, bottom] = [view.x + view.width, view.y + view.height].map(
    (high) => (Math.floor(high / step) + 2) * step,
  );
  return { x, y, width: right - x, height: bottom - y };
}

/** @param {Box} route */
export const isLong = (route) => Math.max(route.width, route.height) > LONG;

/** @param {Route} route @param {Box} near @returns {Stretch} */
export function stretchOf(route, near) {
  if (!isLong(route)) return { path: route.path, skipped: 0 };
  const { points } = route;
  const pieces = points.slice(1).map((to, i) => piece(points[i], to, near));
  const first = pieces.findIndex((each) => each !== null);
  const last = pieces.findLastIndex((each) => each !== null);
  if (first < 0) return { path: "", skipped: 0 };
  const [start] = /** @type {[Point, Point]} */ (pieces[first]);
  const [, end] = /** @type {[Point, Point]} */ (pieces[last]);
  let skipped = distance(points[first], start);
  for (let i = 1; i <= first; i += 1) skipped += distance(points[i - 1], points[i]);
  return { path: linePath([{ x: start.x, y: start.y }, ...points.slice(first + 1, last + 1), end]), skipped };
}

/** What of one piece of a wire is near; null where nothing is. Curves are short, and stay whole. @param {Point} from @param {Point} to @param {Box} near @returns {[Point, Point] | null} */
function piece(from, to, near) {
  const [right, bottom] = [near.x + near.width, near.y + near.height];
  const apart =
    Math.max(from.x, to.x) < near.x ||
    Math.min(from.x, to.x) > right ||
    Math.max(from.y, to.y) < near.y ||
    Math.min(from.y, to.y) > bottom;
  if (apart) return null;
  const slanted = Math.abs(to.x - from.x) > 0.5 && Math.abs(to.y - from.y) > 0.5;
  if (slanted) return [from, to];
  const cut = (/** @type {Point} */ { x, y, curve }) => ({
    x: Math.min(right, Math.max(near.x, x)),
    y: Math.min(bottom, Math.max(near.y, y)),
    curve,
  });
  return [cut(from), cut(to)];
}

/** @param {Point} a @param {Point} b */
const distance = (a, b) => Math.hypot(b.x - a.x, b.y - a.y);
