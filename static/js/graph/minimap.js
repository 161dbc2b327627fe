/** The whole graph in a few hundred pixels, as plain data: how large the map is, and what is painted where. */

import { cullLayout } from "./culling.js";
import { family } from "./shapes.js";

/** @typedef {import("./types.js").Layout} Layout */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Box} Box */
/** @typedef {{width: number, height: number, across: number, down: number}} Frame pixels, and pixels for one unit of the graph */
/** @typedef {Box & {family: string, status: "idle" | "done" | "now" | "frame"}} Patch */

/** A map of a very deep graph is wider than it would be true to scale. */
const LEAST = 56;
const PAD = 5;

/** @param {{width: number, height: number}} layout @param {{width: number, height: number}} most @returns {Frame} */
export function frameOf(layout, most) {
  const room = { width: most.width - 2 * PAD, height: most.height - 2 * PAD };
  const scale = Math.min(room.width / layout.width, room.height / layout.height);
  const width = Math.max(scale * layout.width, Math.min(LEAST, room.width));
  const height = Math.max(scale * layout.height, Math.min(LEAST / 2, room.height));
  return {
    width: Math.round(width + 2 * PAD),
    height: Math.round(height + 2 * PAD),
    across: width / layout.width,
    down: height / layout.height,
  };
}

/** A box of the graph on the map. @param {Box} box @param {Frame} frame @returns {Box} */
export function onMap(box, { across, down }) {
  return { x: PAD + box.x * across, y: PAD + box.y * down, width: box.width * across, height: box.height * down };
}

/** A place on the map in the graph. @param {number} x @param {number} y @param {Frame} frame @returns {[number, number]} */
export const inGraph = (x, y, { across, down }) => [(x - PAD) / across, (y - PAD) / down];

/** What of a view lies on the map; a view of nowhere near is at its edge. @param {Box} view @param {Frame} frame @returns {Box} */
export function windowOf(view, frame) {
  const { x, y, width, height } = onMap(view, frame);
  const left = Math.min(Math.max(x, 0), frame.width - 4);
  const top = Math.min(Math.max(y, 0), frame.height - 4);
  const [right, bottom] = [Math.min(frame.width, x + width), Math.min(frame.height, y + height)];
  return { x: left, y: top, width: Math.max(4, right - left), height: Math.max(4, bottom - top) };
}

/** So much of a graph in view needs no map: it would cover more than it shows. */
const ENOUGH = 0.8;

/** Whether (nearly) all of a graph is in a view. @param {{width: number, height: number}} layout @param {Box} view */
export function fitsIn({ width, height }, { x, y, width: wide, height: high }) {
  const seen = (/** @type {number} */ from, /** @type {number} */ length, /** @type {number} */ whole) =>
    Math.max(0, Math.min(whole, from + length) - Math.max(0, from)) / whole;
  return seen(x, wide, width) * seen(y, high, height) >= ENOUGH;
}

/** @param {Layout} layout @param {Frame} frame @param {(item: Item) => "idle" | "done" | "now"} statusOf @returns {Patch[]} */
export function patchesOf(layout, frame, statusOf) {
  const whole = { x: 0, y: 0, width: layout.width, height: layout.height };
  return cullLayout(layout, whole, frame.down).items.map((item) => {
    const filled = item.unit.open && item.height * frame.down > 26;
    const status = statusOf(item);
    return { ...onMap(item, frame), family: family(item), status: filled && status !== "now" ? "frame" : status };
  });
}
