// Made by tools/tape_types.py from the tape's JSON Schema; `--check` finds drift.

/** Everything but the events: what `tape.json` and `GET …/tape` hold. */
export interface Tables {
  header: Header;
  sources: Source[];
  spans: Span[];
  modules: Module[];
  tensors: Tensor[];
  ops: Op[];
  nodes: Node[];
  calls: Call[];
  hooks: Hook[];
  optimizers: Optimizer[];
  storages: Storage[];
  aten: Aten[];
  values: Value[];
}

/** What was recorded, how, and with what. `ended` is how the program ended: by itself, with an exception, or cut off by a limit or by a fault of the recorder's own, which a warning then names (the tape is complete up to there). `events` is the number of events. `wrt` are the inputs whose tangents were followed (forward mode), `aten` says that the ATen layer was recorded, `fake` that the program ran on fake tensors, which have shapes and no numbers. */
export interface Header {
  format: "tapedeck";
  version: [number, number];
  title: string;
  created: string;
  torch: string;
  python: string;
  values: "full" | "structure" | "summary";
  seed: number | null;
  ended: "cut" | "finished" | "raised";
  events: number;
  wrt: string[];
  aten: boolean;
  fake: boolean;
}

/** One text of the program. `text` is empty when it could not be read. */
export interface Source {
  id: number;
  name: string;
  text: string;
}

/** A place in a source: `line` and `end_line` count from 1, the columns count characters from 0. `function` is the qualified name of the function that the place is in (`"<module>"` at top level). */
export interface Span {
  id: number;
  source: number;
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  function: string;
}

/** One `nn.Module`. `path` starts with the variable it hangs from (`net.features.0`). `parent` and `children` are the tree in which it is drawn, where every module stands once; its own tables, as they were when it was first seen and whenever they were looked at again and differed, are `contents`. */
export interface Module {
  id: number;
  path: string;
  name: string;
  type: string;
  extra_repr: string;
  parent: number | null;
  children: number[];
  parameters: Record<string, number>;
  buffers: Record<string, number>;
  tied_with: number[];
  training: boolean;
  constructed: number | null;
  contents: Contents[];
}

/** The tables of a module at one moment: `_parameters`, `_buffers` and `_modules` in their own order. `step` is the number of events that stood on the tape then. `non_persistent` are the buffers that `state_dict()` leaves out; `unregistered` is what hangs in the module's `__dict__` outside the tables. */
export interface Contents {
  step: number;
  parameters: Entry[];
  buffers: Entry[];
  modules: Entry[];
  non_persistent: string[];
  unregistered: Unregistered[];
}

/** One entry of a module's table: its name and the row of the tensor or module, `None` where it is `None`. `value` is what had last been seen of the tensor. */
export interface Entry {
  name: string;
  row: number | null;
  value: number | null;
}

/** Something that a module holds outside its tables: a plain tensor attribute, a layer or tensor in a plain container. `path` is how to reach it from the module (`layers[0]`, `heads['a']`); `type` is its class. `module` or `tensor` is its row, `None` where it never got one: nothing recorded ever used it. It may well be registered somewhere else (in a parent, under another name). */
export interface Unregistered {
  path: string;
  kind: "module" | "parameter" | "tensor";
  type: string;
  module: number | null;
  tensor: number | null;
}

/** One tensor that the program held. `name` is the name the program gave it (`c`, `net.fc1.weight`), or `None`. `op`/`output` say which output of which op it was first; `node`/`node_output` are its `grad_fn` and `output_nr` at that moment. `storage` is equal for tensors that share memory; `base` is the tensor it is a view of. A gradient names the tensor it is the `.grad` of in `grad_of`. */
export interface Tensor {
  id: number;
  role: "activation" | "buffer" | "constant" | "gradient" | "input" | "parameter" | "tangent";
  name: string | null;
  shape: number[];
  dtype: string;
  device: string;
  requires_grad: boolean;
  is_leaf: boolean;
  op: number | null;
  output: number;
  node: number | null;
  node_output: number;
  base: number | null;
  storage: number;
  grad_of: number | null;
  span: number | null;
}

