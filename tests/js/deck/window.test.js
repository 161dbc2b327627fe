import assert from "node:assert/strict";
import { test } from "node:test";

import {
  LEAST,
  following,
  isWhole,
  iterations,
  narrower,
  panned,
  whole,
  zoomed,
} from "../../../static/js/deck/window.js";

const COUNT = 1000;

/** @param {string} phases one letter a phase, each of ten steps */
const segments = (phases) =>
  [...phases].map((letter, i) => ({
    phase: /** @type {const} */ ({ b: "build", f: "forward", r: "backward", u: "update" })[letter],
    label: letter,
    from: i * 10,
    to: i * 10 + 9,
  }));

test("zooming keeps the edge under the pointer where it is", () => {
  const before = { from: 200, to: 600 };
  const after = zoomed(before, COUNT, 300, 0.5);
  assert.deepEqual(after, { from: 250, to: 450 });
  assert.equal((300 - after.from) / (after.to - after.from), (300 - before.from) / (before.to - before.from));
});

test("zooming stops at a few events and at the whole tape", () => {
  let near = whole(COUNT);
  for (let i = 0; i < 50; i += 1) near = zoomed(near, COUNT, 999, 0.5);
  assert.equal(near.to - near.from, LEAST);
  for (let i = 0; i < 50; i += 1) near = zoomed(near, COUNT, 999, 2);
  assert.ok(isWhole(near, COUNT));
});

test("a tape shorter than the least stretch is always shown whole", () => {
  assert.ok(isWhole(zoomed(whole(3), 3, 1, 0.1), 3));
  assert.ok(isWhole(panned(whole(3), 3, 5), 3));
});

test("panning stops at both ends and keeps the length", () => {
  assert.deepEqual(panned({ from: 10, to: 60 }, COUNT, -500), { from: 0, to: 50 });
  assert.deepEqual(panned({ from: 10, to: 60 }, COUNT, 5000), { from: 950, to: 1000 });
});

test("what happens now is brought back into the window, and nothing moves while it is inside", () => {
  const now = { from: 100, to: 200 };
  assert.equal(following(now, COUNT, 150), now);
  for (const edge of [0, 99, 201, 640, 1000]) {
    const { from, to } = following(now, COUNT, edge);
    assert.ok(from <= edge && edge <= to && to - from === 100, `edge ${edge} in ${from}–${to}`);
  }
});

test("an iteration goes from a forward phase to the last phase before the next", () => {
  assert.deepEqual(iterations(segments("bfrufru")), [
    { from: 10, to: 40 },
    { from: 40, to: 70 },
  ]);
});

test("narrowing goes from the iteration to the phase and back to the whole tape", () => {
  const all = segments("bfrufru");
  const count = 70;
  const iteration = narrower(whole(count), all, 55, count);
  const phase = narrower(iteration, all, 55, count);
  assert.ok(iteration.from < 40 && iteration.to === 70 && iteration.from > 35);
  assert.ok(phase.from < 50 && phase.to > 60 && phase.to - phase.from < 15);
  assert.deepEqual(narrower(phase, all, 55, count), whole(count));
});
