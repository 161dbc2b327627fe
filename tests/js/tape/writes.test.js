import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Tape, fill } from "../../../static/js/tape/load.js";
import { History } from "../../../static/js/tape/state.js";
import { norms, stepsOfNode, writesOf } from "../../../static/js/tape/writes.js";
import { product } from "./product.js";

/** A module with hooks that is trained for two steps: parameters are written by an optimizer, gradients twice. */
const CASE = JSON.parse(readFileSync(new URL("../../data/at_cases.json", import.meta.url), "utf8")).find(({ name }) =>
  name.includes("trained for two steps"),
);
const tape = new Tape(CASE.tables, CASE.events.map(fill));
const history = new History(tape);
const weight = tape.tensors.find(({ name }) => name === "net.0.weight").id;

test("the product's gradient is written once, by its AccumulateGrad", () => {
  const [only, ...more] = writesOf(new History(product()), 0);
  assert.deepEqual(
    [only.step, only.value, only.grad, only.by, only.thing, more.length],
    [8, false, true, "AccumulateGrad", "node:1", 0],
  );
});

test("every write is where the state at its step says, and the state before it was another or was written anew", () => {
  for (const { id } of tape.tensors) {
    const writes = writesOf(history, id);
    for (const { step, state, value, grad } of writes) {
      assert.deepEqual(history.at(step).tensor(id), state);
      assert.ok(value || grad);
      assert.equal(grad, history.at(step - 1).tensor(id).grad !== state.grad);
    }
    assert.deepEqual(
      writes.map(({ step }) => step),
      [...new Set(writes.map(({ step }) => step))].sort((a, b) => a - b),
    );
  }
});

test("a trained parameter is written by the optimizer, its gradient by the pass and by zero_grad", () => {
  const writes = writesOf(history, weight);
  const by = (which) => new Set(writes.filter((write) => write[which]).map((write) => write.by));
  assert.ok(by("value").has("SGD") || [...by("value")].some((name) => name.includes("SGD")), [...by("value")].join());
  assert.ok(by("grad").has("AccumulateGrad") && by("grad").has("set to None"), [...by("grad")].join());
  assert.equal(writesOf(history, weight), writes, "built once");
});

test("norms are one a version", () => {
  const writes = writesOf(history, weight);
  const found = norms(history, writes, "value");
  assert.equal(found.length, new Set(writes.filter(({ value }) => value).map(({ state }) => state.version)).size);
  assert.ok(found.length > 1 && found.every(({ norm }) => norm > 0));
  assert.equal(
    norms(history, writes, "grad").length,
    writes.filter(({ grad, state }) => grad && state.grad !== null).length,
  );
});

test("a node's steps are those of its events", () => {
  assert.deepEqual(stepsOfNode(new History(product()), 0), [3, 5, 6]);
});