/** One call of the torch API that produced or changed tensors. `outputs` are the tensors it returned, `mutates` those whose version it moved on; `span` is the innermost expression of the user's own source that led to the call and `stack` all user frames, outermost first. `phase` says where it ran: while a module was built, in the program's forward code, inside a backward pass (a hook, a custom backward), in the recomputation of a checkpointed segment inside a backward pass, or in an optimizer's step. `hook` is the hook it ran in, `node` the autograd node whose call it ran in, `parent` the op it ran in (the `apply` of a custom `autograd.Function`, whose interior it is). `mode` is the grad mode it ran under. `error` is the exception it raised, if it did; such an op has no outputs. `flops` counts floating point operations by torch's formulas (`torch.utils.flop_counter`), `None` where torch has none; `ns` is its wall time in nanoseconds, which includes the recording of what ran inside it. */
export interface Op {
  id: number;
  name: string;
  label: string;
  inputs: Argument[];
  constants: Constant[];
  outputs: number[];
  mutates: number[];
  span: number | null;
  stack: number[];
  call: number | null;
  nodes: number[];
  in_place: boolean;
  phase: "backward" | "build" | "forward" | "recompute" | "update";
  hook: number | null;
  error: string | null;
  parent: number | null;
  node: number | null;
  mode: "grad" | "inference" | "no_grad";
  flops: number | null;
  ns: number | null;
  thread: number;
}

/** A tensor argument of an op, by the name torch gives the parameter (`input`, `weight`, `tensors[1]`). */
export interface Argument {
  name: string;
  tensor: number;
}

/** Another argument of an op, as text. */
export interface Constant {
  name: string;
  text: string;
}

/** One autograd node. `variable` is the leaf that an `AccumulateGrad` feeds. `sequence` is torch's `_sequence_nr` (`None` for `AccumulateGrad`, which has none); `order` is 1 for a node of a first derivative, and k + 1 for one that was made in a backward pass of order k or leads to such a node. `hooks_visible` is false for a node (other than a leaf's) that was there before the recording began: the hooks on a tensor it made that the program no longer holds stand in no list that torch shows. `flops` counts the floating point operations of its call by torch's formulas, `None` where torch has none. */
export interface Node {
  id: number;
  name: string;
  op: number | null;
  sequence: number | null;
  next_functions: Edge[];
  saved: Saved[];
  inputs: InputMetadata[];
  variable: number | null;
  order: number;
  hooks_visible: boolean;
  flops: number | null;
}

/** One entry of `next_functions`: the node that gets this gradient and the index of its input, or `None`. */
export interface Edge {
  node: number | null;
  input: number;
}

/** A saved tensor of a node: its slot (`self` for `_saved_self`) and the version it was saved at. `tensor` is `None` where torch does not let it be seen without running the program's unpack hook. `value` is what was seen of it when it was saved. */
export interface Saved {
  slot: string;
  tensor: number | null;
  version: number;
  value: number | null;
}

/** Shape and dtype of the gradient that a node expects at one of its inputs. */
export interface InputMetadata {
  shape: number[];
  dtype: string;
}

/** One call of one module; `ns` is its wall time in nanoseconds, which includes the recording of it. */
export interface Call {
  id: number;
  module: number;
  parent: number | null;
  inputs: number[];
  outputs: number[];
  span: number | null;
  ns: number | null;
  thread: number;
}

/** One registered hook, its target and when it was added and removed. The target is one of `tensor`, `node`, `module`, `optimizer` (a row of `optimizers`); a multi-grad hook has `tensors`; a global hook and a pair of `saved_tensors_hooks` have none. `order` counts registrations on the same target and kind from 0. `flags` are the options it was registered with (`prepend`, `with_kwargs`, `always_call`, `mode=any`). `added` is `None` for a hook that was there before the recording began, `removed` for one that was never removed. `span` is its function's definition. */
export interface Hook {
  id: number;
  kind: "backward" | "forward" | "forward_pre" | "full_backward" | "full_backward_pre" | "global_backward" | "global_forward" | "global_forward_pre" | "global_full_backward" | "global_full_backward_pre" | "global_optimizer_step_post" | "global_optimizer_step_pre" | "load_state_dict_post" | "load_state_dict_pre" | "multi_grad" | "node_post" | "node_pre" | "optimizer_load_state_dict_post" | "optimizer_load_state_dict_pre" | "optimizer_state_dict_post" | "optimizer_state_dict_pre" | "optimizer_step_post" | "optimizer_step_pre" | "post_accumulate_grad" | "saved_pack" | "saved_unpack" | "state_dict" | "state_dict_pre" | "tensor";
  tensor: number | null;
  node: number | null;
  module: number | null;
  order: number;
  name: string;
  span: number | null;
  added: number | null;
  removed: number | null;
  flags: string[];
  tensors: number[];
  optimizer: number | null;
}

/** One optimizer whose `step()` was recorded: its type and its groups as they stood at the first step. */
export interface Optimizer {
  id: number;
  type: string;
  name: string | null;
  groups: Group[];
}

/** One parameter group of an optimizer: its parameters (tensors) and its options as text (`lr`: `0.1`). */
export interface Group {
  parameters: number[];
  options: Record<string, string>;
}

