/** A small tape written by hand: c = a*b with a hook on c that adds 2, then c.backward() with a gradient of 8. */

import { Tape } from "../../../static/js/tape/load.js";

const TEXT = "a = leaf(2)\nb = leaf(3)\nc = a*b\nc.register_hook(c_hook)\nc.backward()\n";

/** @param {number} line @param {number} column @param {number} end */
const span = (line, column, end) => ({
  source: 0,
  line,
  column,
  end_line: line,
  end_column: end,
  function: "<module>",
});

const SCALAR = { shape: [], dtype: "torch.float32", device: "cpu" };
const leaf = {
  role: "parameter",
  ...SCALAR,
  requires_grad: true,
  is_leaf: true,
  op: null,
  output: 0,
  node: null,
  node_output: 0,
  base: null,
  storage: 0,
  grad_of: null,
};
const seen = (/** @type {number} */ n) => ({
  ...SCALAR,
  data: [n],
  file: null,
  summary: null,
  picture: null,
  sample: null,
  stride: 1,
  note: null,
});
const accumulate = {
  name: "AccumulateGrad",
  op: null,
  sequence: null,
  next_functions: [],
  saved: [],
  inputs: [],
  order: 1,
};

/** @param {object[]} rows */
const numbered = (rows) => rows.map((row, id) => ({ id, ...row }));

const EVENTS = [
  { kind: "op", op: 0, values: [2], versions: [0] },
  { kind: "hook_add", hook: 0 },
  {
    kind: "backward_start",
    index: 0,
    api: "backward",
    tensors: [2],
    roots: [{ node: 0, input: 0 }],
    values: [3],
    span: 3,
  },
  { kind: "contribution", node: 0, input: 0, value: 3 },
  { kind: "hook_fire", hook: 0, before: [3], after: [4], changed: true, node: 0 },
  { kind: "node_enter", node: 0, values: [4] },
  { kind: "node_exit", node: 0, values: [5, 6] },
  { kind: "contribution", node: 1, input: 0, value: 5, source: 0 },
  { kind: "accumulate", tensor: 0, node: 1, added: 5, total: 5 },
  { kind: "backward_end", index: 0 },
];

/** @param {{kind: string, [field: string]: unknown}[]} [more] events that follow */
export function product(more = []) {
  const tables = {
    header: {
      format: "tapedeck",
      version: [1, 0],
      title: "product",
      created: "",
      torch: "",
      python: "",
      values: "full",
      seed: 0,
      ended: "finished",
      events: EVENTS.length,
    },
    sources: [{ id: 0, name: "program.py", text: TEXT }],
    spans: numbered([span(1, 4, 11), span(3, 4, 7), span(4, 0, 23), span(5, 0, 12)]),
    modules: [],
    tensors: numbered([
      { ...leaf, name: "a", span: 0 },
      { ...leaf, name: "b", span: 0 },
      { ...leaf, role: "activation", name: "c", is_leaf: false, op: 0, node: 0, span: 1 },
    ]),
    ops: numbered([
      {
        name: "torch.mul",
        label: "mul",
        inputs: [
          { name: "input", tensor: 0 },
          { name: "other", tensor: 1 },
        ],
        constants: [],
        outputs: [2],
        mutates: [],
        span: 1,
        stack: [1],
        call: null,
        nodes: [0],
        in_place: false,
        phase: "forward",
        hook: null,
        error: null,
      },
    ]),
    nodes: numbered([
      {
        name: "MulBackward0",
        op: 0,
        sequence: 0,
        next_functions: [
          { node: 1, input: 0 },
          { node: 2, input: 0 },
        ],
        saved: [{ slot: "self", tensor: 0, version: 0 }],
        inputs: [{ shape: [], dtype: "torch.float32" }],
        variable: null,
        order: 1,
      },
      { ...accumulate, variable: 0 },
      { ...accumulate, variable: 1 },
    ]),
    calls: [],
    hooks: numbered([
      {
        kind: "tensor",
        tensor: 2,
        node: null,
        module: null,
        order: 0,
        name: "c_hook",
        span: 2,
        added: 1,
        removed: null,
      },
    ]),
    values: numbered([2, 3, 6, 8, 10, 30, 20].map(seen)),
  };
  const lines = [...EVENTS, ...more].map((event) => JSON.stringify(event)).join("\n");
  return Tape.parse(/** @type {any} */ (tables), `${lines}\n`, "product");
}
