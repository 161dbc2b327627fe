import assert from "node:assert/strict";
import { test } from "node:test";

import { levels, levelOf, moduleAt, shareOf } from "../../../static/js/tape/levels.js";
import { Tape, fill } from "../../../static/js/tape/load.js";
import { History } from "../../../static/js/tape/state.js";

const value = (id, norm, std, finite = 2) => ({
  id,
  shape: [2],
  dtype: "torch.float32",
  summary: { count: 2, finite, nan: 2 - finite, inf: 0, min: 0, max: 1, mean: 0, std, norm, zeros: 0.5 },
});
const module = (id, name, parent, children, parameters) => ({
  ...{ id, path: name, name, type: "torch.nn.Linear", extra_repr: "", parent, children, parameters, buffers: {} },
  ...{ tied_with: [], training: true, constructed: null },
});
const leaf = (id, requires_grad = true) => ({
  ...{ id, role: "parameter", name: `p${id}`, shape: [2], dtype: "torch.float32", device: "cpu", requires_grad },
  is_leaf: true,
});

/** A net of two layers that share parameter 1; layer b also has a frozen one. */
function tape() {
  const tables = {
    header: { values: "summary" },
    sources: [],
    spans: [],
    modules: [
      module(0, "net", null, [1, 2], {}),
      module(1, "a", 0, [], { weight: 0, shared: 1 }),
      module(2, "b", 0, [], { shared: 1, frozen: 2 }),
    ],
    tensors: [leaf(0), leaf(1), leaf(2, false)],
    ops: [],
    nodes: [
      {
        id: 0,
        name: "AccumulateGrad",
        op: null,
        sequence: null,
        next_functions: [],
        saved: [],
        inputs: [],
        variable: 0,
      },
      {
        id: 1,
        name: "AccumulateGrad",
        op: null,
        sequence: null,
        next_functions: [],
        saved: [],
        inputs: [],
        variable: 1,
      },
    ],
    calls: [
      { id: 0, module: 0, parent: null, inputs: [], outputs: [], span: null },
      { id: 1, module: 1, parent: 0, inputs: [], outputs: [], span: null },
    ],
    hooks: [],
    values: [value(0, 3, 0.5), value(1, 4, 2), value(2, 5, 8, 1)],
  };
  const events = [
    { kind: "call_enter", call: 0, values: [] },
    { kind: "call_enter", call: 1, values: [] },
    { kind: "call_exit", call: 1, values: [0] },
    { kind: "call_exit", call: 0, values: [1] },
    { kind: "accumulate", tensor: 0, node: 0, added: null, total: 0, gradient: null },
    { kind: "accumulate", tensor: 1, node: 1, added: null, total: 1, gradient: null },
    { kind: "accumulate", tensor: 1, node: 1, added: null, total: 2, gradient: null },
    { kind: "node_exit", node: 1, values: [] },
  ];
  return new Tape(/** @type {any} */ (tables), events.map(fill));
}

const at = (made, step, metric) => {
  const state = new History(made).at(step);
  return levels(made).branches.map((branch) => levelOf(made, state, branch, metric));
};

test("modules stand each before what it holds, and a shared parameter counts once", () => {
  const { branches } = levels(tape());
  assert.deepEqual(
    branches.map(({ id, depth, parameters }) => [id, depth, parameters]),
    [
      [0, 0, [0, 1, 2]],
      [1, 1, [0, 1]],
      [2, 1, [1, 2]],
    ],
  );
});

test("gradients build up along the tape and add as norms do", () => {
  const made = tape();
  assert.deepEqual(
    at(made, 3, "gradients").map(({ value, known, of }) => [value, known, of]),
    [
      [null, 0, 2],
      [null, 0, 2],
      [null, 0, 1],
    ],
  );
  assert.deepEqual(
    at(made, 4, "gradients").map(({ value, known }) => [value, known]),
    [
      [3, 1],
      [3, 1],
      [null, 0],
    ],
  );
  assert.deepEqual(
    at(made, 5, "gradients").map(({ value }) => value),
    [5, 5, 4],
  );
});

test("a gradient that is not finite makes every module around it so", () => {
  assert.deepEqual(
    at(tape(), 6, "gradients").map(({ value }) => Number.isNaN(value)),
    [true, true, true],
  );
});

test("an activation is that of the call that returned last", () => {
  const made = tape();
  assert.deepEqual(
    at(made, 2, "activations").map(({ value }) => value),
    [null, 0.5, null],
  );
  assert.deepEqual(
    at(made, 7, "activations").map(({ value, zeros }) => [value, zeros]),
    [
      [2, 0.5],
      [0.5, 0.5],
      [null, null],
    ],
  );
});

test("bars lie on a logarithmic scale from the smallest to the largest", () => {
  const { ranges } = levels(tape());
  assert.deepEqual(ranges.activations, [0.5, 2]);
  assert.equal(ranges.gradients[0], 3);
  assert.equal(shareOf(0, [1, 100]), 0);
  assert.equal(shareOf(100, [1, 100]), 1);
  assert.ok(shareOf(1, [1, 100]) > 0);
  assert.ok(Math.abs(shareOf(10, [1, 100]) - 0.53) < 1e-9);
  assert.equal(shareOf(7, [7, 7]), 1);
});

test("a step belongs to the module whose call is open, or whose parameter it is about", () => {
  const made = tape();
  const history = new History(made);
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 7].map((step) => moduleAt(made, history.at(step))),
    [0, 1, 0, null, 1, 1, 1],
  );
});