/** One piece of memory: its size in bytes and the steps between which it lived. `born` is the number of events that stood on the tape when the recording first saw it (`None`: it was there before the recording began, as far as torch shows); `freed` likewise, `None` while it lives. Live memory along the tape is the sum of `bytes` of the storages that are born and not freed; what a kernel allocates and frees within one op or node is not seen by Python and not counted. */
export interface Storage {
  id: number;
  bytes: number;
  device: string;
  born: number | null;
  freed: number | null;
}

/** One ATen op that ran below a torch op (`op`) or an autograd node's call (`node`), recorded on request. `step` is the number of events that stood on the tape when it ran, which orders it among them; `inputs` and `outputs` are shapes and dtypes of its tensors. `flops` is by torch's formula, `None` where it has none. */
export interface Aten {
  id: number;
  name: string;
  op: number | null;
  node: number | null;
  step: number;
  inputs: InputMetadata[];
  outputs: InputMetadata[];
  flops: number | null;
  ns: number | null;
}

/** What was seen of a tensor at one moment. `data` holds every number (row-major; complex as re, im pairs) of a tensor of at most 64 elements; `file` is the key of every number in the tape's tensor file; `picture` and `sample` (every `stride`-th element) stand for larger ones. `note` says why there are no numbers, where there are none. */
export interface Value {
  id: number;
  shape: number[];
  dtype: string;
  data: (number | boolean | string)[] | null;
  file: string | null;
  summary: Summary | null;
  picture: Picture | null;
  sample: (number | boolean | string)[] | null;
  stride: number;
  note: string | null;
}

/** Statistics over all elements; `min` … `norm` are over the finite ones and `None` where there are none. `std` is the population standard deviation, `norm` the L2 norm, `zeros` the share of exact zeros (of a large tensor, among every `zeros_every`-th element). A complex tensor is summarised by the absolute values of its elements. */
export interface Summary {
  count: number;
  finite: number;
  nan: number;
  inf: number;
  min: number | null;
  max: number | null;
  mean: number | null;
  std: number | null;
  norm: number | null;
  zeros: number;
  histogram: Histogram | null;
  zeros_every: number;
}

/** Counts of the finite elements in equal bins from `low` to `high`. Of a tensor that is too large to keep, only every `every`-th element is counted. */
export interface Histogram {
  low: number;
  high: number;
  counts: number[];
  every: number;
}

/** A downsampled picture (block means of the last two dimensions), row-major, at most 64 × 64. */
export interface Picture {
  rows: number;
  columns: number;
  data: (number | boolean | string)[];
}

/** A forward op ran. `values` and `versions` are aligned with `Op.writes`. */
export interface OpEvent {
  kind: "op";
  op: number;
  values: (number | null)[];
  versions: number[];
  thread: number;
}

/** A module was called; `values` are aligned with `Call.inputs`. */
export interface CallEnter {
  kind: "call_enter";
  call: number;
  values: (number | null)[];
  thread: number;
}

/** A module call returned (or raised: `failed`); `values` are aligned with `Call.outputs`. */
export interface CallExit {
  kind: "call_exit";
  call: number;
  values: (number | null)[];
  failed: boolean;
  thread: number;
}

/** A hook was registered. */
export interface HookAdd {
  kind: "hook_add";
  hook: number;
  span: number | null;
  thread: number;
}

/** A hook was removed. */
export interface HookRemove {
  kind: "hook_remove";
  hook: number;
  span: number | null;
  thread: number;
}

/** A user's hook ran. `before` is what it was given and `after` what it returned; an empty `after` means "unchanged". The event stands where the hook *began*: what the hook itself did (ops, prints) follows it. `mutated` says that it changed its argument in place, `failed` that it raised. `tensors` are the tensors that `before` was seen of. `node` is the node it fired at, `module` the module that a hook on all modules fired for. */
export interface HookFire {
  kind: "hook_fire";
  hook: number;
  tensors: (number | null)[];
  before: (number | null)[];
  after: (number | null)[];
  changed: boolean;
  mutated: boolean;
  failed: boolean;
  node: number | null;
  module: number | null;
  thread: number;
}

/** `.backward()` or `autograd.grad` began. `index` numbers the passes of the tape from 0; `roots` are (node, output) of `tensors`; `values` the initial gradients; `order` is 1 for a first derivative, 2 for a pass through a graph made by a first one, …. */
export interface BackwardStart {
  kind: "backward_start";
  index: number;
  api: "backward" | "grad";
  tensors: number[];
  roots: Edge[];
  values: (number | null)[];
  retain_graph: boolean;
  create_graph: boolean;
  order: number;
  span: number | null;
  thread: number;
}

