import assert from "node:assert/strict";
import { test } from "node:test";

import { PLAIN, changed } from "../../../../static/js/labs/convolution/choices.js";
import { complaints } from "../../../../static/js/labs/convolution/complaints.js";
import { PRESETS, cellsOf, resized, textOf, weightOf } from "../../../../static/js/labs/convolution/kernel.js";
import { moved } from "../../../../static/js/labs/cells.js";
import { program } from "../../../../static/js/labs/convolution/program.js";
import {
  outputFormula,
  outputSize,
  pairsOf,
  touching,
  windowOf,
} from "../../../../static/js/labs/convolution/windows.js";

const GEOMETRIES = [
  { kernel: [3, 3], stride: 1, padding: 1, dilation: 1 },
  { kernel: [2, 3], stride: 2, padding: 0, dilation: 1 },
  { kernel: [3, 2], stride: 2, padding: 3, dilation: 2 },
  { kernel: [1, 1], stride: 3, padding: 0, dilation: 1 },
];
const [ROWS, COLUMNS] = [7, 6];

/** @param {typeof GEOMETRIES[0]} geometry */
const sizes = (geometry) => [
  outputSize(ROWS, geometry.kernel[0], geometry),
  outputSize(COLUMNS, geometry.kernel[1], geometry),
];
const cells = ([rows, columns]) =>
  Array.from({ length: rows * columns }, (_, i) => ({ row: Math.floor(i / columns), column: i % columns }));
const link = (weight, input, output) => [weight, input, output].map(({ row, column }) => `${row},${column}`).join(" ");

for (const geometry of GEOMETRIES)
  test(`windows, their reverse and a weight's pairs are one relation: ${JSON.stringify(geometry)}`, () => {
    const out = sizes(geometry);
    const forward = cells(out).flatMap((output) =>
      windowOf(output, [ROWS, COLUMNS], geometry)
        .filter(({ inside }) => inside)
        .map(({ kernel, cell }) => link(kernel, cell, output)),
    );
    const back = cells([ROWS, COLUMNS]).flatMap((input) =>
      touching(input, out, geometry).map(({ kernel, cell }) => link(kernel, input, cell)),
    );
    const weights = cells(geometry.kernel).flatMap((weight) =>
      pairsOf(weight, [ROWS, COLUMNS], out, geometry).map(({ output, cell }) => link(weight, cell, output)),
    );
    assert.ok(forward.length > 0);
    assert.deepEqual(back.sort(), forward.sort());
    assert.deepEqual(weights.sort(), forward.sort());
  });

test("the size of the output is written with this step's numbers", () => {
  assert.equal(
    outputFormula(32, 3, { kernel: [3, 3], stride: 2, padding: 1, dilation: 2 }),
    "⌊(32 + 2·1 − 2·(3 − 1) − 1) / 2⌋ + 1 = 15",
  );
});

test("a weight is a decimal number or a fraction, and nothing else", () => {
  const python = (text) => weightOf(text)?.python ?? null;
  assert.deepEqual(["1", "-0.5", "−2", "1/9", "-1 / 9", "1e-3", ".5"].map(python), [
    "1.0",
    "-0.5",
    "-2.0",
    "1 / 9",
    "-1 / 9",
    "0.001",
    "0.5",
  ]);
  for (const text of ["", "a", "1/0", "1//2", "nan", "inf", "1e999", "0x10", "1_000", "1+1", "__import__('os')"])
    assert.equal(python(text), null, text);
});

test("a kernel keeps its middle when it is resized", () => {
  const cells = cellsOf("1,2,3;4,5,6;7,8,9");
  assert.deepEqual(resized(cells, 1), [["5"]]);
  assert.equal(textOf(resized(cells, 5)), "0,0,0,0,0;0,1,2,3,0;0,4,5,6,0;0,7,8,9,0;0,0,0,0,0");
  assert.equal(textOf([["1,5", "2;"]]), "1.5,2.");
});

test("every kernel to begin with has nothing wrong with it", () => {
  for (const { kernel } of PRESETS) assert.deepEqual(complaints({ ...PLAIN, kernel }), []);
});

const BAD = [
  [{ kernel: "1,abc;0,1" }, "kernel", /says “abc” in row 1, column 2.*write one such as 0\.5/],
  [{ kernel: "1,;0,1" }, "kernel", /empty in row 1, column 2.*write a number/],
  [{ kernel: "1,2;3" }, "kernel", /give each row 2 weights/],
  [{ kernel: Array(8).fill("1").join() }, "kernel", /1 × 8, and this lab goes to 7 × 7: make it smaller/],
  [{ stride: "0" }, "stride", /stride is 0.*write 1 or more/],
  [{ stride: "1.5" }, "stride", /“1.5”, which is no whole number/],
  [{ padding: "-1" }, "padding", /padding is -1.*write 0 or more/],
  [{ dilation: "0" }, "dilation", /dilation is 0: write 1 or more/],
  [{ dilation: "99" }, "dilation", /goes to 8: write a smaller/],
  [{ op: "max", window: "x" }, "window", /“x”, which is no whole number/],
  [{ loss: "one", cell: "2" }, "cell", /write its row and its column/],
  [{ picture: "own" }, "picture", /choose a file/],
  [{ picture: "cat" }, "picture", /choose one of letter/],
];
for (const [change, field, sentence] of BAD)
  test(`${JSON.stringify(change)} gets a sentence that says what to change`, () => {
    const [first] = complaints({ ...PLAIN, ...change });
    assert.equal(first.field, field);
    assert.match(first.text, sentence);
  });

test("choices without a complaint make a program of at most 64 KB, whatever the picture", () => {
  const own = { ...PLAIN, picture: "own", size: "64", channels: "3" };
  assert.deepEqual(complaints(own, true), []);
  const text = program(own, "A".repeat(4 * 64 * 64));
  assert.ok(text.length < 30_000);
  assert.ok(text.split("\n").every((line) => line.length < 120));
});

test("a pooling moves by its own window, until it is told otherwise", () => {
  const pools = changed(PLAIN, { op: "avg" });
  assert.deepEqual([pools.stride, pools.padding], ["2", "0"]);
  assert.equal(changed(pools, { window: "3" }).stride, "3");
  assert.equal(changed(changed(pools, { stride: "1" }), { window: "3" }).stride, "1");
  assert.equal(changed(pools, { op: "conv" }).padding, "1");
});

test("arrow keys go from cell to cell and stop at the border", () => {
  const at = { board: "output", row: 0, column: 1 };
  const grid = { rows: 2, columns: 3 };
  assert.deepEqual(moved(at, "ArrowDown", grid), { board: "output", row: 1, column: 1 });
  assert.deepEqual(moved(at, "ArrowUp", grid), at);
  assert.deepEqual(moved(at, "End", grid), { board: "output", row: 0, column: 2 });
  assert.equal(moved(at, "Enter", grid), null);
});
