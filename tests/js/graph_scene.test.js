/** What is drawn of a tape, and at which level. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { readFacts } from "../../static/js/graph/facts.js";
import { buildScene, openAtFirst } from "../../static/js/graph/scene.js";
import { TapeBuilder, blocks, walkThrough } from "./graph_tapes.js";

/** @param {import("../../static/js/tape/load.js").Tape} tape @param {number[]} [open] */
function sceneOf(tape, open) {
  const facts = readFacts(tape);
  return buildScene(tape, facts, open ? new Set(open) : openAtFirst(tape, facts));
}

const ids = (level) => level.units.map((unit) => unit.id);

test("an op and its grad_fn are one unit, a leaf and its AccumulateGrad another", () => {
  const { root } = sceneOf(walkThrough());
  assert.deepEqual(ids(root), ["leaf:0@", "leaf:1@", "op:0", "leaf:3@", "op:1", "out:4"]);
  assert.equal(root.units[2].backward?.title, "mulBackward0");
  assert.equal(root.units[0].backward?.title, "AccumulateGrad");
});

test("every gradient lies on the wire of its value", () => {
  const { root } = sceneOf(walkThrough());
  assert.ok(root.wires.every((wire) => wire.forward && wire.links.length === 1));
});

test("saved tensors are named in the order of the arguments", () => {
  const { root } = sceneOf(walkThrough());
  assert.equal(root.units.find((unit) => unit.id === "op:1")?.saved, "saved c, d");
});

test("a factory op has no box; what it made is a leaf only where it is used", () => {
  const t = new TapeBuilder();
  const made = t.op("randn", [], { name: "x" });
  t.op("randn", [], { name: "unused" });
  t.op("relu", [made]);
  const { root } = sceneOf(t.tape());
  assert.deepEqual(
    ids(root).filter((id) => !id.startsWith("out")),
    ["leaf:0@", "op:2"],
  );
});

test("constants are hidden", () => {
  const t = new TapeBuilder();
  const constant = t.tensor({ role: "constant" });
  t.op("mul", [t.parameter("a"), constant]);
  assert.deepEqual(
    ids(sceneOf(t.tape()).root).filter((id) => id.startsWith("leaf")),
    ["leaf:1@"],
  );
});

test("ops of the update and of backward hooks have no box, those of a forward hook have", () => {
  const t = new TapeBuilder();
  const a = t.parameter("a");
  t.tables.hooks.push({
    id: 0,
    kind: "tensor",
    tensor: a,
    node: null,
    module: null,
    order: 0,
    name: "h",
    span: null,
    added: null,
    removed: null,
  });
  t.tables.hooks.push({
    id: 1,
    kind: "forward",
    tensor: null,
    node: null,
    module: 0,
    order: 0,
    name: "h",
    span: null,
    added: null,
    removed: null,
  });
  t.op("add_", [a], { fields: { phase: "update" } });
  t.op("mul", [a], { fields: { hook: 0 } });
  t.op("add", [a], { fields: { hook: 1 } });
  assert.deepEqual(
    ids(sceneOf(t.tape()).root).filter((id) => id.startsWith("op")),
    ["op:2"],
  );
});

test("a wire comes from the last op that wrote the tensor", () => {
  const t = new TapeBuilder();
  const x = t.op("mul", [t.parameter("a")]);
  t.op("relu_", [x], { fields: { mutates: [x], in_place: true } });
  t.op("sin", [x]);
  const connection = readFacts(t.tape()).connections.find(({ to }) => to === "op:2");
  assert.equal(connection?.from, "op:1");
});

test("a forward wire passes the place of the node that its gradient comes back through", () => {
  const t = new TapeBuilder();
  t.op("linear", [t.tensor({ role: "input", name: "x" }), t.parameter("w")], { extra: ["TBackward0"] });
  const { root } = sceneOf(t.tape());
  const at = root.units.findIndex((unit) => unit.kind === "node");
  assert.equal(root.units[at].forward, null);
  assert.ok(
    root.wires.some((wire) => wire.to === at && wire.forward) &&
      root.wires.some((wire) => wire.from === at && wire.forward),
  );
});

test("a parameter stands in the call that uses it, an argument outside", () => {
  const { root } = sceneOf(blocks(1), [0, 1, 2]);
  assert.ok(ids(root).includes("leaf:0@"));
  const ln = root.units[1].level?.units[0].level?.units[0].level;
  assert.deepEqual(
    ids(ln).map((id) => id.split(":")[0]),
    ["leaf", "op"],
  );
});

test("the program's own modules are open at first, those of torch closed", () => {
  assert.deepEqual([...openAtFirst(blocks(1), readFacts(blocks(1)))], [0, 1]);
  assert.deepEqual([...openAtFirst(blocks(12), readFacts(blocks(12)))], [0]);
});

test("one wire per value enters a group, at a port of its own", () => {
  const { root } = sceneOf(blocks(1), [0, 1]);
  const block = root.units[1].level?.units[0].level;
  assert.equal(block?.entries.length, 1);
  assert.equal(block?.wires.filter((wire) => wire.from === -1).length, 2);
});

test("a closed group counts what is in it", () => {
  const { root } = sceneOf(blocks(2), [0]);
  assert.deepEqual(root.units[1].level?.units[0].counts, { ops: 3, nodes: 6, parameters: 2, saved: 6 });
});

test("hooks stand on what they are attached to, in firing order", () => {
  const tape = walkThrough();
  const hook = { tensor: null, node: null, module: null, order: 0, name: "h", span: null, added: null, removed: null };
  tape.hooks.push(
    { ...hook, id: 0, kind: "node_post", node: 2 },
    { ...hook, id: 1, kind: "tensor", tensor: 2 },
    { ...hook, id: 2, kind: "post_accumulate_grad", tensor: 0 },
  );
  const { root } = sceneOf(tape);
  assert.deepEqual(
    root.units[2].hooks.map((mark) => [mark.hook, mark.edge]),
    [
      [1, "bottom"],
      [0, "top"],
    ],
  );
  assert.deepEqual(
    root.units[0].hooks.map((mark) => mark.hook),
    [2],
  );
});