/** The pass returned, or raised (`failed`). */
export interface BackwardEnd {
  kind: "backward_end";
  index: number;
  failed: boolean;
  thread: number;
}

/** One consumer delivers its part of a gradient: from (source, output) to (node, input). `source` is `None` for the initial gradient of a root. */
export interface Contribution {
  kind: "contribution";
  node: number;
  input: number;
  value: number | null;
  source: number | null;
  output: number;
  thread: number;
}

/** The engine calls a node with the summed gradients, *after* tensor pre-hooks, one per input. */
export interface NodeEnter {
  kind: "node_enter";
  node: number;
  values: (number | null)[];
  thread: number;
}

/** The node returned one gradient per `next_functions` entry (before its post-hooks). `ns` is the wall time of its call in nanoseconds, which includes the recording of what ran inside it. */
export interface NodeExit {
  kind: "node_exit";
  node: number;
  values: (number | null)[];
  ns: number | null;
  thread: number;
}

/** An `AccumulateGrad` wrote `.grad`: what was added and what `.grad` (the tensor `gradient`) is now. */
export interface Accumulate {
  kind: "accumulate";
  tensor: number;
  node: number;
  added: number | null;
  total: number | null;
  gradient: number | null;
  thread: number;
}

/** `retain_grad` stored a non-leaf's gradient in its `.grad` (the tensor `gradient`), now `value`. */
export interface Retain {
  kind: "retain";
  tensor: number;
  value: number | null;
  gradient: number | null;
  thread: number;
}

/** Forward mode: a tensor's tangent is known. `seed` is the tensor that was seeded and `element` its flat element whose tangent was one (`None`: the tangent was the program's own, or spans more than one element); `op` is the op it comes out of, `None` for the seed itself. `note` says why there is no tangent, where there is none. */
export interface Tangent {
  kind: "tangent";
  tensor: number;
  value: number | null;
  seed: number | null;
  element: number | null;
  op: number | null;
  note: string | null;
  thread: number;
}

/** A `.grad` was cleared: set to `None`, or to zeros (`value`). */
export interface GradZero {
  kind: "grad_zero";
  tensor: number;
  to_none: boolean;
  value: number | null;
  span: number | null;
  thread: number;
}

/** An optimizer's `step()` began; its ops and `param_update` events follow. `optimizer` is its type; `row` its row in the table of optimizers; `index` counts its steps from 0. */
export interface OptimizerStep {
  kind: "optimizer_step";
  optimizer: string;
  tensors: number[];
  span: number | null;
  row: number | null;
  index: number;
  thread: number;
}

/** The step changed a parameter from `before` to `value`, and the optimizer's `state` for it. */
export interface ParamUpdate {
  kind: "param_update";
  tensor: number;
  before: number | null;
  value: number | null;
  version: number;
  state: StateChange[];
  thread: number;
}

/** One entry of an optimizer's state for one parameter (`exp_avg`), before and after a step. `before` is `None` where the step made it. `text` stands for what is no tensor. */
export interface StateChange {
  name: string;
  before: number | null;
  after: number | null;
  text: string | null;
}

/** The program changed a mode: `grad`, `inference`, `autocast`, `anomaly` or a module's `training`. `train()` or `eval()` of a module sets the flag of everything below it too; later events of the same call say where one of those stayed behind. Without a `span` the module's own flag was set directly, and is seen at its next call. */
export interface Mode {
  kind: "mode";
  name: "anomaly" | "autocast" | "grad" | "inference" | "training";
  enabled: boolean;
  module: number | null;
  span: number | null;
  thread: number;
}

/** The program wrote to standard output or standard error. */
export interface Print {
  kind: "print";
  text: string;
  stream: "stderr" | "stdout";
  span: number | null;
  thread: number;
}

/** The program (or torch) warned. */
export interface Warn {
  kind: "warning";
  text: string;
  category: string;
  span: number | null;
  thread: number;
}

/** How the program ended: an exception nobody caught. `frames` are the user's own frames, outermost first, and `span` the innermost. `op`, `node` and `hook` name the thing that raised, where it is on the tape. */
export interface Raise {
  kind: "raise";
  type: string;
  message: string;
  span: number | null;
  frames: number[];
  op: number | null;
  node: number | null;
  hook: number | null;
  thread: number;
}

/** Anything that happened. */
export type TapeEvent =
  | OpEvent
  | CallEnter
  | CallExit
  | HookAdd
  | HookRemove
  | HookFire
  | BackwardStart
  | BackwardEnd
  | Contribution
  | NodeEnter
  | NodeExit
  | Accumulate
  | Retain
  | Tangent
  | GradZero
  | OptimizerStep
  | ParamUpdate
  | Mode
  | Print
  | Warn
  | Raise;
