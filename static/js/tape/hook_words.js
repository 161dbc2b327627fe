/** What hooks are called, what they hang on and when they run, in words. */

import { list } from "./lists.js";
import { moduleTitle, nodeTitle, tensorName, typeName } from "./words.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./format.js").Hook} Hook */

const KINDS = /** @type {Record<Hook["kind"], string>} */ ({
  tensor: "tensor",
  post_accumulate_grad: "post-accumulate-grad",
  multi_grad: "multi-grad",
  node_pre: "node pre",
  node_post: "node post",
  saved_pack: "saved-tensor pack",
  saved_unpack: "saved-tensor unpack",
  forward_pre: "forward-pre",
  forward: "forward",
  full_backward_pre: "full-backward-pre",
  full_backward: "full-backward",
  backward: "legacy backward",
  global_forward_pre: "global forward-pre",
  global_forward: "global forward",
  global_full_backward_pre: "global full-backward-pre",
  global_full_backward: "global full-backward",
  global_backward: "global legacy backward",
  state_dict_pre: "state-dict pre",
  state_dict: "state-dict",
  load_state_dict_pre: "load-state-dict pre",
  load_state_dict_post: "load-state-dict post",
  optimizer_step_pre: "optimizer step pre",
  optimizer_step_post: "optimizer step post",
  global_optimizer_step_pre: "global optimizer step pre",
  global_optimizer_step_post: "global optimizer step post",
  optimizer_state_dict_pre: "optimizer state-dict pre",
  optimizer_state_dict_post: "optimizer state-dict post",
  optimizer_load_state_dict_pre: "optimizer load-state-dict pre",
  optimizer_load_state_dict_post: "optimizer load-state-dict post",
});

/** @param {string} kind */
export function hookKind(kind) {
  return KINDS[/** @type {Hook["kind"]} */ (kind)] ?? kind.replaceAll("_", " ");
}

/** `c_hook`, or its kind where its function has no name. @param {Tape} tape @param {number} id */
export function hookTitle(tape, id) {
  const { name, kind } = tape.hooks[id];
  return name === "<lambda>" ? "lambda" : name || `${hookKind(kind)} hook`;
}

/** `optimizer (Adam)`, `Adam`. @param {Tape} tape @param {number} id */
export function optimizerTitle(tape, id) {
  const row = tape.optimizers[id];
  if (!row) return "the optimizer";
  return row.name ? `${row.name} (${typeName(row.type)})` : typeName(row.type);
}

/** What a hook hangs on: `c`, `MulBackward0`, `net.fc1`, `x and w`, `every module`. @param {Tape} tape @param {number} id */
export function hookTarget(tape, id) {
  const hook = tape.hooks[id];
  if (hook.tensor !== null) return tensorName(tape, hook.tensor);
  if (hook.node !== null) return nodeTitle(tape, hook.node);
  if (hook.module !== null) return moduleTitle(tape, hook.module);
  if (hook.optimizer !== null) return optimizerTitle(tape, hook.optimizer);
  if (hook.tensors.length) return list(hook.tensors.map((tensor) => tensorName(tape, tensor)));
  if (hook.kind.startsWith("saved_")) return "saved tensors";
  return hook.kind.startsWith("global_optimizer") ? "every optimizer" : "every module";
}

/** The things a hook hangs on, as the inspector names them. @param {Hook} hook @returns {string[]} */
export function hookThings(hook) {
  if (hook.tensor !== null) return [`tensor:${hook.tensor}`];
  if (hook.node !== null) return [`node:${hook.node}`];
  if (hook.module !== null) return [`module:${hook.module}`];
  if (hook.optimizer !== null) return [`optimizer:${hook.optimizer}`];
  return hook.tensors.map((tensor) => `tensor:${tensor}`);
}
