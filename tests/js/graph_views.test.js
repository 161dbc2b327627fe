/** What of a graph is shown: one side, an overlay, without some kinds, only what is near; and that nothing is lost unsaid. */

import assert from "node:assert/strict";
import test from "node:test";

import { readFacts } from "../../static/js/graph/facts.js";
import { layOut } from "../../static/js/graph/layout.js";
import { buildScene } from "../../static/js/graph/scene.js";
import { shownOf } from "../../static/js/graph/shown.js";
import { PLAIN, kindOf, nearer, otherSides, readView, toggled, writeView } from "../../static/js/graph/view.js";
import { TapeBuilder, blocks, chain, walkThrough } from "./graph_tapes.js";

const OPEN = new Set(/** @type {number[]} */ ([]));

/** The picture of a tape in a view. */
function drawn(tape, view, open = OPEN, around = []) {
  const facts = readFacts(tape);
  const found = shownOf(tape, facts, { ...PLAIN, ...view }, open, around);
  assert.ok(!("refused" in found));
  const layout = layOut(buildScene(tape, found.facts, open, { ...PLAIN, ...view }));
  const wires = [...layout.wires.forward, ...layout.wires.backward, ...layout.items.flatMap((item) => item.wires)];
  return { facts, layout, wires, census: found.census, ids: layout.items.map(({ id }) => id) };
}

const ways = (wires, side) =>
  wires
    .filter((wire) => wire.side === side)
    .map(({ from, to, past }) => `${from}>${to}${past.length ? ` past ${past.join()}` : ""}`);

const overlaps = (a, b) =>
  a.x < b.x + b.width - 0.5 && b.x < a.x + a.width - 0.5 && a.y < b.y + b.height - 0.5 && b.y < a.y + a.height - 0.5;

test("a plain view is what was always drawn", () => {
  const tape = blocks(3);
  const facts = readFacts(tape);
  const found = shownOf(tape, facts, PLAIN, OPEN, []);
  assert.equal(found.facts, facts);
  assert.deepEqual(layOut(buildScene(tape, facts, OPEN)), layOut(buildScene(tape, facts, OPEN, PLAIN)));
});

test("a view reads as it was written, and what cannot be read is plain", () => {
  for (const view of [
    PLAIN,
    { sides: "overlay", hidden: [], near: null },
    { sides: "both", hidden: ["buffers", "hooks"], near: { thing: "op:3", hops: 2 } },
  ])
    assert.deepEqual(readView(writeView(view)), view);
  assert.equal(writeView(PLAIN), "");
  assert.deepEqual(readView("sideways-everything~<b>~99"), PLAIN);
});

test("kinds are switched one by one, and in one order", () => {
  const view = toggled(toggled(PLAIN, "hooks"), "functional");
  assert.deepEqual(view.hidden, ["functional", "hooks"]);
  assert.deepEqual(toggled(view, "functional").hidden, ["hooks"]);
});

test("the sides come by turns", () => {
  let view = PLAIN;
  const seen = [0, 1, 2, 3].map(() => (view = otherSides(view)).sides);
  assert.deepEqual(seen, ["forward", "backward", "overlay", "both"]);
});

test("hops grow around one thing, begin anew around another, and end at none", () => {
  const one = nearer(PLAIN, "op:1", 1);
  assert.deepEqual(nearer(one, "op:1", 1).near, { thing: "op:1", hops: 2 });
  assert.deepEqual(nearer(nearer(one, "op:1", 1), "op:2", 1).near, { thing: "op:2", hops: 1 });
  assert.equal(nearer(one, null, -1).near, null);
  assert.equal(nearer(PLAIN, null, 1).near, null);
});

test("forward alone has no backward face, and backward alone no forward one", () => {
  const forward = drawn(walkThrough(), { sides: "forward" });
  assert.deepEqual(
    forward.ids.map((id) => id[0]).filter((side) => side !== "f"),
    [],
  );
  assert.deepEqual(ways(forward.wires, "backward"), []);
  assert.ok(ways(forward.wires, "forward").includes("op:0>op:1"));
  const backward = drawn(walkThrough(), { sides: "backward" });
  assert.deepEqual(
    backward.ids.map((id) => id[0]).filter((side) => side !== "b"),
    [],
  );
  assert.ok(ways(backward.wires, "backward").includes("op:1>op:0"));
  assert.equal(forward.layout.width, forward.layout.panels.forward.width);
});

