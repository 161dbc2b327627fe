/** Where the graph shows a thing that was looked for, and what a lineage lights. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { readFacts } from "../../static/js/graph/facts.js";
import { litBy } from "../../static/js/graph/lit.js";
import { Marks } from "../../static/js/graph/marks.js";
import { groupsAround } from "../../static/js/graph/nesting.js";
import { placeOf } from "../../static/js/graph/places.js";
import { lineage } from "../../static/js/tape/lineage.js";
import { blocks, walkThrough } from "./graph_tapes.js";
import { recorded } from "./tape/recorded.js";

/** @param {import("../../static/js/tape/load.js").Tape} tape */
function where(tape) {
  const facts = readFacts(tape);
  return { tape, facts, happening: new Marks(tape, facts).happening };
}

/** @param {import("../../static/js/tape/load.js").Tape} tape @param {string} thing */
const place = (tape, thing) => placeOf(where(tape), thing);

test("an op is on the forward side, its node on the backward side, a leaf at its pill", () => {
  const tape = walkThrough();
  assert.deepEqual(place(tape, "op:0"), { side: "forward", unit: "op:0" });
  assert.deepEqual(place(tape, "node:2"), { side: "backward", unit: "op:0" });
  assert.deepEqual(place(tape, "tensor:0"), { side: "forward", unit: "leaf:0@" });
});

test("every op, node, parameter, call and hook of a recorded training step has a place", () => {
  const tape = recorded("a module with hooks, trained for two steps");
  const things = [
    ...tape.ops.filter(({ phase }) => phase === "forward").map(({ id }) => `op:${id}`),
    ...tape.nodes.map(({ id }) => `node:${id}`),
    ...tape.calls.map(({ id }) => `call:${id}`),
    ...tape.modules.map(({ id }) => `module:${id}`),
    ...tape.hooks.map(({ id }) => `hook:${id}`),
    ...tape.tensors.filter(({ role }) => role === "parameter").map(({ id }) => `tensor:${id}`),
  ];
  const missing = things.filter((thing) => {
    const { kind, inputs } = tape.ops[Number(thing.slice(3))] ?? {};
    return place(tape, thing) === null && !(thing.startsWith("op:") && !kind && inputs?.length === 0);
  });
  assert.deepEqual(missing, []);
});

test("a gradient is where its owner's gradient is stored", () => {
  const tape = recorded("a module that calls itself");
  assert.deepEqual(place(tape, "tensor:10")?.side, "backward");
  assert.match(place(tape, "tensor:10")?.unit ?? "", /^leaf:2@/);
});

test("an optimizer and what is not on the tape have no place", () => {
  const tape = recorded("a module with hooks, trained for two steps");
  assert.equal(place(tape, "optimizer:0"), null);
  assert.equal(place(tape, "op:9999"), null);
});

test("a module that is never called is where the modules in it are", () => {
  const tape = blocks(2);
  const list = { ...tape.modules[0], id: tape.modules.length, path: "net.h", children: [1] };
  tape.modules.push(list);
  assert.deepEqual(place(tape, `module:${list.id}`), place(tape, "module:1"));
});

test("the groups around a unit are those that must be open, the innermost first", () => {
  const tape = blocks(2);
  const { facts } = where(tape);
  const linear = tape.ops.filter(({ label }) => label === "linear")[1];
  const paths = groupsAround(facts, `op:${linear.id}`).map((call) => tape.modules[tape.calls[call].module].path);
  assert.deepEqual(paths, ["net.h.1.fc", "net.h.1", "net"]);
  assert.deepEqual(groupsAround(facts, `call:${linear.call}`).length, 2);
});

test("a lineage lights its units and the groups around them, and no others", () => {
  const tape = blocks(2);
  const { facts } = where(tape);
  const linear = tape.ops.find(({ label }) => label === "linear");
  const norm = tape.ops.filter(({ label }) => label === "layer_norm")[1];
  const lit = litBy(facts, /** @type {any} */ (lineage(tape, `op:${norm.id}`)));
  assert.ok(lit.units.has(`op:${linear?.id}`));
  assert.ok(lit.units.has(`call:${norm.call}`));
  const weights = tape.tensors.filter(({ name }) => name?.endsWith("fc.weight")).map(({ id }) => id);
  const units = weights.map((id) => facts.unitsOfTensor.get(id)?.[0] ?? "");
  assert.deepEqual(
    units.map((unit) => lit.units.has(unit)),
    [true, false],
  );
});

test("a residual past a thing is not lit, the wire through it is", () => {
  const tape = blocks(1);
  const { facts } = where(tape);
  const linear = `op:${tape.ops.find(({ label }) => label === "linear")?.id}`;
  const add = `op:${tape.ops.find(({ label }) => label === "add")?.id}`;
  const lit = litBy(facts, /** @type {any} */ (lineage(tape, linear)));
  const into = facts.connections.filter(({ to }) => to === add);
  const ends = new Map(into.map(({ from, key }) => [from, lit.ends.has(`${key} ${add}`)]));
  assert.equal(ends.get(linear), true);
  assert.equal(ends.get("leaf:0@"), false);
});
