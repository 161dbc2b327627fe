import assert from "node:assert/strict";
import { test } from "node:test";

import {
  PAGE,
  csv,
  cut,
  extent,
  indexText,
  origin,
  pickers,
  range,
  sliceText,
} from "../../../static/js/panels/inspector/matrix.js";

const counted = (/** @type {number} */ n) => Array.from({ length: n }, (_, i) => i);

test("the last two dimensions are shown at the index of the others", () => {
  assert.deepEqual(cut(counted(24), [2, 3, 4], [1, 0, 0]), counted(24).slice(12));
  assert.deepEqual(cut(counted(6), [2, 3], origin([2, 3])), counted(6));
  assert.equal(sliceText([2, 3, 4], [1, 0, 0]), "1,0:3,0:4");
});

test("what is larger than a page is shown a page at a time", () => {
  const shape = [2, PAGE + 6];
  assert.deepEqual(extent(shape, [0, PAGE]), { rows: 2, columns: 6 });
  assert.deepEqual(cut(counted(140), shape, [0, PAGE]), [...counted(70).slice(64), ...counted(140).slice(134)]);
  assert.equal(sliceText(shape, [0, PAGE]), "0:2,64:70");
  assert.equal(indexText([0, PAGE], 1, 5), "[1, 69]");
});

test("there is a picker for every dimension that does not fit, and no other", () => {
  assert.deepEqual(
    pickers([5, 1, 130, 64], [2, 0, 64, 0]).map(({ name, at, last, by }) => [name, at, last, by]),
    [
      ["dimension 0", 2, 4, 1],
      ["rows from", 64, 128, PAGE],
    ],
  );
  assert.deepEqual(pickers([3, 4], [0, 0]), []);
});

test("the range is that of the finite numbers", () => {
  assert.deepEqual(range([-3, 1, "NaN", "Infinity", true]), { min: -3, max: 1, most: 3 });
  assert.deepEqual(range(["NaN"]), { min: 0, max: 0, most: 0 });
});

test("numbers are copied exactly, a row on each line", () => {
  assert.equal(csv([0.1, -2, "NaN", "-Infinity", 1e-7, true], 2), "0.1,-2\nnan,-inf\n1e-7,True\n");
});
