/** Programs of many things side by side: rows that go on below, small graphs on shelves, and a first view that has something in it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { readFacts } from "../../static/js/graph/facts.js";
import { READABLE, firstView } from "../../static/js/graph/framing.js";
import { layOut } from "../../static/js/graph/layout.js";
import { buildScene } from "../../static/js/graph/scene.js";
import { TapeBuilder, walkThrough } from "./graph_tapes.js";

const layoutOf = (tape) => layOut(buildScene(tape, readFacts(tape), new Set()));
const SIZE = { width: 720, height: 690 };

/** As many parameters as asked for, each detached, then each copied into: every step is taken for all of them before the next. */
function stateDict(entries) {
  const builder = new TapeBuilder();
  const all = Array.from({ length: entries }, (_, i) => builder.parameter(`p${i}`));
  const detached = all.map((tensor) => builder.op("detach", [tensor]));
  for (const tensor of detached) builder.op("clone", [tensor]);
  return builder.tape();
}

/** Many things that one op joins. */
function stacked(entries) {
  const builder = new TapeBuilder();
  const all = Array.from({ length: entries }, (_, i) => builder.op("relu", [builder.parameter(`p${i}`)]));
  builder.op("stack", all, { name: "joined" });
  return builder.tape();
}

const boxes = (layout, side) => layout.roots[side];
const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

for (const [name, tape] of /** @type {const} */ ([
  ["small graphs that ran by turns", stateDict(40)],
  ["what one op joins", stacked(40)],
]))
  test(`${name} do not make the graph wider than can be looked at, and do not meet`, () => {
    const layout = layoutOf(tape);
    assert.ok(layout.panels.forward.width < 3000, String(layout.panels.forward.width));
    const all = boxes(layout, "forward");
    assert.ok(all.length > 80);
    for (const [i, a] of all.entries()) for (const b of all.slice(i + 1)) assert.ok(!overlap(a, b), `${a.id} ${b.id}`);
  });

test("each of many small graphs stays whole: its things stand below each other on one shelf", () => {
  const layout = layoutOf(stateDict(40));
  const at = new Map(boxes(layout, "forward").map((item) => [item.id, item]));
  for (let i = 0; i < 40; i += 1) {
    const [first, second] = [at.get(`f:op:${i}`), at.get(`f:op:${40 + i}`)];
    assert.ok(second.y > first.y && second.y - first.y < 200);
    assert.ok(Math.abs(first.x + first.width / 2 - second.x - second.width / 2) < 2);
  }
});

test("a few things stay side by side", () => {
  const tops = new Set(
    boxes(layoutOf(stacked(6)), "forward")
      .filter((item) => item.id.startsWith("f:op:") && item.id !== "f:op:6")
      .map((item) => item.y),
  );
  assert.equal(tops.size, 1);
});

test("the first view of a wide graph has its first thing in it", () => {
  const layout = layoutOf(stacked(40));
  const { k, x, y } = firstView(layout, SIZE, "forward");
  assert.ok(k >= READABLE);
  const seen = boxes(layout, "forward").filter(
    (item) =>
      item.x * k + x >= 0 &&
      (item.x + item.width) * k + x <= SIZE.width &&
      item.y * k + y >= 0 &&
      (item.y + item.height) * k + y <= SIZE.height,
  );
  const top = Math.min(...boxes(layout, "forward").map((item) => item.y));
  assert.ok(seen.some((item) => item.y === top));
});

test("a graph whose names can be read as a whole is shown as a whole", () => {
  const layout = { ...layoutOf(walkThrough()), width: 1500, height: 1200 };
  const { k, x, y } = firstView(layout, SIZE, "backward");
  assert.ok(k < READABLE && x >= 0 && y >= 0 && x + 1500 * k <= SIZE.width && y + 1200 * k <= SIZE.height);
  const larger = firstView({ ...layout, width: 2500 }, SIZE, "backward");
  assert.ok(larger.k >= READABLE);
});

test("a backward side with nothing in it takes little room", () => {
  const builder = new TapeBuilder();
  const inputs = Array.from({ length: 4 }, (_, i) => builder.tensor({ role: "input", name: `x${i}` }));
  builder.op(
    "cat",
    inputs.map((tensor) => builder.op("relu", [tensor])),
  );
  const { panels, width } = layoutOf(builder.tape());
  assert.ok(panels.backward.width < panels.forward.width);
  assert.equal(width, panels.backward.x + panels.backward.width);
});
