/** What is equal to a thing: the modules of a stack, the same op in every turn of a loop. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { equalsOf } from "../../static/js/graph/equals.js";
import { blocks, loop, walkThrough } from "./graph_tapes.js";

test("each module of a stack is equal to all of them, and says which it is", () => {
  const tape = blocks(12);
  const calls = tape.calls.filter((call) => /\.h\.\d+$/.test(tape.modules[call.module].path));
  assert.equal(calls.length, 12);
  calls.forEach((call, i) => {
    const found = equalsOf(tape, `call:${call.id}`);
    assert.equal(found.kind, "stack");
    assert.equal(found.type, "12 × Block");
    assert.equal(found.at, i);
    assert.deepEqual(
      found.equals.map((each) => each.thing),
      calls.map(({ id }) => `call:${id}`),
    );
    assert.equal(found.equals[i].name, `h.${i}`);
    assert.equal(found.whole, false);
  });
});

test("an op in a turn has its equal in every turn, and not what stands beside it", () => {
  const tape = loop(30);
  const adds = tape.ops.filter(({ label }) => label === "add");
  const found = equalsOf(tape, `op:${adds[7].id}`);
  assert.equal(found.kind, "loop");
  assert.equal(found.at, 7);
  assert.deepEqual(
    found.equals.map(({ thing }) => thing),
    adds.map(({ id }) => `op:${id}`),
  );
  assert.equal(found.equals[29].name, "t = 29");
});

test("a cell that is called in every turn is found among its calls", () => {
  const tape = loop(9, { cell: true });
  const { at, equals } = equalsOf(tape, `call:${tape.calls[4].id}`);
  assert.equal(at, 4);
  assert.equal(equals.length, 9);
});

test("what stands alone has no equals", () => {
  assert.equal(equalsOf(walkThrough(), "op:0"), null);
  const tape = blocks(12);
  assert.equal(equalsOf(tape, `op:${tape.ops.length - 1}`), null);
  assert.equal(equalsOf(tape, "node:0"), null);
});
