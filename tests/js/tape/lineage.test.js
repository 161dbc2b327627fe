/** Where a thing comes from and where it goes. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { lineage } from "../../../static/js/tape/lineage.js";
import { thingTitle } from "../../../static/js/tape/things.js";
import { TapeBuilder, blocks, chain, walkThrough } from "../graph_tapes.js";
import { product } from "./product.js";
import { recorded } from "./recorded.js";

/** @typedef {import("../../../static/js/tape/load.js").Tape} Tape */

/** @param {Tape} tape @param {string} thing */
function found(tape, thing) {
  const result = lineage(tape, thing);
  assert.ok(result, `${thing} has a lineage`);
  return result;
}

/** @param {Tape} tape @param {readonly string[]} things */
const titles = (tape, things) => things.map((thing) => thingTitle(tape, thing));

test("a tensor is fed by the ops and the parameters behind it", () => {
  const tape = walkThrough();
  const { before, after, parameters } = found(tape, "tensor:2");
  assert.deepEqual(before, ["op:0"]);
  assert.deepEqual(after, ["op:1"]);
  assert.deepEqual(titles(tape, parameters), ["a", "b"]);
});

test("an op is fed by its own inputs, and its lineage leaves itself out of the counts", () => {
  const tape = walkThrough();
  const { before, after, parameters, up, down } = found(tape, "op:1");
  assert.deepEqual([before, after], [["op:0"], []]);
  assert.deepEqual(titles(tape, parameters), ["a", "b", "d"]);
  assert.ok(up.has("op:1") && down.has("op:1") && down.has("tensor:4") && up.has("tensor:2"));
});

test("the way to the loss is the shortest one, in order, to the tensor that backward was called on", () => {
  const tape = blocks(3);
  const first = tape.ops.find(({ label }) => label === "linear");
  const { path, loss } = found(tape, `op:${first?.id}`);
  assert.deepEqual(titles(tape, path), ["add", "add", "add", "sum"]);
  assert.equal(thingTitle(tape, loss ?? ""), "loss");
});

test("the loss itself has no way to go, and what leads to no loss has none", () => {
  const tape = walkThrough();
  assert.deepEqual([found(tape, "tensor:4").path, found(tape, "tensor:4").loss], [[], "tensor:4"]);
  const t = new TapeBuilder();
  const x = t.parameter("x");
  t.op("sin", [x], { name: "aside" });
  const other = t.backward(t.op("cos", [x], { name: "loss" })).tape();
  assert.deepEqual([found(other, "tensor:1").path, found(other, "tensor:1").loss], [[], null]);
});

test("a node's gradient comes from the nodes towards the loss and goes on along next_functions", () => {
  const tape = product();
  const { of, before, after, parameters, path, loss } = found(tape, "node:0");
  assert.deepEqual([of, before, after], ["gradient", [], ["node:1", "node:2"]]);
  assert.deepEqual(titles(tape, parameters), ["a", "b"]);
  assert.deepEqual([path, loss], [[], "tensor:2"]);
  assert.deepEqual(found(tape, "node:1").path, ["node:0"]);
});

test("in a training loop a parameter begins the lineage: the step before does not feed the loss", () => {
  const tape = recorded("a module with hooks, trained for two steps");
  const [, second] = tape.events.flatMap((event) => (event.kind === "backward_start" ? event.tensors : []));
  const { before, parameters } = found(tape, `tensor:${second}`);
  assert.ok(before.every((op) => tape.ops[Number(op.slice(3))].phase === "forward"));
  const calls = before.flatMap((op) => tape.ops[Number(op.slice(3))].call ?? []);
  const outermost = calls.map((call) => {
    let at = tape.calls[call];
    while (at.parent !== null) at = tape.calls[at.parent];
    return at.id;
  });
  assert.equal(new Set(outermost).size, 1, "the first forward pass is another one");
  assert.deepEqual(
    new Set(titles(tape, parameters)),
    new Set(["net.0.weight", "net.0.bias", "net.1.weight", "net.1.bias", "net.3.weight", "net.3.bias"]),
  );
  assert.deepEqual(found(tape, "tensor:2").before, []);
});

test("every parameter of a recorded pass feeds its loss, by the ops and by the nodes", () => {
  const tape = recorded("a module that calls itself");
  assert.deepEqual(titles(tape, found(tape, "tensor:8").parameters), ["self.fc.weight", "self.fc.bias"]);
  assert.deepEqual(titles(tape, found(tape, "node:8").parameters), ["self.fc.weight", "self.fc.bias"]);
  assert.deepEqual(found(tape, "tensor:8").before, ["op:4", "op:5", "op:6", "op:7", "op:8"]);
});

test("what runs inside an op is that op, and what is used inside feeds it", () => {
  const tape = recorded("a pass inside a pass");
  assert.deepEqual(titles(tape, found(tape, "tensor:6").parameters), ["w", "x"]);
  assert.deepEqual(found(tape, "op:4").before, found(tape, "op:3").before);
  assert.ok(found(tape, "tensor:0").after.includes("op:3"));
});

test("what a checkpoint computes again, building and an optimizer's step are no part of a lineage", () => {
  assert.equal(lineage(recorded("a pass inside a pass"), "op:8"), null);
  const tape = recorded("a module with hooks, trained for two steps");
  for (const phase of ["build", "update"]) {
    const op = tape.ops.find((each) => each.phase === phase);
    assert.equal(lineage(tape, `op:${op?.id}`), null, phase);
  }
});

test("a gradient with a grad_fn comes from the leaves behind it", () => {
  const tape = recorded("double backward");
  assert.deepEqual(titles(tape, found(tape, "tensor:6").parameters), ["x"]);
});

test("an in-place op feeds what uses the tensor after it", () => {
  const t = new TapeBuilder();
  const y = t.op("exp", [t.parameter("x")]);
  t.op("add_", [y, t.parameter("shift")], { fields: { mutates: [y], outputs: [y], in_place: true } });
  const tape = t.backward(t.op("sum", [y], { name: "loss" })).tape();
  const last = tape.ops.at(-1);
  assert.deepEqual(found(tape, `op:${last?.id}`).before, ["op:0", "op:1"]);
  assert.deepEqual(titles(tape, found(tape, `op:${last?.id}`).parameters), ["x", "shift"]);
});

test("a way past a thing is no part of its lineage", () => {
  const tape = blocks(1);
  const { up, down } = found(tape, `op:${tape.ops.find(({ label }) => label === "linear")?.id}`);
  const add = `op:${tape.ops.find(({ label }) => label === "add")?.id}`;
  assert.ok(down.has(add) && !up.has(add));
  assert.ok(up.has("tensor:0") && !down.has("tensor:0"));
});

test("modules, hooks and optimizers have no lineage of their own", () => {
  assert.equal(lineage(product(), "hook:0"), null);
  assert.equal(lineage(blocks(1), "module:0"), null);
  assert.equal(lineage(product(), "op:99"), null);
});

test("20,000 ops one after another are walked without recursion", () => {
  const tape = chain(20_000);
  const middle = found(tape, "op:10000");
  assert.deepEqual([middle.before.length, middle.after.length, middle.path.length], [10_000, 9_999, 9_999]);
  const node = found(tape, "node:1");
  assert.equal(node.before.length + node.after.length, 20_000);
});

test("a lineage is read once for each tape", () => {
  const tape = walkThrough();
  assert.equal(lineage(tape, "op:1"), lineage(tape, "op:1"));
  assert.notEqual(lineage(tape, "op:1"), lineage(walkThrough(), "op:1"));
});
