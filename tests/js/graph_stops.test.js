/** Breakpoints on boxes: a thing's own box carries its mark, else the closed group around it says that one is inside. */

import assert from "node:assert/strict";
import test from "node:test";

import { cornerOf, marksOf, wordsOf } from "../../static/js/graph/stops.js";

const box = (fields) => ({ id: "f:op:1", x: 10, y: 20, width: 100, height: 48, shape: "box", strip: null, ...fields });

test("breakpoints of one box are one mark", () => {
  const group = box({ id: "f:call:0", shape: "group" });
  const marks = marksOf(
    [
      { thing: "op:1", on: true },
      { thing: "op:2", on: true },
      { thing: "op:3", on: false },
      { thing: "op:9", on: true },
    ],
    (thing) =>
      ({
        "op:1": { item: box({}), own: true },
        "op:2": { item: group, own: false },
        "op:3": { item: group, own: false },
      })[thing] ?? null,
  );
  assert.deepEqual([...marks.keys()], ["f:op:1", "f:call:0"]);
  assert.equal(marks.get("f:op:1").own.length, 1);
  assert.equal(wordsOf(marks.get("f:call:0")), "2 breakpoints inside");
});

test("a breakpoint that is off says so", () => {
  assert.equal(wordsOf({ item: "", own: [{ thing: "op:1", on: false }], inside: [] }), "Breakpoint, switched off");
});

test("the mark of a strip stands beside its words, not on the box above", () => {
  const { y } = cornerOf(box({ y: 100, height: 29, strip: 8 }));
  assert.equal(y, 100 + 8 + 21 / 2);
});
