/** The sentences of hooks of every kind, training loops, modes, forward mode, threads, interiors and recomputation. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { ROWS } from "../../../static/js/tape/defaults.js";
import { hookKind } from "../../../static/js/tape/hook_words.js";
import { narrate } from "../../../static/js/tape/narrate.js";
import { History } from "../../../static/js/tape/state.js";
import { product } from "./product.js";

/** The sentences of events that follow the product, on a tape with more rows. @param {Record<string, object[]>} rows @param {{kind: string, [field: string]: unknown}[]} events */
function told(rows, ...events) {
  const tape = product(events);
  for (const [name, added] of Object.entries(rows)) {
    const table = /** @type {any} */ (tape)[name];
    for (const row of added) table.push({ ...ROWS[name], id: table.length, ...row });
  }
  const history = new History(tape);
  return events.map((_, i) => narrate(history, tape.events.length - events.length + i));
}

const module = { path: "net.fc", name: "fc", type: "torch.nn.modules.linear.Linear" };

/** @param {object} hook @param {object} [fire] */
const fired = (hook, fire = {}) =>
  told(
    { hooks: [{ name: "h", ...hook }], modules: [module], optimizers: [{ type: "SGD", name: "opt" }] },
    { kind: "hook_fire", hook: 1, tensors: [0], before: [0], ...fire },
  )[0];

test("a hook of every kind of the format has its own words", () => {
  const format = readFileSync(new URL("../../../static/js/tape/format.d.ts", import.meta.url), "utf8");
  const kinds = /interface Hook \{[^}]*kind: ([^;]+);/.exec(format)?.[1].match(/\w+/g) ?? [];
  assert.ok(kinds.length >= 29);
  assert.equal(new Set(kinds.map(hookKind)).size, kinds.length);
  assert.ok(kinds.every((kind) => !hookKind(kind).includes("_")));
  for (const kind of kinds) assert.doesNotMatch(fired({ kind, module: 0 }), /undefined|null| {2}| $/, kind);
});

test("a pair of hooks on saved tensors says what it packs and unpacks, and for whom", () => {
  assert.equal(
    fired({ kind: "saved_pack" }, { changed: true, after: [2] }),
    "h (saved-tensor pack hook) packs a = 2: it becomes 6",
  );
  assert.equal(
    fired({ kind: "saved_unpack" }, { node: 0 }),
    "h (saved-tensor unpack hook) unpacks a = 2 for MulBackward0, as it is",
  );
});

test("a hook on every module names the module that it fires for", () => {
  assert.equal(
    fired({ kind: "global_forward" }, { module: 0 }),
    "h (global forward hook) sees the output of net.fc = 2 and leaves it unchanged",
  );
});

test("a multi-grad hook names its tensors, an optimizer's hook its optimizer", () => {
  assert.match(fired({ kind: "multi_grad", tensors: [0, 1] }), /sees the gradients of a and b = 2/);
  assert.match(
    fired({ kind: "multi_grad", tensors: [0, 1], flags: ["mode=any"] }),
    /sees the first gradient of a and b/,
  );
  assert.equal(
    fired({ kind: "optimizer_step_pre", optimizer: 0 }, { before: [], tensors: [] }),
    "h (optimizer step pre hook) runs before a step of opt (SGD)",
  );
});

test("a hook that returns the numbers it was given does not change them", () => {
  assert.equal(
    fired({ kind: "node_pre", node: 0 }, { changed: true, before: [2], after: [2] }),
    "h (node pre hook) returns c̄ = 6, the same numbers",
  );
});

test("a hook says where it is registered and how", () => {
  const hooks = [
    { kind: "forward", name: "f", module: 0, flags: ["prepend", "always_call"] },
    { kind: "global_forward_pre", name: "g" },
    { kind: "saved_pack", name: "p" },
  ];
  const events = [1, 2, 3].map((hook) => ({ kind: "hook_add", hook }));
  assert.deepEqual(told({ hooks, modules: [module] }, ...events, { kind: "hook_remove", hook: 3 }), [
    "f is registered on net.fc as a forward hook (prepend, always_call)",
    "g is registered on every module as a global forward-pre hook",
    "p becomes the hook that packs saved tensors",
    "p is no longer the hook that packs saved tensors",
  ]);
});

test("an optimizer's step is counted, and its updates say what changed in its state", () => {
  const state = [
    { name: "exp_avg", before: 0, after: 1, text: null },
    { name: "step", before: null, after: null, text: "2 → 3" },
    { name: "max", before: 2, after: 2, text: null },
  ];
  assert.deepEqual(
    told(
      { optimizers: [{ type: "torch.optim.AdamW" }] },
      { kind: "optimizer_step", optimizer: "torch.optim.AdamW", tensors: [0], row: 0, index: 2 },
      { kind: "param_update", tensor: 0, before: 0, value: 1, state },
    ),
    ["AdamW's step 3 begins on 1 parameter", "AdamW's step 3 changes a from 2 to 3; exp_avg 2 → 3 and step 2 → 3"],
  );
});

