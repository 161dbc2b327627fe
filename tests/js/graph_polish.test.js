/** Framing, chips, stories, buffers, no_grad, stale saved tensors, limits: what makes a first look a good one. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { readFacts } from "../../static/js/graph/facts.js";
import { READABLE, firstView, reveal } from "../../static/js/graph/framing.js";
import { layOut } from "../../static/js/graph/layout.js";
import { refusal } from "../../static/js/graph/limits.js";
import { buildScene } from "../../static/js/graph/scene.js";
import { settleChips } from "../../static/js/graph/settle.js";
import { Stale } from "../../static/js/graph/stale.js";
import { TapeBuilder, blocks, chain, walkThrough } from "./graph_tapes.js";

const layoutOf = (tape, open = []) => layOut(buildScene(tape, readFacts(tape), new Set(open)));
const at = (layout, id) => layout.items.find((item) => item.id === id);
const meet = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

test("a small graph is shown whole, in the middle", () => {
  const layout = layoutOf(walkThrough());
  const size = { width: 1000, height: 800 };
  const { k, x, y } = firstView(layout, size, "backward");
  assert.ok(k >= READABLE && x >= 0 && y >= 0);
  assert.ok(x + layout.width * k <= size.width && y + layout.height * k <= size.height);
});

test("a deep graph is shown from the top, as large as can be read", () => {
  const { k, y } = firstView(layoutOf(chain(100)), { width: 720, height: 690 }, "forward");
  assert.ok(k >= 0.62 && y > 0 && y < 40);
});

for (const side of /** @type {const} */ (["forward", "backward"])) {
  test(`a narrow screen shows the ${side} panel, across its whole width`, () => {
    const layout = layoutOf(chain(100));
    const { k, x } = firstView(layout, { width: 400, height: 500 }, side);
    const panel = layout.panels[side];
    assert.ok(panel.x * k + x >= 0 && (panel.x + panel.width) * k + x <= 400);
  });
}

test("what can be seen stays; what cannot comes into view with its panel", () => {
  const layout = layoutOf(chain(100));
  const size = { width: 400, height: 500 };
  const place = firstView(layout, size, "forward");
  const first = at(layout, "f:op:1");
  assert.deepEqual(reveal(first, layout.panels.forward, place, size), { dx: 0, dy: 0 });
  for (const id of ["b:op:0", "b:op:60", "f:op:99", "f:op:50"]) {
    const item = at(layout, id);
    const panel = layout.panels[item.side];
    const { dx, dy } = reveal(item, panel, place, size);
    const left = item.x * place.k + place.x + dx;
    const top = item.y * place.k + place.y + dy;
    assert.ok(left >= 0 && left + item.width * place.k <= size.width, id);
    assert.ok(top >= 0 && top + item.height * place.k <= size.height, id);
    assert.ok(panel.x * place.k + place.x + dx >= 0, id);
  }
});

test("chips lie neither over each other nor over boxes; the gradient stays, a part gives way", () => {
  const chip = (id, x, kind) => ({ id, x, y: 50, text: "h 2×6 ·v1", side: "forward", kind });
  const box = { x: 130, y: 40, width: 80, height: 30 };
  const placed = settleChips(
    [chip("part", 0, "part"), chip("a", 4, "gradient"), chip("b", 60, "value"), chip("inside", 170, "value")],
    [box],
  );
  const boxes = placed.map(({ x, y, width }) => ({ x: x - width / 2, y: y - 9, width, height: 18 }));
  boxes.forEach((a, i) => [...boxes.slice(i + 1), box].forEach((b) => assert.ok(!meet(a, b))));
  assert.ok(placed.some(({ id }) => id === "a") && placed.some(({ id }) => id === "b"));
  assert.ok(!placed.some(({ id }) => id === "inside"));
});

test("a chip with room stays as it is", () => {
  const chip = { id: "a", x: 5, y: 5, text: "c = 6", side: "forward", kind: "value" };
  assert.deepEqual(
    settleChips([chip], []).map(({ x, y, text }) => ({ x, y, text })),
    [{ x: 5, y: 5, text: "c = 6" }],
  );
});

/** Two statements that share nothing but a leaf. */
function twoStories() {
  const t = new TapeBuilder();
  const a = t.parameter("a");
  t.op("sin", [t.op("mul", [a, t.parameter("b")])], { name: "first" });
  t.op("cos", [t.op("mul", [a, t.parameter("c")])], { name: "second" });
  return t.tape();
}

test("a later statement on other values stands below, in the same column", () => {
  const layout = layoutOf(twoStories());
  const boxes = layout.items.filter((item) => item.side === "forward");
  const below = (id, other) =>
    assert.ok(at(layout, id).y > at(layout, other).y + at(layout, other).height, `${id} ${other}`);
  below("f:op:2", "f:op:1");
  below("f:op:2", "f:out:3");
  const middle = (ids) => {
    const list = boxes.filter((item) => ids.includes(item.unit.id));
    return (Math.min(...list.map((item) => item.x)) + Math.max(...list.map((item) => item.x + item.width))) / 2;
  };
  assert.ok(
    Math.abs(middle(["op:0", "op:1", "out:3", "leaf:0@", "leaf:1@"]) - middle(["op:2", "op:3", "out:6", "leaf:4@"])) <
      80,
  );
});

