/** Where things stand: the promises of the layout, whatever the graph. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { readFacts } from "../../static/js/graph/facts.js";
import { layOut } from "../../static/js/graph/layout.js";
import { spread } from "../../static/js/graph/align.js";
import { buildScene } from "../../static/js/graph/scene.js";
import { groupOf } from "../../static/js/graph/nesting.js";
import { TapeBuilder, blocks, chain, loop, walkThrough } from "./graph_tapes.js";

/** @param {import("../../static/js/tape/load.js").Tape} tape @param {(number | string)[]} [open] calls, and folds by name */
function layoutOf(tape, open = []) {
  const facts = readFacts(tape);
  const groups = open.map((each) => (typeof each === "number" ? each : groupOf(facts, each)));
  return layOut(buildScene(tape, facts, new Set(groups)));
}

/** Everything open. @param {import("../../static/js/tape/load.js").Tape} tape */
const all = (tape) =>
  [...readFacts(tape).folds.values()].map(({ name }) => name).concat(tape.calls.map(({ id }) => `call:${id}`));

function cases() {
  const tied = new TapeBuilder();
  const w = tied.parameter("w");
  let h = tied.op("mul", [w, tied.parameter("b")]);
  for (let i = 0; i < 6; i += 1) h = tied.op("tanh", [tied.op("matmul", [h, w], { extra: ["TBackward0"] })]);
  const fan = new TapeBuilder();
  const x = fan.op("sin", [fan.parameter("x")]);
  const parts = [0, 1, 2, 3].map((i) => fan.op("mul", [x, fan.parameter(`w${i}`)]));
  fan.op("cat", [x, ...parts]);
  return {
    "the walk-through": [walkThrough(), []],
    "a chain": [chain(30), []],
    "blocks, folded": [blocks(12), [0]],
    "blocks, closed": [blocks(12), [0, "stack:1"]],
    "blocks, one open": [blocks(12), [0, "stack:1", 1]],
    "blocks, all open": [blocks(3), [...Array(20).keys()]],
    "a shared weight": [tied.tape(), []],
    "a fan": [fan.tape(), []],
    "a loop, closed": [loop(30), []],
    "a loop along time": [loop(30), ["loop:0"]],
    "a loop of modules": [loop(9, { cell: true, outputs: true }), ["loop:0"]],
    "a long loop, its middle open": [loop(60, { outputs: true }), ["loop:0", "rest:12"]],
    "a loop, all open": [loop(7), all(loop(7))],
    "a loop of modules, all open": [loop(40, { cell: true, outputs: true }), all(loop(40, { cell: true }))],
  };
}

const apart = (a, b) =>
  a.x + a.width <= b.x + 0.5 ||
  b.x + b.width <= a.x + 0.5 ||
  a.y + a.height <= b.y + 0.5 ||
  b.y + b.height <= a.y + 0.5;

