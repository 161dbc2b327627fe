/** What repeats itself is found by its structure, and becomes a group that knows how far it is. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { bundleWires } from "../../static/js/graph/bundles.js";
import { Clock } from "../../static/js/graph/clock.js";
import { readFacts } from "../../static/js/graph/facts.js";
import { FoldMarks } from "../../static/js/graph/fold_marks.js";
import { layOut } from "../../static/js/graph/layout.js";
import { neighbourhood } from "../../static/js/graph/near.js";
import { groupName, groupOf, groupsAround } from "../../static/js/graph/nesting.js";
import { deeper } from "../../static/js/graph/openings.js";
import { repeats } from "../../static/js/graph/repeats.js";
import { buildScene, openAtFirst } from "../../static/js/graph/scene.js";
import { shownOf } from "../../static/js/graph/shown.js";
import { TapeBuilder, blocks, loop } from "./graph_tapes.js";

/** @param {import("../../static/js/tape/load.js").Tape} tape */
const kinds = (tape) => [...readFacts(tape).folds.values()].map(({ kind, times }) => `${kind} ${times}`);

/** What stands side by side at first, level by level. @param {import("../../static/js/tape/load.js").Tape} tape @param {string[]} [also] opened, too */
function shown(tape, also = []) {
  const facts = readFacts(tape);
  const open = new Set([...openAtFirst(tape, facts), ...also.map((name) => groupOf(facts, name))]);
  /** @type {Record<string, import("../../static/js/graph/types.js").SceneUnit[]>} */
  const levels = {};
  const visit = (/** @type {import("../../static/js/graph/types.js").Level} */ level) => {
    levels[level.id] = level.units;
    for (const unit of level.units) if (unit.level) visit(unit.level);
  };
  const scene = buildScene(tape, facts, open);
  visit(scene.root);
  return { levels, facts, scene };
}

test("the body that covers most is found, of equal ones the shortest", () => {
  assert.deepEqual(repeats([9, 1, 2, 1, 2, 1, 2, 8], 3), [{ from: 1, period: 2, times: 3 }]);
  assert.deepEqual(repeats([1, 1, 1, 1], 2), [{ from: 0, period: 1, times: 4 }]);
  assert.deepEqual(repeats([1, 1, 1, 2, 1, 1, 1, 2], 2), [{ from: 0, period: 4, times: 2 }]);
  assert.deepEqual(repeats([1, 2, 3, 4], 2), []);
});

test("two runs, one after the other, are two", () => {
  assert.deepEqual(repeats([1, 1, 1, 2, 2, 2], 3), [
    { from: 0, period: 1, times: 3 },
    { from: 3, period: 1, times: 3 },
  ]);
});

test("a chain of equal modules is one stack, folded at first, named by its ends", () => {
  const { levels } = shown(blocks(12));
  const [stack] = levels["call:0"].filter(({ kind }) => kind === "group");
  assert.deepEqual(
    [stack.id, stack.open, stack.forward?.title, stack.forward?.detail],
    ["stack:1", false, "h.0 – h.11", "12 × Block"],
  );
  assert.deepEqual(stack.counts, { ops: 36, nodes: 72, parameters: 24, saved: 72 });
});

test("its modules stand in it once it is open, joined as they were", () => {
  const { levels, scene } = shown(blocks(12), ["stack:1"]);
  assert.deepEqual(
    levels["stack:1"].map(({ id, open }) => [id.slice(0, 4), open]),
    Array.from({ length: 12 }, () => ["call", false]),
  );
  const stack = scene.root.units.flatMap((unit) => unit.level?.units ?? []).find(({ id }) => id === "stack:1");
  assert.deepEqual(
    stack?.level?.wires.map(({ from, to }) => to - from),
    Array.from({ length: 13 }, (_, i) => (i === 12 ? stack.level.wires[12].to - 11 : 1)),
  );
});

test("three are not many, and a chain in a small program is shown as it is", () => {
  assert.deepEqual(kinds(blocks(3)), []);
  const t = new TapeBuilder();
  let x = t.tensor({ role: "input", name: "x" });
  for (let i = 0; i < 5; i += 1) x = t.call(`n.${i}`, "main.A", [x], () => t.op("sin", [x]));
  assert.deepEqual(kinds(t.tape()), []);
});

