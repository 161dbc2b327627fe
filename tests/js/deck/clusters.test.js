import assert from "node:assert/strict";
import { test } from "node:test";

import { between, clusters, sparse } from "../../../static/js/deck/clusters.js";

const same = (/** @type {number} */ step) => step;

test("marks that are far enough apart stay single", () => {
  assert.deepEqual(
    clusters([0, 20, 40], same, 9, 30).map(({ x, n }) => [x, n]),
    [
      [0, 1],
      [20, 1],
      [40, 1],
    ],
  );
});

test("crowded marks are one with their number, in their middle, and none is lost", () => {
  assert.deepEqual(clusters([0, 4, 8, 100], same, 9, 30), [
    { x: 4, n: 3, first: 0, last: 8 },
    { x: 100, n: 1, first: 100, last: 100 },
  ]);
});

test("a long row of marks is several clusters, so that each stands near what it counts", () => {
  const found = clusters(
    Array.from({ length: 100 }, (_, i) => i),
    same,
    9,
    30,
  );
  assert.equal(
    found.reduce((sum, { n }) => sum + n, 0),
    100,
  );
  assert.ok(found.every(({ first, last }) => last - first <= 30));
});

test("numbers never cover most of the line", () => {
  const steps = Array.from({ length: 5000 }, (_, i) => i);
  const found = sparse(steps, (step) => (step / 5000) * 700, 9, 700);
  assert.ok(found.length * 36 <= 700 * 0.36, `${found.length} clusters`);
  assert.equal(
    found.reduce((sum, { n }) => sum + n, 0),
    5000,
  );
});

test("only what lies in the stretch is looked at", () => {
  assert.deepEqual(between([1, 5, 7, 9, 20], 5, 9), [5, 7, 9]);
  assert.deepEqual(between([], 0, 9), []);
});