test("forward alone leads past an op's further nodes as if they were not there", () => {
  const t = new TapeBuilder();
  const [x, w] = [t.parameter("x"), t.parameter("w")];
  const tape = t.backward(t.op("linear", [x, w], { extra: ["TBackward0"] })).tape();
  const { wires, census } = drawn(tape, { sides: "forward" });
  assert.deepEqual(ways(wires, "forward").sort(), ["leaf:0@>op:0", "leaf:1@>op:0", "op:0>out:2"]);
  assert.equal(census.faceless, 1);
  assert.equal(census.hidden, 0);
});

test("an overlay has both faces of a thing at one place, and nothing over anything else", () => {
  for (const [tape, open] of [
    [walkThrough(), OPEN],
    [blocks(3), new Set([0, 1])],
    [chain(40), OPEN],
  ]) {
    const { layout, wires } = drawn(tape, { sides: "overlay" }, open);
    const closed = layout.items.filter(({ unit }) => !unit.open);
    for (const id of new Set(closed.map(({ unit }) => unit.id))) {
      const faces = closed.filter(({ unit }) => unit.id === id);
      if (faces.length < 2) continue;
      const [back, front] = faces;
      assert.ok(Math.abs(back.x + back.width / 2 - front.x - front.width / 2) < 1, id);
      if (front.shape !== "circle") assert.ok(back.y > front.y && back.y <= front.y + front.height, id);
    }
    for (const a of closed)
      for (const b of closed) if (a.unit.id < b.unit.id) assert.ok(!overlaps(a, b), `${a.id} over ${b.id}`);
    // Every gradient runs beside its value.
    for (const wire of wires.filter(({ side }) => side === "backward")) {
      const value = wires.find(
        ({ side, from, to, level }) =>
          side === "forward" && from === wire.to && to === wire.from && level === wire.level,
      );
      if (!value || wire.from === null || wire.to === null) continue;
      assert.equal(Math.round(Math.abs(wire.end[0] - value.start[0])), 7);
      assert.equal(wire.points.length, value.points.length);
    }
  }
});

/** x → sin → cos → mul(·, w) → loss */
function calculation() {
  const t = new TapeBuilder();
  const wave = t.op("cos", [t.op("sin", [t.parameter("x")])]);
  return t.backward(t.op("mul", [wave, t.parameter("w")])).tape();
}

test("hidden ops are bridged, and leave a dot where wires meet", () => {
  const { wires, census, layout, facts } = drawn(calculation(), { hidden: ["functional"] });
  const [sin, cos, mul] = [...facts.unitOfOp.values()];
  const ops = layout.roots.forward.filter(({ kind }) => kind === "op");
  assert.deepEqual(
    ops.map(({ unit, shape }) => [unit.id, shape]),
    [[mul, "dot"]],
  );
  assert.deepEqual(ways(wires, "forward").sort(), [
    `leaf:0@>${mul} past ${sin},${cos}`,
    `leaf:3@>${mul}`,
    `${mul}>out:4`,
  ]);
  assert.equal(census.hidden, 3);
  assert.equal(census.kinds.functional, 3);
});

test("a gradient comes back along a bridged wire as it comes to what the wire starts at", () => {
  const { wires, facts } = drawn(calculation(), { hidden: ["functional"] });
  const back = wires.find(({ side, past }) => side === "backward" && past.length);
  assert.deepEqual(
    back.links.map(({ node }) => node),
    [facts.units.get(back.to).node],
  );
});

test("hiding the additions of a model with residuals adds no wires", () => {
  const tape = blocks(12);
  for (const module of tape.modules.slice(0, 2)) module.children = [1];
  const open = new Set(tape.calls.map(({ id }) => id));
  const [all, less] = [{}, { hidden: ["functional"] }].map((view) => drawn(tape, view, open));
  assert.ok(less.wires.length <= all.wires.length);
  assert.ok(less.layout.width <= all.layout.width);
});

test("an op of a leaf module is not functional, one beside it is", () => {
  const tape = blocks(1);
  const facts = readFacts(tape);
  const kinds = [...facts.units.values()]
    .filter(({ kind }) => kind === "op")
    .map((unit) => [tape.ops[unit.op].label, kindOf(tape, unit)]);
  // The builder's modules have no children listed, so that only what is outside every module is functional.
  assert.deepEqual(new Map(kinds).get("sum"), "functional");
  assert.deepEqual(new Map(kinds).get("linear"), null);
});

