/** A long wire is drawn as far as it is near the screen, and its dashes stay where they are. */

import assert from "node:assert/strict";
import test from "node:test";

import { nearOf, stretchOf } from "../../static/js/graph/stretch.js";

const screen = { x: 100, y: 5000, width: 900, height: 700 };

/** A wire from the top, out to a lane, down and back. */
const residual = (length) => ({
  path: "whole",
  points: [
    { x: 200, y: 0 },
    { x: 200, y: 20 },
    { x: 600, y: 20 },
    { x: 600, y: length - 20 },
    { x: 200, y: length - 20 },
    { x: 200, y: length },
  ],
  x: 200,
  y: 0,
  width: 400,
  height: length,
});

const numbersOf = (path) => path.match(/-?[\d.]+/g).map(Number);

test("a short wire is drawn whole", () => {
  assert.deepEqual(stretchOf(residual(900), nearOf(screen)), { path: "whole", skipped: 0 });
});

test("of a long wire only what is near the screen is drawn", () => {
  const near = nearOf(screen);
  const { path } = stretchOf(residual(40_000), near);
  const [x1, y1, x2, y2, ...rest] = numbersOf(path);
  assert.deepEqual(rest, []);
  assert.deepEqual([x1, x2], [600, 600]);
  assert.ok(y1 < screen.y - 60 && y2 > screen.y + screen.height + 60, "it reaches over the edges of the screen");
  assert.ok(y2 - y1 < 3 * screen.height);
});

test("the dashes go on where the part that is left out ends", () => {
  const near = nearOf(screen);
  const { path, skipped } = stretchOf(residual(40_000), near);
  // 20 down, 400 across, and down the lane to where the stretch begins.
  assert.equal(skipped, 20 + 400 + numbersOf(path)[1] - 20);
});

test("both ends of a long wire keep their corners", () => {
  const whole = residual(40_000);
  const top = stretchOf(whole, nearOf({ ...screen, y: -100 }));
  assert.deepEqual(numbersOf(top.path).slice(0, 2), [200, 0]);
  assert.equal(top.skipped, 0);
  const bottom = stretchOf(whole, nearOf({ ...screen, y: 39_500 }));
  assert.deepEqual(numbersOf(bottom.path).slice(-2), [200, 40_000]);
});

test("a wire that is nowhere near has no path", () => {
  assert.equal(stretchOf(residual(40_000), nearOf({ ...screen, x: 9000 })).path, "");
});

test("a small movement changes nothing that is drawn", () => {
  assert.deepEqual(nearOf({ ...screen, y: 5001 }), nearOf(screen));
});
