/** What ran inside an op, what was computed again, passes inside passes, tangents: where the graph shows them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Chips } from "../../static/js/graph/chips.js";
import { Clock } from "../../static/js/graph/clock.js";
import { readFacts } from "../../static/js/graph/facts.js";
import { Gradients } from "../../static/js/graph/gradients.js";
import { Happening } from "../../static/js/graph/happening.js";
import { hookNote } from "../../static/js/graph/hook_note.js";
import { buildScene, openAtFirst } from "../../static/js/graph/scene.js";
import { Tangents } from "../../static/js/graph/tangents.js";
import { Texts } from "../../static/js/graph/texts.js";
import { TapeBuilder } from "./graph_tapes.js";

/** @param {import("../../static/js/tape/load.js").Tape} tape */
const scene = (tape) => buildScene(tape, readFacts(tape), openAtFirst(tape, readFacts(tape)));

/** @param {import("../../static/js/tape/load.js").Tape} tape */
function happening(tape) {
  const facts = readFacts(tape);
  const found = new Happening(tape, facts, new Clock(tape, facts));
  return (/** @type {number} */ step) => found.at(step).map(({ side, unit }) => `${side[0]}:${unit}`);
}

/** y = Exp.apply(x), whose forward runs exp. */
function custom() {
  const t = new TapeBuilder();
  const x = t.op("mul", [t.parameter("a")]);
  const inner = t.tensor({ op: 1 });
  t.op("exp", [x], { fields: { parent: 2, outputs: [inner], nodes: [] } });
  t.tables.nodes.at(-1).op = null;
  const y = t.op("Exp", [x], { name: "y" });
  return { t, y };
}

test("a custom function is one box; what ran inside it is none", () => {
  const { t } = custom();
  const ids = scene(t.tape()).root.units.map((unit) => unit.id);
  assert.ok(ids.includes("op:2"));
  assert.ok(!ids.includes("op:1"));
});

test("what happens inside a custom function shows at its box", () => {
  const { t } = custom();
  assert.deepEqual(happening(t.tape())(1), ["f:op:2"]);
});

/** A reentrant checkpoint: relu is computed again inside CheckpointBackward, and a pass runs through it. */
function checkpoint() {
  const t = new TapeBuilder();
  const x = t.parameter("x");
  const y = t.op("Checkpoint", [x], { name: "y" });
  t.backward(y);
  const outer = t.tables.tensors[y].node;
  t.events.push({ kind: "node_enter", node: outer, values: [] });
  const again = t.call("net", "main.Net", [x], () =>
    t.op("relu", [x], { fields: { phase: "recompute", node: outer } }),
  );
  const inner = t.tables.tensors[again].node;
  Object.assign(t.tables.nodes[inner], { order: 2 });
  t.backward(again);
  t.events.at(-2).index = 1;
  t.events.push({ kind: "node_enter", node: inner, values: [] }, { kind: "node_exit", node: inner, values: [] });
  t.events.push({ kind: "backward_end", index: 1 }, { kind: "node_exit", node: outer, values: [] });
  return { tape: t.tape(), outer, inner, again };
}

test("what a checkpoint computes again is on the backward side alone, and in the pass that runs through it", () => {
  const { tape, inner, again } = checkpoint();
  const { root } = scene(tape);
  const group = root.units.find((unit) => unit.kind === "group");
  const seed = root.units.find((unit) => unit.id === `out:${again}`);
  assert.deepEqual([group?.forward, seed?.forward], [null, null]);
  assert.ok(group?.backward && seed?.backward);
  assert.deepEqual(
    group.level?.units.map((unit) => unit.id),
    [`node:${inner}`],
  );
  assert.equal(root.units.filter((unit) => unit.kind === "op").length, 1);
  assert.ok(root.wires.every((wire) => !wire.forward || [wire.from, wire.to].every((i) => root.units[i].forward)));
});

test("the group of a call that was computed again stands after what ran before it", () => {
  const { tape } = checkpoint();
  const orders = scene(tape).root.units.map((unit) => unit.order);
  assert.ok(orders.every(Number.isFinite));
  assert.deepEqual(
    orders,
    [...orders].sort((a, b) => a - b),
  );
});

test("an op that has no box shows at the node that it ran in", () => {
  const { tape, outer } = checkpoint();
  const step = tape.events.findIndex((event) => event.kind === "op" && tape.ops[event.op].phase === "recompute");
  const [unit] = readFacts(tape).unitsOfNode.get(outer) ?? [];
  assert.deepEqual(happening(tape)(step), [`b:${unit}`]);
});

