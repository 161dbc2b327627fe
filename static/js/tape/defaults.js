/** What a field is when the file leaves it out. Made by tools/tape_types.py from the schema. */

/** By the kind of an event. */
export const DEFAULTS = /** @type {Record<string, Record<string, unknown>>} */ ({
  op: { values: [], versions: [], thread: 0 },
  call_enter: { values: [], thread: 0 },
  call_exit: { values: [], failed: false, thread: 0 },
  hook_add: { span: null, thread: 0 },
  hook_remove: { span: null, thread: 0 },
  hook_fire: { tensors: [], before: [], after: [], changed: false, mutated: false, failed: false, node: null, module: null, thread: 0 },
  backward_start: { values: [], retain_graph: false, create_graph: false, order: 1, span: null, thread: 0 },
  backward_end: { failed: false, thread: 0 },
  contribution: { value: null, source: null, output: 0, thread: 0 },
  node_enter: { values: [], thread: 0 },
  node_exit: { values: [], ns: null, thread: 0 },
  accumulate: { added: null, total: null, gradient: null, thread: 0 },
  retain: { value: null, gradient: null, thread: 0 },
  tangent: { value: null, seed: null, element: null, op: null, note: null, thread: 0 },
  grad_zero: { to_none: true, value: null, span: null, thread: 0 },
  optimizer_step: { span: null, row: null, index: 0, thread: 0 },
  param_update: { before: null, value: null, version: 0, state: [], thread: 0 },
  mode: { module: null, span: null, thread: 0 },
  print: { stream: "stdout", span: null, thread: 0 },
  warning: { span: null, thread: 0 },
  raise: { span: null, frames: [], op: null, node: null, hook: null, thread: 0 },
});

/** By the table of a row. */
export const ROWS = /** @type {Record<string, Record<string, unknown>>} */ ({
  sources: {},
  spans: { function: "<module>" },
  modules: { extra_repr: "", parent: null, children: [], parameters: {}, buffers: {}, tied_with: [], training: true, constructed: null, contents: [] },
  tensors: { op: null, output: 0, node: null, node_output: 0, base: null, storage: 0, grad_of: null, span: null },
  ops: { inputs: [], constants: [], outputs: [], mutates: [], span: null, stack: [], call: null, nodes: [], in_place: false, phase: "forward", hook: null, error: null, parent: null, node: null, mode: "grad", flops: null, ns: null, thread: 0 },
  nodes: { op: null, sequence: null, next_functions: [], saved: [], inputs: [], variable: null, order: 1, hooks_visible: true, flops: null },
  calls: { parent: null, inputs: [], outputs: [], span: null, ns: null, thread: 0 },
  hooks: { tensor: null, node: null, module: null, order: 0, name: "", span: null, added: null, removed: null, flags: [], tensors: [], optimizer: null },
  optimizers: { name: null, groups: [] },
  storages: { device: "cpu", born: null, freed: null },
  aten: { op: null, node: null, step: 0, inputs: [], outputs: [], flops: null, ns: null },
  values: { data: null, file: null, summary: null, picture: null, sample: null, stride: 1, note: null },
});
