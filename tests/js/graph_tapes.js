/** Builders of small tapes for the graph's tests. */

import { Tape, fill } from "../../static/js/tape/load.js";

/** Writes a tape call by call, as a program would run. */
export class TapeBuilder {
  constructor() {
    this.tables = {
      header: { title: "test" },
      sources: [{ id: 0, name: "main.py", text: "" }],
      spans: [],
      modules: [],
      tensors: [],
      ops: [],
      nodes: [],
      calls: [],
      hooks: [],
      values: [],
    };
    this.events = [];
    this.stack = [];
    this.accumulators = new Map();
  }

  value(number) {
    return (
      this.tables.values.push({
        id: this.tables.values.length,
        shape: [],
        dtype: "float32",
        data: [number],
        summary: null,
      }) - 1
    );
  }

  tensor(fields) {
    const id = this.tables.tensors.length;
    this.tables.tensors.push({
      id,
      role: "activation",
      name: null,
      shape: [],
      dtype: "float32",
      device: "cpu",
      requires_grad: false,
      is_leaf: false,
      op: null,
      output: 0,
      node: null,
      node_output: 0,
      base: null,
      storage: id,
      grad_of: null,
      span: null,
      ...fields,
    });
    return id;
  }

  parameter(name) {
    return this.tensor({ role: "parameter", name, requires_grad: true, is_leaf: true });
  }

  node(fields) {
    const id = this.tables.nodes.length;
    this.tables.nodes.push({
      id,
      name: "Node",
      op: null,
      sequence: id,
      next_functions: [],
      saved: [],
      inputs: [],
      variable: null,
      order: 1,
      ...fields,
    });
    return id;
  }

  /** The node that a tensor's gradient goes to. */
  edgeTo(tensor) {
    const row = this.tables.tensors[tensor];
    if (row.node !== null) return { node: row.node, input: row.node_output };
    if (!row.requires_grad) return { node: null, input: 0 };
    if (!this.accumulators.has(tensor))
      this.accumulators.set(tensor, this.node({ name: "AccumulateGrad", variable: tensor, sequence: null }));
    return { node: this.accumulators.get(tensor), input: 0 };
  }

  /** An op on tensors; `extra` names nodes between it and its last input. */
  op(label, inputs, { name = null, extra = [], fields = {} } = {}) {
    const id = this.tables.ops.length;
    const edges = inputs.map((tensor) => this.edgeTo(tensor));
    for (const title of extra) {
      const last = edges.length - 1;
      edges[last] = { node: this.node({ name: title, op: id, next_functions: [edges[last]] }), input: 0 };
    }
    const grows = edges.some((edge) => edge.node !== null);
    const saved = inputs.map((tensor, i) => ({ slot: i ? "other" : "self", tensor, version: 0 }));
    const node = grows ? this.node({ name: `${label}Backward0`, op: id, next_functions: edges, saved }) : null;
    const output = this.tensor({ name, requires_grad: grows, op: id, node });
    this.tables.ops.push({
      id,
      name: `torch.${label}`,
      label,
      inputs: inputs.map((tensor, i) => ({ name: i ? "other" : "input", tensor })),
      constants: [],
      outputs: [output],
      mutates: [],
      span: null,
      stack: [],
      call: this.stack.at(-1) ?? null,
      nodes: node === null ? [] : [node],
      in_place: false,
      phase: "forward",
      hook: null,
      error: null,
      ...fields,
    });
    this.events.push({ kind: "op", op: id, values: [this.value(id)], versions: [0] });
    return output;
  }

