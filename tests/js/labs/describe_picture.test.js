/** The picture of a described model: rows by depth, branches side by side, nothing on top of anything. */

import assert from "node:assert/strict";
import test from "node:test";

import { pictureOf, shortly } from "../../../static/js/labs/describe/picture.js";
import { starts } from "../../../static/js/labs/describe/starts.js";
import { TABLE } from "./describe/table.js";

const layer = (kind, more = {}) => ({ layer: kind, ...more });
const spec = (...all) => ({ inputs: { x: { shape: [4, 3] } }, layers: all });
const boxOf = (picture, id) => picture.boxes.find((box) => box.id === id);

/** @param {import("../../../static/js/labs/describe/picture.js").Picture} picture */
function apart({ boxes, width, height }) {
  for (const [i, a] of boxes.entries()) {
    assert.ok(a.x - a.w / 2 >= 0 && a.x + a.w / 2 <= width && a.y - a.h / 2 >= 0 && a.y + a.h / 2 <= height, a.id);
    for (const b of boxes.slice(i + 1))
      assert.ok(Math.abs(a.x - b.x) >= (a.w + b.w) / 2 || Math.abs(a.y - b.y) >= (a.h + b.h) / 2, `${a.id} on ${b.id}`);
  }
}

test("boxes of the starting points stand apart, and every wire leaves below and enters above", () => {
  for (const { spec: start, title } of starts()) {
    const picture = pictureOf(start, TABLE);
    apart(picture);
    for (const { from, to, points } of picture.wires) {
      const [a, b] = [boxOf(picture, from), boxOf(picture, to)];
      assert.ok(points[0][1] >= a.y + a.h / 2 - 1 && points.at(-1)[1] <= b.y, `${title}: ${from} → ${to}`);
      assert.ok(points.every(([, y], i) => i === 0 || y > points[i - 1][1]));
    }
  }
});

test("a chain is one straight line", () => {
  const picture = pictureOf(spec(layer("Linear"), layer("ReLU"), layer("Tanh")), TABLE);
  assert.equal(new Set(picture.boxes.map(({ x }) => x)).size, 1);
});

test("branches stand side by side in one row, below what they take", () => {
  const picture = pictureOf(
    spec(layer("Linear", { name: "a", inputs: ["x"] }), layer("Linear", { name: "b", inputs: ["x"] }), {
      function: "add",
      inputs: ["a", "b"],
    }),
    TABLE,
  );
  const [x, a, b, add] = ["x", "a", "b", "add1"].map((id) => boxOf(picture, id));
  assert.ok(a.y === b.y && a.x !== b.x);
  assert.ok(x.y < a.y && b.y < add.y);
});

test("a wire that passes layers goes around their boxes", () => {
  const skip = spec(layer("Linear", { name: "a" }), layer("ReLU", { name: "b" }), layer("Tanh", { name: "c" }), {
    function: "add",
    inputs: ["x", "c"],
  });
  const picture = pictureOf(skip, TABLE);
  const { points } = picture.wires.find(({ from, to }) => from === "x" && to === "add1");
  for (const id of ["a", "b", "c"]) {
    const box = boxOf(picture, id);
    const [wx] = points.find(([, y]) => Math.abs(y - box.y) < 1);
    assert.ok(Math.abs(wx - box.x) > box.w / 2, id);
  }
});

test("three wires from one box to another are seen as three", () => {
  const picture = pictureOf(spec(layer("LayerNorm", { name: "n" }), layer("MultiheadAttention", { name: "m" })), TABLE);
  const ends = picture.wires.filter(({ to }) => to === "m").map(({ points }) => points.at(-1)[0]);
  assert.equal(new Set(ends).size, 3);
});

test("a name that there is not has no wire, and the rest is drawn", () => {
  const picture = pictureOf(spec(layer("Linear", { inputs: ["nobody"] }), layer("ReLU", { inputs: ["relu1"] })), TABLE);
  assert.deepEqual(
    picture.wires.map(({ from, to }) => [from, to]),
    [["relu1", " end"]],
  );
  apart(picture);
});

test("two hundred layers with branches everywhere still stand apart", () => {
  const layers = Array.from({ length: 200 }, (_, i) =>
    i % 3 === 2
      ? { function: "add", inputs: [`n${i - 1}`, `n${i - 2}`], name: `n${i}` }
      : layer("ReLU", { name: `n${i}`, inputs: [i ? `n${i - 1 - (i % 3)}` : "x"] }),
  );
  apart(pictureOf(spec(...layers), TABLE));
});

test("a box says what was set: the required without their names", () => {
  const conv = layer("Conv2d", { args: { in_channels: 1, out_channels: 4, kernel_size: [3, 5], bias: false } });
  assert.equal(shortly(conv, TABLE.layers.Conv2d), "1, 4, (3, 5), bias=False");
});
