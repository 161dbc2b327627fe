/** The map of a graph: to scale where it can be, small enough to paint, and hidden where it says nothing. */

import assert from "node:assert/strict";
import test from "node:test";

import { readFacts } from "../../static/js/graph/facts.js";
import { layOut } from "../../static/js/graph/layout.js";
import { fitsIn, frameOf, inGraph, onMap, patchesOf, windowOf } from "../../static/js/graph/minimap.js";
import { buildScene } from "../../static/js/graph/scene.js";
import { chain } from "./graph_tapes.js";

const MOST = { width: 150, height: 210 };

test("a map keeps the graph's proportions", () => {
  const { width, height, across, down } = frameOf({ width: 1000, height: 1200 }, MOST);
  assert.equal(across, down);
  assert.ok(width <= MOST.width && height <= MOST.height);
});

test("the map of a very deep graph is wide enough to be seen", () => {
  const { width, height } = frameOf({ width: 900, height: 60_000 }, MOST);
  assert.ok(width >= 56 && height <= MOST.height);
});

test("a place on the map and in the graph are the same", () => {
  const frame = frameOf({ width: 1000, height: 9000 }, MOST);
  const { x, y } = onMap({ x: 300, y: 4000, width: 0, height: 0 }, frame);
  assert.deepEqual(inGraph(x, y, frame).map(Math.round), [300, 4000]);
});

test("the window stays on the map, wherever the view is", () => {
  const frame = frameOf({ width: 1000, height: 1000 }, MOST);
  for (const view of [
    { x: -9000, y: -9000, width: 500, height: 500 },
    { x: 9000, y: 9000, width: 500, height: 500 },
    { x: -100, y: -100, width: 5000, height: 5000 },
  ]) {
    const { x, y, width, height } = windowOf(view, frame);
    assert.ok(x >= 0 && y >= 0 && x + width <= frame.width && y + height <= frame.height);
  }
});

test("there is no map of what is nearly all in view", () => {
  const layout = { width: 1000, height: 1000 };
  assert.ok(fitsIn(layout, { x: -10, y: -10, width: 1100, height: 1100 }));
  assert.ok(fitsIn(layout, { x: 0, y: 0, width: 1000, height: 850 }));
  assert.ok(!fitsIn(layout, { x: 0, y: 0, width: 1000, height: 700 }));
  assert.ok(!fitsIn(layout, { x: 0, y: 2000, width: 1000, height: 1000 }));
});

test("of 10,000 boxes no more are painted than there are pixels for", () => {
  const tape = chain(5000);
  const layout = layOut(buildScene(tape, readFacts(tape), new Set()));
  assert.ok(layout.items.length > 10_000);
  const patches = patchesOf(layout, frameOf(layout, MOST), () => "done");
  assert.ok(patches.length > 100 && patches.length < 800, String(patches.length));
});
