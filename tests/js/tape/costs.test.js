/** Costs, live memory and the training flag agree with what Python says of the same tapes. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { costs } from "../../../static/js/tape/costs.js";
import { Tape } from "../../../static/js/tape/load.js";
import { liveAt, memory } from "../../../static/js/tape/memory.js";
import { isTraining } from "../../../static/js/tape/training.js";
import { product } from "./product.js";

const CASES = JSON.parse(readFileSync(new URL("../../data/at_cases.json", import.meta.url), "utf8")).map(
  (/** @type {any} */ { tables, events, ...expected }) => ({
    ...expected,
    tape: Tape.parse(tables, events.map((/** @type {unknown} */ event) => JSON.stringify(event)).join("\n")),
  }),
);

for (const { name, tape, costs: expected, memory: lives } of CASES) {
  test(`the costs of ${name} are Python's`, () => {
    assert.deepEqual(costs(tape), expected);
  });

  test(`the live memory of ${name} is Python's`, () => {
    assert.deepEqual(memory(tape), lives);
  });
}

test("the cases count something: operations both ways, parameters, memory", () => {
  const totals = CASES.map((/** @type {any} */ one) => costs(one.tape).total);
  assert.ok(totals.some((/** @type {any} */ cost) => cost.forward > 0 && cost.backward > 0 && cost.parameters > 0));
  assert.ok(CASES.every((/** @type {any} */ one) => memory(one.tape).peak.bytes > 0));
});

test("what is alive at a step is what was born and is not freed", () => {
  const tape = product();
  tape.storages.push(
    { id: 0, bytes: 8, device: "cpu", born: null, freed: null },
    { id: 1, bytes: 100, device: "cpu", born: 2, freed: 5 },
  );
  const lives = memory(tape);
  assert.deepEqual(
    [-1, 1, 2, 4, 5, 9].map((step) => liveAt(lives, step)),
    [8, 8, 108, 108, 8, 8],
  );
  assert.deepEqual(lives.peak, { step: 2, bytes: 108 });
});

test("train() and eval() reach what is below a module, a flag that is written directly does not", () => {
  const mode = { kind: "mode", name: "training", module: 0 };
  const tape = product([
    { ...mode, enabled: false, span: 0 },
    { ...mode, enabled: true, span: null },
  ]);
  const row = { name: "", type: "Net", extra_repr: "", children: [], parameters: {}, buffers: {}, tied_with: [] };
  const module = { ...row, training: true, constructed: null };
  tape.modules.push({ ...module, id: 0, path: "net", parent: null }, { ...module, id: 1, path: "net.fc", parent: 0 });
  assert.deepEqual(
    [9, 10, 11].map((step) => [isTraining(tape, 0, step), isTraining(tape, 1, step)]),
    [
      [true, true],
      [false, false],
      [true, false],
    ],
  );
});