test("a module that does something else, or has another shape, ends the stack", () => {
  const t = new TapeBuilder();
  let x = t.tensor({ role: "input", name: "x" });
  const block = (/** @type {number} */ i, /** @type {string} */ last) => {
    const given = x;
    x = t.call(`n.${i}`, "main.A", [given], () => {
      let y = given;
      for (let k = 0; k < 8; k += 1) y = t.op("linear", [y, t.parameter(`n.${i}.w${k}`)]);
      return t.op(last, [y]);
    });
  };
  for (let i = 0; i < 5; i += 1) block(i, "relu");
  for (let i = 5; i < 9; i += 1) block(i, "gelu");
  block(9, "tanh");
  assert.deepEqual(kinds(t.tape()), ["stack 5", "stack 4"]);
  t.tables.tensors[t.tables.ops[9].outputs[0]].shape = [7];
  assert.deepEqual(kinds(t.tape()), ["stack 4"]);
});

test("equal modules side by side, none given what another made, are no stack", () => {
  const t = new TapeBuilder();
  const x = t.tensor({ role: "input", name: "x" });
  const made = Array.from({ length: 30 }, (_, i) =>
    t.call(`heads.${i}`, "main.Head", [x], () => t.op("linear", [x, t.parameter(`heads.${i}.w`)])),
  );
  t.op("cat", made);
  assert.deepEqual(kinds(t.tape()), []);
});

test("modules with the same ops between them are put together with those", () => {
  const t = new TapeBuilder();
  t.tables.spans = [{ id: 0, source: 0, line: 1, column: 0, end_line: 1, end_column: 5, function: "" }];
  let x = t.tensor({ role: "input", name: "x" });
  for (let i = 0; i < 12; i += 1) {
    const y = t.call(`net.${i}`, "main.Layer", [x], () => t.op("linear", [x, t.parameter(`net.${i}.w`)]));
    x = t.op("add", [x, y], { fields: { span: 0 } });
  }
  const { facts } = shown(t.tape());
  const [stack, turn] = [...facts.folds.values()];
  assert.deepEqual([stack.kind, stack.times, turn.kind], ["stack", 12, "turn"]);
  assert.deepEqual(turn.members, ["call:0", "op:1"]);
});

test("the same lines over and over are a loop; its turns hold what belongs to one of them alone", () => {
  const { levels, facts } = shown(loop(6));
  assert.deepEqual(
    levels["loop:0"].map(({ forward }) => forward?.title),
    [0, 1, 2, 3, 4, 5].map((i) => `t = ${i}`),
  );
  const inside = facts.byCall.get(groupOf(facts, levels["loop:0"][2].id))?.map(({ id }) => id.split(":")[0]);
  assert.deepEqual(inside, ["op", "node", "op", "op", "op"]);
  assert.deepEqual(
    levels.root.map(({ id }) => id.split(":")[0]),
    ["leaf", "leaf", "leaf", "loop", "op", "out"],
  );
});

test("of a long loop the first three and the last two are shown, and the rest is put away", () => {
  const { levels } = shown(loop(200, { cell: true }));
  const [loopId] = Object.keys(levels).filter((id) => id.startsWith("loop"));
  assert.deepEqual(
    levels[loopId].map(({ forward }) => forward?.title),
    ["t = 0", "t = 1", "t = 2", "… 195 more …", "t = 198", "t = 199"],
  );
});

test("a loop without a value that goes on is none", () => {
  const t = new TapeBuilder();
  t.tables.spans = [{ id: 0, source: 0, line: 1, column: 0, end_line: 1, end_column: 5, function: "" }];
  const x = t.parameter("x");
  t.op(
    "cat",
    Array.from({ length: 9 }, () => t.op("sin", [x], { fields: { span: 0 } })),
  );
  assert.deepEqual(kinds(t.tape()), []);
});