test("things that meet later stand side by side", () => {
  const t = new TapeBuilder();
  const x = t.op("sin", [t.parameter("x")]);
  t.op("add", [t.op("mul", [x]), t.op("exp", [x])]);
  const layout = layoutOf(t.tape());
  assert.equal(at(layout, "f:op:1").y, at(layout, "f:op:2").y);
});

test("a buffer that is brought up to date stays in its call", () => {
  const t = new TapeBuilder();
  const mean = t.tensor({ role: "buffer", name: "net.running_mean" });
  const step = (x) =>
    t.call("net", "torch.nn.BatchNorm1d", [x], () => t.op("batch_norm", [x, mean], { fields: { mutates: [mean] } }));
  step(step(t.op("sin", [t.parameter("x")])));
  const facts = readFacts(t.tape());
  const users = facts.connections.filter((connection) => connection.tensor === mean);
  assert.deepEqual(
    users.map(({ from, to }) => [from, to]),
    [
      ["leaf:0@0", "op:1"],
      ["leaf:0@1", "op:2"],
    ],
  );
  assert.deepEqual(
    buildScene(t.tape(), facts, new Set()).root.wires.filter((wire) => wire.tensor === mean),
    [],
  );
});

test("a call that recorded no graph is not on the backward side", () => {
  const t = new TapeBuilder();
  const w = t.parameter("w");
  const x = t.tensor({ role: "input", name: "x" });
  const run = (fields) => t.call("net", "main.Net", [x], () => t.op("mul", [x, w], { fields }));
  const y = run({});
  run({});
  const last = t.tables.tensors.at(-1);
  t.tables.nodes.pop();
  t.tables.ops.at(-1).nodes = [];
  Object.assign(last, { node: null, requires_grad: false });
  const tape = t.backward(y).tape();
  const facts = readFacts(tape);
  assert.deepEqual(facts.unitsOfNode.get(0), ["leaf:0@0"]);
  const layout = layoutOf(tape, [0, 1]);
  assert.ok(at(layout, "b:call:0") && at(layout, "f:call:1") && !at(layout, "b:call:1"));
  assert.equal(layout.items.filter((item) => item.shape === "cylinder").length, 1);
});

test("a result that no backward pass begins at has no seed", () => {
  const layout = layoutOf(twoStories());
  assert.ok(at(layout, "f:out:3") && !at(layout, "b:out:3"));
});

test("a saved tensor that moved on is warned of until its node has run", () => {
  const tape = walkThrough();
  tape.events.push(
    /** @type {any} */ ({ kind: "param_update", tensor: 0, before: 0, value: 0, version: 1 }),
    /** @type {any} */ ({ kind: "node_exit", node: 2, values: [] }),
  );
  const stale = new Stale(tape, readFacts(tape));
  const last = tape.events.length - 1;
  const state = (step) => ({ step, tensor: (id) => ({ version: id === 0 && step >= last - 1 ? 1 : 0 }) });
  assert.equal(stale.warning("op:0", state(last - 2)), "");
  assert.equal(stale.warning("op:0", state(last - 1)), "! a v0 ≠ v1");
  assert.equal(stale.warning("op:0", state(last)), "");
  assert.equal(stale.warning("op:1", state(last - 1)), "");
});

test("what is too much is said in one sentence", () => {
  const facts = (ops) => ({
    byCall: new Map([[null, Array.from({ length: ops }, () => ({ kind: "op" }))]]),
    children: new Map(),
  });
  assert.equal(refusal(facts(20000), new Set()), null);
  assert.equal(
    refusal(facts(25000), new Set()),
    "This level has 25,000 ops; the graph shows up to 20,000. The event list and the inspector still show everything.",
  );
});

test("a wire into an open group has no head at its border", () => {
  const { wires } = layoutOf(blocks(1), [0]);
  assert.equal(wires.forward.find((route) => route.to === "call:0")?.arrow, false);
});

test("no side of a panel is left empty, however deep what is open", () => {
  const layout = layoutOf(blocks(3), [0, 1, 2, 3, 4, 5, 6]);
  const { forward } = layout.panels;
  const items = layout.roots.forward;
  const wires = layout.wires.forward;
  assert.ok(Math.min(...items.map((item) => item.x), ...wires.map((wire) => wire.x)) - forward.x < 60);
  assert.ok(
    forward.x +
      forward.width -
      Math.max(...items.map((item) => item.x + item.width), ...wires.map((wire) => wire.x + wire.width)) <
      60,
  );
});