for (const [name, [tape, open]] of Object.entries(cases())) {
  const layout = layoutOf(tape, open);
  const siblings = [
    layout.roots.forward,
    layout.roots.backward,
    ...layout.items.filter((item) => item.unit.open).map((item) => item.children),
  ];

  test(`${name}: siblings do not overlap`, () => {
    for (const list of siblings)
      list.forEach((a, i) => list.slice(i + 1).forEach((b) => assert.ok(apart(a, b), `${a.id} ${b.id}`)));
  });

  test(`${name}: children stand inside their group`, () => {
    for (const group of layout.items.filter((item) => item.unit.open)) {
      for (const child of group.children) {
        assert.ok(child.x >= group.x && child.x + child.width <= group.x + group.width, child.id);
        assert.ok(child.y >= group.y && child.y + child.height <= group.y + group.height, child.id);
      }
    }
  });

  test(`${name}: a thing and its mirror image stand on one line`, () => {
    const middle = layout.width / 2;
    const forward = new Map(layout.items.filter((item) => item.side === "forward").map((item) => [item.unit.id, item]));
    for (const item of layout.items.filter((other) => other.side === "backward")) {
      const mirror = forward.get(item.unit.id);
      if (!mirror) continue;
      assert.equal(item.y + item.height / 2, mirror.y + mirror.height / 2);
      assert.ok(Math.abs(middle - (mirror.x + mirror.width / 2) - (item.x + item.width / 2 - middle)) < 1.01, item.id);
    }
  });

  test(`${name}: data flows down, gradients flow up; between the turns of a loop they go along time`, () => {
    const turns = new Set(layout.items.flatMap(({ unit }) => (unit.level?.inTime ? [unit.id] : [])));
    const between = (/** @type {any} */ { level, from, to }) => turns.has(level) && from !== null && to !== null;
    const y = (/** @type {string} */ id) => layout.items.find((item) => item.unit.id === id)?.y ?? NaN;
    const routes = [layout.wires.forward, layout.wires.backward, layout.items.flatMap((item) => item.wires)].flat();
    for (const route of routes) {
      const [down, across] = [route.end[1] - route.start[1], route.end[0] - route.start[0]];
      const way = route.side === "forward" ? 1 : -1;
      if (!between(route)) assert.ok(down * way >= 0, route.id);
      else if (y(route.from) === y(route.to)) assert.ok(across > 0, route.id);
    }
  });

  test(`${name}: no wire runs through a sibling's box`, () => {
    const levels = [
      [layout.roots.forward, layout.wires.forward],
      [layout.roots.backward, layout.wires.backward],
      ...layout.items.filter((item) => item.unit.open).map((item) => [item.children, item.wires]),
    ];
    for (const [items, wires] of levels) {
      for (const wire of wires) {
        for (const item of items.filter(({ unit }) => unit.id !== wire.from && unit.id !== wire.to)) {
          wire.points.slice(1).forEach((point, i) => {
            const from = wire.points[i];
            if (point.curve && point.x !== from.x) return;
            const box = {
              x: Math.min(from.x, point.x),
              y: Math.min(from.y, point.y),
              width: Math.abs(from.x - point.x),
              height: Math.abs(from.y - point.y),
            };
            assert.ok(apart(box, item), `${wire.id} ${item.id}`);
          });
        }
      }
    }
  });

  test(`${name}: laid out twice, it is the same`, () => {
    assert.deepEqual(layoutOf(tape, open), layout);
  });
}

test("a leaf stands just above the first that uses it", () => {
  const { items } = layoutOf(walkThrough());
  const at = (id) => items.find((item) => item.id === id);
  assert.ok(Math.abs(at("f:leaf:3@").y - at("f:op:0").y) < 10);
});

test("a stream of blocks runs straight", () => {
  const { items } = layoutOf(blocks(12), [0, "stack:1"]);
  const xs = items.filter((item) => /^f:call:\d+$/.test(item.id) && !item.unit.open).map((item) => item.x);
  assert.equal(xs.length, 12);
  assert.equal(new Set(xs).size, 1);
});

test("a value goes on where it entered a group", () => {
  const { items, wires } = layoutOf(blocks(1), [0]);
  const into = wires.forward.find((route) => route.to === "call:0");
  const on = items.find((item) => item.id === "f:call:0").wires.find((route) => route.from === null);
  assert.deepEqual(on.start, into.end);
});

test("2,000 ops in a row are laid out, one below the other", () => {
  const { items } = layoutOf(chain(2000));
  const ops = items.filter((item) => item.id.startsWith("f:op:"));
  assert.equal(ops.length, 2000);
  for (let i = 1; i < ops.length; i += 1) assert.ok(ops[i].y > ops[i - 1].y);
});

test("places keep their order and their distance, near to where they want to be", () => {
  assert.deepEqual(spread([0, 0], [1, 1], [10]), [-5, 5]);
  assert.deepEqual(spread([0, 50], [1, 1], [10]), [0, 50]);
  assert.deepEqual(spread([5, 0, 0], [1e9, 1, 1], [10, 10]).map(Math.round), [5, 15, 25]);
});
