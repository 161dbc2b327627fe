/** What hooks are called, what they hang on and when they run, in words. */

import { t } from "../language/index.js";
import { list } from "./lists.js";
import { moduleTitle, nodeTitle, tensorName, typeName } from "./words.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./format.js").Hook} Hook */

const KINDS = /** @type {Record<Hook["kind"], string>} */ ({
  tensor: t("tensor"),
  post_accumulate_grad: t("post-accumulate-grad"),
  multi_grad: t("multi-grad"),
  node_pre: t("node pre"),
  node_post: t("node post"),
  saved_pack: t("saved-tensor pack"),
  saved_unpack: t("saved-tensor unpack"),
  forward_pre: t("forward-pre"),
  forward: t("forward"),
  full_backward_pre: t("full-backward-pre"),
  full_backward: t("full-backward"),
  backward: t("legacy backward"),
  global_forward_pre: t("global forward-pre"),
  global_forward: t("global forward"),
  global_full_backward_pre: t("global full-backward-pre"),
  global_full_backward: t("global full-backward"),
  global_backward: t("global legacy backward"),
  state_dict_pre: t("state-dict pre"),
  state_dict: t("state-dict"),
  load_state_dict_pre: t("load-state-dict pre"),
  load_state_dict_post: t("load-state-dict post"),
  optimizer_step_pre: t("optimizer step pre"),
  optimizer_step_post: t("optimizer step post"),
  global_optimizer_step_pre: t("global optimizer step pre"),
  global_optimizer_step_post: t("global optimizer step post"),
  optimizer_state_dict_pre: t("optimizer state-dict pre"),
  optimizer_state_dict_post: t("optimizer state-dict post"),
  optimizer_load_state_dict_pre: t("optimizer load-state-dict pre"),
  optimizer_load_state_dict_post: t("optimizer load-state-dict post"),
});

/** @param {string} kind */
export function hookKind(kind) {
  return KINDS[/** @type {Hook["kind"]} */ (kind)] ?? kind.replaceAll("_", " ");
}

/** `c_hook`, or its kind where its function has no name. @param {Tape} tape @param {number} id */
export function hookTitle(tape, id) {
  const { name, kind } = tape.hooks[id];
  return name === "<lambda>" ? "lambda" : name || t("{kind} hook", { kind: hookKind(kind) });
}

/** `optimizer (Adam)`, `Adam`. @param {Tape} tape @param {number} id */
export function optimizerTitle(tape, id) {
  const row = tape.optimizers[id];
  if (!row) return t("the optimizer");
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
  if (hook.kind.startsWith("saved_")) return t("saved tensors");
  return hook.kind.startsWith("global_optimizer") ? t("every optimizer") : t("every module");
}

/** The things a hook hangs on, as the inspector names them. @param {Hook} hook @returns {string[]} */
export function hookThings(hook) {
  if (hook.tensor !== null) return [`tensor:${hook.tensor}`];
  if (hook.node !== null) return [`node:${hook.node}`];
  if (hook.module !== null) return [`module:${hook.module}`];
  if (hook.optimizer !== null) return [`optimizer:${hook.optimizer}`];
  return hook.tensors.map((tensor) => `tensor:${tensor}`);
}