test("a pass inside a pass does not end what the outer one has delivered", () => {
  const { tape, outer } = checkpoint();
  const clock = new Clock(tape, readFacts(tape));
  const last = tape.events.length - 1;
  assert.equal(clock.since(last), clock.since(tape.events.findIndex((event) => event.kind === "contribution")));
  assert.ok(new Gradients(tape).at(outer, 0, last, clock.since(last)));
});

test("the parts of a gradient meet although a pass inside the pass ran between them", () => {
  const t = new TapeBuilder();
  const y = t.op("mul", [t.parameter("a")]);
  const { node } = t.tables.tensors[y];
  const part = () => t.events.push({ kind: "contribution", node: 1 - node, input: 0, value: t.value(1), source: node });
  t.backward(y);
  part();
  t.events.push({ kind: "backward_start", index: 1, api: "backward", tensors: [], roots: [] });
  t.events.push({ kind: "backward_end", index: 1 });
  const last = part() - 1;
  assert.equal(new Gradients(t.tape()).at(1 - node, 0, last, 0)?.parts.length, 2);
});

test("hooks of every kind can stand on a tape; those that hang on nothing drawn have no diamond", () => {
  const t = new TapeBuilder();
  const a = t.parameter("a");
  const b = t.parameter("b");
  t.backward(t.op("mul", [a, b]));
  const hook = { tensor: null, node: null, module: null, optimizer: null, tensors: [], flags: [], order: 0, name: "h" };
  for (const kind of ["saved_pack", "state_dict", "global_forward", "optimizer_step_pre"])
    t.tables.hooks.push({ ...hook, id: t.tables.hooks.length, kind });
  t.tables.hooks.push({ ...hook, id: 4, kind: "multi_grad", tensors: [a, b] });
  const marks = scene(t.tape()).root.units.map((unit) => unit.hooks.map((mark) => mark.hook));
  assert.deepEqual(
    marks.filter((each) => each.length),
    [[4], [4]],
  );
});

test("beside a hook that runs stands what it changes; without numbers, that it does", () => {
  const t = new TapeBuilder();
  const [three, same, four] = [t.value(3), t.value(3), t.value(4)];
  const texts = new Texts(t.tape());
  const silent = new Texts(Object.assign(t.tape(), { header: { values: "structure" } }));
  const note = (/** @type {Texts} */ from, /** @type {number[]} */ before, /** @type {number[]} */ after) =>
    hookNote(from, { before, after }, before.join() !== after.join());
  assert.deepEqual(
    [note(texts, [three], [four]), note(texts, [three], [three]), note(texts, [three], [same])],
    ["3 → 4", "sees 3", "replaces 3"],
  );
  assert.deepEqual([hookNote(silent, { before: [], after: [] }, true), note(silent, [], [])], ["replaces", "runs"]);
});

test("the tangents of a value stand beside it once all are there; one that never comes is zero", () => {
  const t = new TapeBuilder();
  const [a, b] = [t.parameter("a"), t.parameter("b")];
  const y = t.op("mul", [a, b], { name: "y" });
  const z = t.op("sin", [a], { name: "z" });
  const tangent = (/** @type {number} */ tensor, /** @type {number} */ seed, /** @type {number} */ n) =>
    t.events.push({ kind: "tangent", tensor, seed, value: t.value(n) }) - 1;
  const [first, second, third] = [tangent(y, a, 5), tangent(y, b, 2), tangent(z, b, 7)];
  const tangents = new Tangents(t.tape());
  assert.deepEqual(
    [tangents.of(y, first), tangents.of(y, second), tangents.of(z, third), tangents.of(a, third)],
    ["", "∂ 5, 2", "∂ 0, 7", ""],
  );
});

test("a tape without numbers has names on its wires and no numbers", () => {
  const t = new TapeBuilder();
  const y = t.op("mul", [t.parameter("a")], { name: "y" });
  t.tables.header = { title: "test", values: "structure" };
  t.events[0] = { kind: "op", op: 0, values: [], versions: [0] };
  const tape = t.tape();
  const facts = readFacts(tape);
  const chips = new Chips(tape, facts, new Clock(tape, facts), new Texts(tape), new Gradients(tape));
  const route = {
    space: 99,
    side: "forward",
    from: "op:0",
    tensor: y,
    key: `t${y}:0`,
    also: [],
    fromOpen: false,
    start: [0, 0],
  };
  assert.deepEqual(
    chips.of(/** @type {any} */ (route), /** @type {any} */ ({ step: 0 })).map(({ text }) => text),
    ["y"],
  );
});
