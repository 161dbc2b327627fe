import assert from "node:assert/strict";
import { test } from "node:test";

import { PLAIN, complaints } from "../../../../static/js/labs/fusion/choices.js";
import { place } from "../../../../static/js/labs/fusion/graphs.js";
import { failures, program } from "../../../../static/js/labs/fusion/program.js";
import { indexOf, mosaic } from "../../../../static/js/labs/fusion/weights.js";
import { brief, rangeOf } from "../../../../static/js/labs/paint.js";

const item = (id, kind, from = [], label = id) => ({ id, kind, label, detail: "", from });
const FORWARD = [
  item("noise", "input"),
  item("conv3.weight", "param"),
  item("conv3.bias", "param"),
  item("op:1", "op", ["noise", "conv3.weight", "conv3.bias"], "conv2d"),
  item("op:2", "op", ["noise", "op:1"], "add"),
  item("conv1.weight", "param"),
  item("conv1.bias", "param"),
  item("op:3", "op", ["noise", "conv1.weight", "conv1.bias"], "conv2d"),
  item("op:4", "op", ["op:2", "op:3"], "add"),
  item("output", "output", ["op:4"], "before"),
];
const BACKWARD = [
  item("node:1", "node", [], "AddBackward0"),
  item("node:2", "node", ["node:1"], "ConvolutionBackward0"),
  item("node:3", "acc", ["node:2"], "AccumulateGrad"),
  item("node:4", "acc", ["node:2"], "AccumulateGrad"),
];
const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

for (const [name, items, up] of [
  ["forward", FORWARD, false],
  ["backward", BACKWARD, true],
])
  test(`the ${name} drawing has every item once, none over another, and every arrow in its direction`, () => {
    const { items: placed, arrows, width, height } = place(items, up);
    assert.deepEqual(placed.map(({ id }) => id).sort(), items.map(({ id }) => id).sort());
    for (const a of placed) {
      assert.ok(a.x >= 0 && a.x + a.width <= width && a.y >= 0 && a.y + a.height <= height);
      for (const b of placed) assert.ok(a === b || !overlap(a, b), `${a.id} lies over ${b.id}`);
    }
    assert.equal(
      arrows.length,
      items.reduce((sum, { from }) => sum + from.length, 0),
    );
    for (const { from, to } of arrows) assert.ok(up ? from.y > to.y : from.y < to.y);
  });

test("what both convolutions read stands between them", () => {
  const x = Object.fromEntries(place(FORWARD, false).items.map((each) => [each.id, each.x]));
  assert.ok(x["conv3.bias"] < x.noise && x.noise < x["conv1.weight"]);
});

test("a weight is laid out flat, and each cell knows its index", () => {
  const shape = [2, 2, 3, 3];
  const data = Array.from({ length: 36 }, (_, i) => i);
  const grid = mosaic({ shape, data });
  assert.deepEqual([grid.rows, grid.columns], [6, 6]);
  grid.data.forEach((n, i) => {
    const [out, into, row, column] = indexOf({ row: Math.floor(i / 6), column: i % 6 }, 3);
    assert.equal(n, ((out * 2 + into) * 3 + row) * 3 + column);
  });
});

const BAD = [
  [{ seed: "one" }, /seed is “one”: write a whole number from 0/],
  [{ seed: "-1" }, /write a whole number from 0/],
  [{ seed: "99999999999" }, /to 2147483647/],
  [{ atol: "big" }, /choose one of 1e-8, 1e-7/],
  [{ what: "'); import os; ('" }, /choose one of branches, norm/],
];
for (const [change, sentence] of BAD)
  test(`${JSON.stringify(change)} gets a sentence that says what to change`, () => {
    assert.match(complaints({ ...PLAIN, ...change })[0].text, sentence);
  });

test("a mistake stands in the program as a line that says so", () => {
  assert.match(program({ ...PLAIN, swap: "yes" }), /identity\.flip\(0\)\s+# the mistake/);
  assert.match(program({ ...PLAIN, bias: "no" }), /bias = conv3\.bias\.clone\(\)\s+# the mistake/);
  assert.doesNotMatch(program(PLAIN), /mistake/);
});

test("what the run with many seeds printed is read, and nothing else is", () => {
  assert.deepEqual(failures("ones: 7 random: 64\n"), { ones: 7, random: 64 });
  assert.equal(failures(""), null);
});

test("a number in a cell is short, and 0 only where it is 0", () => {
  assert.deepEqual([0, 1, -1.5, 0.004, -0.004, 12.34, -538.4, 123456, NaN].map(brief), [
    "0",
    "1",
    "−1.5",
    "0.00",
    "−0.00",
    "12.3",
    "−538",
    "123456",
    "NaN",
  ]);
});

test("one colour is one number on both sides of zero, and a picture keeps its own black and white", () => {
  const grid = (...data) => ({ rows: 1, columns: data.length, data });
  assert.deepEqual(rangeOf(grid(-2, 1), "heat"), { low: -2, high: 2 });
  assert.deepEqual(rangeOf(grid(-2, 1), "heat", 5), { low: -5, high: 5 });
  assert.deepEqual(rangeOf(grid(0.2, 0.4), "grey"), { low: 0, high: 1 });
  assert.deepEqual(rangeOf(grid(3, 3), "grey"), { low: 3, high: 4 });
});