test("steps of one op each stand in the loop as they are", () => {
  const t = new TapeBuilder();
  t.tables.spans = [{ id: 0, source: 0, line: 1, column: 0, end_line: 1, end_column: 5, function: "" }];
  let x = t.parameter("x");
  for (let i = 0; i < 5; i += 1) x = t.op("sin", [x], { fields: { span: 0 } });
  const { levels } = shown(t.tape());
  assert.deepEqual(
    levels["loop:0"].map(({ id }) => id),
    ["op:0", "op:1", "op:2", "op:3", "op:4"],
  );
});

test("a parameter that every step uses counts once in the loop", () => {
  const facts = readFacts(loop(9));
  assert.equal(facts.root.ops, 37);
  assert.equal(facts.counts.get(groupOf(facts, "loop:0"))?.parameters, 0);
  const t = new TapeBuilder();
  let h = t.tensor({ role: "input", name: "h" });
  const w = t.parameter("cell.w");
  for (let i = 0; i < 9; i += 1) h = t.call("cell", "main.Cell", [h], () => t.op("matmul", [h, w]));
  const cells = readFacts(t.backward(h).tape());
  const counts = cells.counts.get(groupOf(cells, "loop:1"));
  assert.deepEqual([counts?.ops, counts?.nodes, counts?.parameters], [9, 10, 1]);
});

test("the names of groups lead back to them", () => {
  const facts = readFacts(loop(30, { cell: true }));
  for (const group of facts.counts.keys()) assert.equal(groupOf(facts, groupName(facts, group)), group);
  assert.equal(new Set(facts.foldOf.keys()).size, facts.folds.size);
  assert.equal(groupOf(facts, "stack:999"), -1);
  assert.equal(groupOf(facts, "call:999"), -1);
});

test("what is in the rest of a loop can be revealed: the rest is among the groups around it", () => {
  const tape = loop(30);
  const facts = readFacts(tape);
  const around = groupsAround(facts, "op:41").map((group) => facts.folds.get(group)?.kind);
  assert.deepEqual(around, ["turn", "rest", "loop"]);
});

test("a level more opens the turns that are shown and not the rest of the loop", () => {
  const facts = readFacts(loop(30));
  const open = deeper(facts, new Set([groupOf(facts, "loop:0")]));
  const opened = [...open].map((group) => facts.folds.get(group));
  assert.equal(opened.filter((fold) => fold?.kind === "turn").length, 5);
  assert.ok(opened.every((fold) => fold?.kind !== "rest"));
});

/** The pieces of a fold along a tape. @param {import("../../static/js/tape/load.js").Tape} tape @param {string} name */
function progress(tape, name) {
  const facts = readFacts(tape);
  const clock = new Clock(tape, facts);
  const marks = new FoldMarks(tape, facts, clock);
  const fold = facts.folds.get(groupOf(facts, name));
  assert.ok(fold);
  return (/** @type {"forward" | "backward"} */ side, /** @type {number} */ step) =>
    marks.at(fold, side, step, clock.since(step));
}

test("a fold says which of its modules runs, forward in one order and backward in the other", () => {
  const tape = blocks(12);
  for (const id of tape.nodes.map((_, i) => tape.nodes.length - 1 - i)) {
    const row = { kind: /** @type {const} */ ("node_enter"), node: id, values: [] };
    tape.events.push(/** @type {any} */ (row), /** @type {any} */ ({ ...row, kind: "node_exit" }));
  }
  const at = progress(tape, "stack:1");
  const stepOf = (/** @type {number} */ op) => tape.events.findIndex((event) => event.kind === "op" && event.op === op);
  assert.deepEqual(at("forward", 0), { pieces: "i".repeat(12), now: "", running: false, done: false });
  assert.equal(at("forward", stepOf(9)).now, "h.3 · 4 of 12");
  assert.equal(at("forward", stepOf(9)).pieces, "dddriiiiiiii");
  assert.equal(at("forward", stepOf(35)).done, true);
  const node = tape.ops[24].nodes[0];
  const step = tape.events.findIndex((event) => event.kind === "node_exit" && event.node === node);
  assert.equal(at("backward", stepOf(35)).pieces, "i".repeat(12));
  assert.match(at("backward", step).now, /^h\.8 · 4 of 12$/);
  assert.equal(at("backward", step).pieces[7], "i");
  assert.equal(at("backward", tape.events.length - 1).done, true);
});

