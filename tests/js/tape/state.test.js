import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { Tape } from "../../../static/js/tape/load.js";
import { History } from "../../../static/js/tape/state.js";
import { product } from "./product.js";

const CASES = new URL("../../data/at_cases.json", import.meta.url);

test("omitted fields of events are filled in with the schema's defaults", () => {
  const [, , , contribution] = product().events;
  assert.deepEqual(
    { ...contribution },
    {
      kind: "contribution",
      node: 0,
      input: 0,
      value: 3,
      source: null,
      output: 0,
      thread: 0,
    },
  );
});

test("before the first event nothing has happened", () => {
  assert.deepEqual(new History(product()).at(-1).toDict(), {
    step: -1,
    backward: null,
    stack: [],
    tensors: {},
    nodes: {},
    edges: {},
    hooks: {},
    calls: {},
  });
});

test("a node waits, runs and is done, with what it received and sent", () => {
  const history = new History(product());
  const states = [3, 5, 6].map((step) => history.at(step).node(0));
  assert.deepEqual(states, [
    { status: "waiting", received: [], sent: [] },
    { status: "running", received: [4], sent: [] },
    { status: "done", received: [4], sent: [5, 6] },
  ]);
});

test("a gradient is on an edge from its delivery on, and in .grad from its accumulation on", () => {
  const history = new History(product());
  assert.deepEqual(
    [6, 7].map((step) => history.at(step).edge(0, 0, 1, 0)),
    [null, 5],
  );
  assert.deepEqual(
    [7, 8].map((step) => history.at(step).tensor(0).grad),
    [null, 5],
  );
});

test("a second backward pass begins with idle nodes and empty edges", () => {
  const again = {
    kind: "backward_start",
    index: 1,
    api: "backward",
    tensors: [2],
    roots: [{ node: 0, input: 0 }],
    values: [3],
  };
  const state = new History(product([again])).at(10);
  assert.deepEqual(
    [state.backward, state.node(0).status, state.edge(0, 0, 1, 0), state.tensor(0).grad],
    [1, "idle", null, 5],
  );
});

test("of an op that has fewer values than versions, only what has both is known, as in Python", () => {
  const tape = product();
  const step = tape.events.findIndex(({ kind }) => kind === "op");
  const op = /** @type {import("../../../static/js/tape/format.js").OpEvent} */ (tape.events[step]);
  tape.ops[op.op].mutates = [0];
  tape.events[step] = { ...op, values: [op.values[0]], versions: [0, 5] };
  assert.equal(new History(tape).at(step).tensor(0).version, 0);
});

test("a step outside the tape is refused", () => {
  assert.throws(() => new History(product()).at(10), RangeError);
});

test(
  "the states of the shared cases are Python's",
  {
    skip: !existsSync(CASES) && "tests/data/at_cases.json is not there",
  },
  async (t) => {
    for (const { name, tables, events, states } of JSON.parse(readFileSync(CASES, "utf8"))) {
      await t.test(name, () => {
        const lines =
          typeof events === "string"
            ? events
            : events.map((/** @type {unknown} */ event) => JSON.stringify(event)).join("\n");
        const history = new History(Tape.parse(tables, lines));
        for (const [step, expected] of Object.entries(states))
          assert.deepEqual(JSON.parse(JSON.stringify(history.at(Number(step)).toDict())), expected, `step ${step}`);
      });
    }
  },
);