  /** A module call around what `body` does. */
  call(path, type, inputs, body) {
    let module = this.tables.modules.findIndex((row) => row.path === path);
    if (module < 0)
      module =
        this.tables.modules.push({
          id: this.tables.modules.length,
          path,
          name: path.split(".").at(-1),
          type,
          extra_repr: "",
          parent: null,
          children: [],
          parameters: {},
          buffers: {},
          tied_with: [],
          training: true,
          constructed: null,
        }) - 1;
    const id =
      this.tables.calls.push({
        id: this.tables.calls.length,
        module,
        parent: this.stack.at(-1) ?? null,
        inputs,
        outputs: [],
        span: null,
      }) - 1;
    this.events.push({ kind: "call_enter", call: id, values: [] });
    this.stack.push(id);
    const output = body();
    this.stack.pop();
    this.tables.calls[id].outputs = [output];
    this.events.push({ kind: "call_exit", call: id, values: [] });
    return output;
  }

  backward(tensor) {
    const { node, node_output: input } = this.tables.tensors[tensor];
    this.events.push({
      kind: "backward_start",
      index: 0,
      api: "backward",
      tensors: [tensor],
      roots: [{ node, input }],
      values: [this.value(1)],
    });
    this.events.push({ kind: "contribution", node, input, value: this.value(1) });
    return this;
  }

  /** @returns {Tape} */
  tape() {
    return new Tape(this.tables, this.events.map(fill));
  }
}

/** a*b*d, as in the gallery. */
export function walkThrough() {
  const t = new TapeBuilder();
  const [a, b] = [t.parameter("a"), t.parameter("b")];
  const c = t.op("mul", [a, b], { name: "c" });
  const d = t.parameter("d");
  return t.backward(t.op("mul", [c, d], { name: "e" })).tape();
}

/** One op after another. */
export function chain(length) {
  const t = new TapeBuilder();
  let x = t.parameter("x");
  for (let i = 0; i < length; i += 1) x = t.op("sin", [x]);
  return t.backward(x).tape();
}

/** Blocks with a residual each, as in a decoder. */
export function blocks(count) {
  const t = new TapeBuilder();
  let x = t.tensor({ role: "input", name: "x" });
  x = t.call("net", "main.Net", [x], () => {
    for (let i = 0; i < count; i += 1) {
      const before = x;
      x = t.call(`net.h.${i}`, "main.Block", [before], () => {
        const y = t.call(`net.h.${i}.ln`, "torch.nn.modules.normalization.LayerNorm", [before], () =>
          t.op("layer_norm", [before, t.parameter(`net.h.${i}.ln.weight`)]),
        );
        const z = t.call(`net.h.${i}.fc`, "torch.nn.modules.linear.Linear", [y], () =>
          t.op("linear", [y, t.parameter(`net.h.${i}.fc.weight`)], { extra: ["TBackward0"] }),
        );
        return t.op("add", [before, z]);
      });
    }
    return x;
  });
  return t.backward(t.op("sum", [x], { name: "loss" })).tape();
}

/** Steps of a loop: `x` of each and the state of the one before through the same line, or through one module if `cell` is given. */
export function loop(count, { cell = false, outputs = false } = {}) {
  const t = new TapeBuilder();
  t.tables.spans = [0, 1, 2, 3].map((id) => ({
    id,
    source: 0,
    line: id + 1,
    column: 0,
    end_line: id + 1,
    end_column: 9,
  }));
  const w = t.parameter("w");
  const xs = t.tensor({ role: "input", name: "xs" });
  let h = t.tensor({ role: "input", name: "h" });
  const made = [];
  const body = (x) => {
    const a = t.op("matmul", [x, w], { extra: ["TBackward0"], fields: { span: 1 } });
    return t.op("tanh", [t.op("add", [a, h], { fields: { span: 2 } })], { fields: { span: 3 } });
  };
  for (let i = 0; i < count; i += 1) {
    const x = t.op("getitem", [xs], { fields: { span: 0 } });
    h = cell ? t.call("cell", "main.Cell", [x, h], () => body(x)) : body(x);
    made.push(h);
  }
  const end = outputs ? t.op("stack", made) : h;
  return t.backward(t.op("sum", [end], { name: "loss" })).tape();
}