test("of many members there are forty pieces, each as far as the least in it", () => {
  const tape = loop(200);
  const at = progress(tape, "loop:0");
  assert.equal(at("forward", 0).pieces.length, 40);
  assert.equal(at("forward", 4 * 100 - 1).pieces, "d".repeat(20) + "i".repeat(20));
  assert.equal(at("forward", 4 * 100).now, "t = 100 · 101 of 200");
});

test("many values from one thing to another are one wire with all their gradients", () => {
  const { scene } = shown(loop(40, { outputs: true }), []);
  const at = scene.root.units.findIndex(({ id }) => id.startsWith("loop"));
  const out = scene.root.wires.filter(({ from }) => from === at);
  assert.equal(out.length, 1);
  assert.deepEqual([out[0].also.length, out[0].links.length], [39, 40]);
});

test("a few values are left apart, and so are those of an open group whose ports are apart", () => {
  const wire = (/** @type {number} */ i) => ({
    key: `t${i}`,
    from: 0,
    to: 1,
    forward: true,
    links: [],
    also: [],
    past: [],
  });
  const level = (/** @type {number} */ count, /** @type {object | null} */ inside) => {
    const units = [{ level: inside }, { level: null }];
    return /** @type {any} */ ({ units, wires: Array.from({ length: count }, (_, i) => wire(i)), inTime: false });
  };
  const left = [level(12, null), level(30, { inTime: false }), level(30, { inTime: true }), level(30, null)];
  for (const each of left) bundleWires(each);
  assert.deepEqual(
    left.map(({ wires }) => wires.length),
    [12, 30, 1, 1],
  );
});

/** @param {import("../../static/js/graph/types.js").Layout} layout */
function overlaps(layout) {
  const lists = [layout.roots.forward, layout.roots.backward, ...layout.items.map((item) => item.children)];
  const over = (/** @type {any} */ a, /** @type {any} */ b) =>
    a.unit.id !== b.unit.id &&
    a.x < b.x + b.width - 0.5 &&
    b.x < a.x + a.width - 0.5 &&
    a.y < b.y + b.height - 0.5 &&
    b.y < a.y + a.height - 0.5;
  return lists.flatMap((list) =>
    list.flatMap((a, i) =>
      list
        .slice(i + 1)
        .filter((b) => over(a, b))
        .map((b) => `${a.id} ${b.id}`),
    ),
  );
}

for (const sides of /** @type {const} */ (["both", "forward", "backward", "overlay"]))
  for (const hidden of /** @type {const} */ ([[], ["parameters", "inputs"], ["functional"]]))
    test(`folds stand in a view of ${[sides, ...hidden].join(", ")}`, () => {
      for (const tape of [blocks(12), loop(30), loop(30, { cell: true, outputs: true })]) {
        const facts = readFacts(tape);
        const all = new Set(facts.counts.keys());
        for (const open of [openAtFirst(tape, facts), all]) {
          const view = { sides, hidden, near: null };
          const found = shownOf(tape, facts, view, open, []);
          assert.ok("facts" in found);
          const layout = layOut(buildScene(tape, found.facts, open, view));
          assert.deepEqual(overlaps(layout), []);
          for (const { x, y, width, height } of layout.items)
            assert.ok([x, y, width, height].every(Number.isFinite) && x >= 0 && y >= 0);
          for (const { points } of layout.items.flatMap((item) => item.wires))
            assert.ok(points.every((point) => Number.isFinite(point.x + point.y)));
        }
      }
    });

test("near a step in the rest of a loop is the step before and after it, once the rest is open", () => {
  const tape = loop(30);
  const facts = readFacts(tape);
  const names = [...facts.folds.values()].filter(({ kind }) => kind === "loop" || kind === "rest").map(({ id }) => id);
  const { boxes } = neighbourhood(facts, new Set(names), ["op:41"], 1);
  const turns = [...boxes].map((name) => facts.folds.get(groupOf(facts, name))?.first).filter((n) => n !== undefined);
  assert.deepEqual(
    turns.sort((a, b) => a - b),
    [9, 10, 11],
  );
  assert.ok(neighbourhood(facts, new Set(names.slice(0, 1)), ["op:41"], 1).boxes.has("rest:12"));
});
