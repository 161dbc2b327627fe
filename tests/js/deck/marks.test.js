import assert from "node:assert/strict";
import { test } from "node:test";

import { markNear, marksOf } from "../../../static/js/deck/marks.js";
import { product } from "../tape/product.js";

const marks = marksOf(product().events, [{ step: 5, sentence: "The first NaN is made here." }]);

test("hooks that fire and findings are marked", () => {
  assert.deepEqual(marks, [
    { step: 4, kind: "hook", says: null },
    { step: 5, kind: "finding", says: "The first NaN is made here." },
  ]);
});

test("a pointer near a mark means it; where two are in reach, the rarer one", () => {
  assert.equal(markNear(marks, 3.8, 0.5)?.step, 4);
  assert.equal(markNear(marks, 4, 1)?.kind, "finding");
  assert.equal(markNear(marks, 8, 1), null);
});

test("where a breakpoint stops the tape is marked, and meant rather than a hook", () => {
  const all = marksOf(product().events, [], [{ step: 4 }, { step: 7 }]);
  assert.deepEqual(
    all.map(({ step, kind }) => [step, kind]),
    [
      [4, "hook"],
      [4, "breakpoint"],
      [7, "breakpoint"],
    ],
  );
  assert.equal(markNear(all, 4, 0.5)?.kind, "breakpoint");
});

test("of two marks of a kind the nearer one is meant", () => {
  const hooks = marksOf([...product().events, ...product().events], []);
  assert.deepEqual(
    hooks.map((mark) => mark.step),
    [4, 14],
  );
  assert.equal(markNear(hooks, 10, 20)?.step, 14);
});