test("parameters, buffers and inputs go without a trace of a wire", () => {
  const t = new TapeBuilder();
  const x = t.tensor({ role: "input", name: "x" });
  const mean = t.tensor({ role: "buffer", name: "mean" });
  const tape = t.backward(t.op("add", [t.op("mul", [x, t.parameter("w")]), mean])).tape();
  for (const kind of /** @type {const} */ (["parameters", "buffers", "inputs"])) {
    const all = drawn(tape, {});
    const less = drawn(tape, { hidden: [kind] });
    assert.equal(less.census.hidden, 1, kind);
    assert.equal(less.layout.roots.forward.length, all.layout.roots.forward.length - 1, kind);
    assert.ok(
      less.wires.every(({ past }) => !past.length),
      kind,
    );
  }
});

test("hooks and saved wires can be hidden while their things stay", () => {
  const all = drawn(walkThrough(), {});
  const less = drawn(walkThrough(), { hidden: ["saved", "hooks"] });
  assert.ok(all.layout.saved.length > 0);
  assert.deepEqual(less.layout.saved, []);
  assert.deepEqual(less.ids, all.ids);
});

test("a long chain of hidden ops costs no stack and no time", () => {
  const began = performance.now();
  const { wires } = drawn(chain(5000), { hidden: ["functional"] });
  assert.deepEqual(ways(wires, "forward").length, 1);
  assert.equal(wires[0].past.length, 5000);
  assert.ok(performance.now() - began < 3000);
});

test("a tangle of hidden ops stays as large as it is", () => {
  const t = new TapeBuilder();
  let layer = Array.from({ length: 60 }, (_, i) => t.parameter(`p${i}`));
  for (let depth = 0; depth < 4; depth += 1) layer = layer.map(() => t.op("cat", layer));
  const tape = t.backward(t.op("cat", layer)).tape();
  const facts = readFacts(tape);
  const { facts: shown } = shownOf(tape, facts, { ...PLAIN, hidden: ["functional"] }, OPEN, []);
  assert.equal(shown.connections.length, facts.connections.length);
});

test("neighbours are counted in boxes: a closed group is one", () => {
  const tape = blocks(3);
  const facts = readFacts(tape);
  const [net, first] = [0, 1];
  const closed = drawn(tape, { near: { thing: "call:0", hops: 1 } }, OPEN, [`call:${net}`]);
  assert.deepEqual(
    closed.layout.roots.forward.map(({ unit }) => unit.id).sort(),
    ["call:0", "leaf:0@", [...facts.unitOfOp.values()].at(-1)].sort(),
  );
  assert.deepEqual(closed.census.near, { boxes: 3, of: 4 });
  const open = drawn(tape, { near: { thing: "call:1", hops: 1 } }, new Set([net]), [`call:${first}`]);
  assert.deepEqual(
    open.layout.roots.forward.find(({ unit }) => unit.id === "call:0").children.map(({ unit }) => unit.id),
    ["call:1", "call:4"],
  );
});

test("more hops show more, until there is no more", () => {
  const counts = [1, 2, 3, 9].map(
    (hops) => drawn(chain(6), { near: { thing: "op:3", hops } }, OPEN, ["op:3"]).census.near.boxes,
  );
  assert.deepEqual(counts, [3, 5, 7, 8]);
});

test("what is not in the graph has no neighbourhood", () => {
  const { census } = drawn(chain(3), { hidden: ["functional"], near: { thing: "op:1", hops: 2 } }, OPEN, ["op:1"]);
  assert.equal(census.near.boxes, 0);
});

test("a stack of equal modules is one box among neighbours, and keeps what is in it when something is hidden", () => {
  const tape = blocks(24);
  const facts = readFacts(tape);
  const [stack] = [...facts.folds.values()];
  const closed = drawn(tape, { near: { thing: "call:1", hops: 1 } }, new Set([0]), ["call:1"]);
  assert.deepEqual(
    closed.layout.roots.forward.find(({ unit }) => unit.id === "call:0").children.map(({ unit }) => unit.id),
    [stack.name],
  );
  assert.deepEqual(closed.census.near, { boxes: 3, of: 4 });
  const open = drawn(tape, { hidden: ["functional"] }, new Set([0, stack.id]));
  assert.equal(open.layout.items.filter(({ id }) => id.startsWith("f:call:")).length, 1 + 24);
});