test("a gradient that is cleared is None or zeros, and one that is replaced says by what", () => {
  const zero = { shape: [], dtype: "torch.float32", data: [0] };
  const cleared = [{}, { to_none: false, value: 7 }, { to_none: false, value: 2 }];
  assert.deepEqual(told({ values: [zero] }, ...cleared.map((each) => ({ kind: "grad_zero", tensor: 0, ...each }))), [
    "a.grad is set to None",
    "a.grad is set to zeros",
    "a.grad is set to 6",
  ]);
});

test("every mode that changes is told by its name", () => {
  const mode = (/** @type {string} */ name, /** @type {object} */ more) => ({ kind: "mode", name, span: 0, ...more });
  assert.deepEqual(
    told(
      { modules: [module] },
      mode("grad", { enabled: false }),
      mode("inference", { enabled: true }),
      mode("autocast", { enabled: true }),
      mode("anomaly", { enabled: false }),
      mode("training", { enabled: false, module: 0 }),
      mode("training", { enabled: true, module: 0, span: null }),
    ),
    [
      "grad mode is switched off",
      "inference mode begins",
      "autocast begins",
      "anomaly detection is switched off",
      "net.fc switches to eval() mode",
      "The training flag of net.fc was set to True",
    ],
  );
});

test("a tangent names its seed, its element, and why it is not known", () => {
  const tensors = [{ role: "input", name: "x", shape: [2, 3], dtype: "torch.float32", storage: 0 }];
  const tangent = (/** @type {object} */ more) => ({ kind: "tangent", tensor: 2, op: 0, ...more });
  assert.deepEqual(
    told(
      { tensors },
      tangent({ tensor: 0, seed: 0, op: null, value: 0 }),
      tangent({ seed: 0, value: 1 }),
      tangent({ seed: 3, element: 5, value: 1 }),
      tangent({ value: 1 }),
      tangent({ seed: 0, note: "torch has no formula for it" }),
    ),
    [
      "a is seeded: the tangent of a is 2",
      "The tangent of c seeded by a is 3",
      "The tangent of c seeded by x[1, 2] is 3",
      "The tangent of c is 3",
      "The tangent of c seeded by a is not known: torch has no formula for it",
    ],
  );
});

test("events of another thread say so", () => {
  assert.equal(told({}, { kind: "grad_zero", tensor: 0, thread: 1 })[0], "Thread 2: a.grad is set to None");
});

test("an op says what it ran inside of: another op, a hook, a custom backward, a segment that is computed again", () => {
  const op = { name: "torch.exp", label: "exp", inputs: [{ name: "input", tensor: 0 }], outputs: [1] };
  const ops = [
    { ...op, parent: 0 },
    { ...op, phase: "backward", node: 0, hook: 0 },
    { ...op, phase: "backward", node: 0 },
    { ...op, phase: "recompute", node: 0 },
    { ...op, phase: "recompute", outputs: [] },
  ];
  const events = ops.map((_, i) => ({ kind: "op", op: 1 + i, values: [1], versions: [0] }));
  assert.deepEqual(
    told({ ops }, ...events).map((text) => text.replace(/ takes a.*/, "")),
    [
      "In mul: exp",
      "In c_hook: exp",
      "In MulBackward0: exp",
      "Recomputed: exp",
      "Recomputed: exp is broken off: backward has what it needs",
    ],
  );
});

test("a call that computes a segment once more says why, what it calls only that it is again", () => {
  const calls = [{ module: 0 }, { module: 0, parent: 0 }];
  const ops = [
    {
      name: "torch.exp",
      label: "exp",
      inputs: [{ name: "input", tensor: 0 }],
      outputs: [1],
      phase: "recompute",
      call: 1,
    },
  ];
  assert.deepEqual(
    told({ modules: [module], calls, ops }, { kind: "call_enter", call: 0 }, { kind: "call_enter", call: 1 }),
    [
      "net.fc (Linear) is called again, to compute once more what was not kept for backward",
      "net.fc (Linear) is called again",
    ],
  );
});

test("a pass inside a pass is told as such, not as a higher derivative", () => {
  const start = { kind: "backward_start", api: "backward", tensors: [2], roots: [{ node: 0, input: 0 }], order: 2 };
  const texts = told({}, { ...start, index: 1 }, { ...start, index: 2 }, { kind: "backward_end", index: 2 });
  assert.match(texts[0], /order 2, through the graph of an earlier pass$/);
  assert.match(texts[1], /inside the pass that is running$/);
});
