/** The kinds of events in words, in the order in which they are offered. */

import { t } from "../language/index.js";

/** @type {Record<import("../tape/format.js").TapeEvent["kind"], string>} */
export const KIND_WORDS = {
  op: t("an op runs"),
  call_enter: t("a module is called"),
  call_exit: t("a module returns"),
  backward_start: t("a backward pass begins"),
  backward_end: t("a backward pass ends"),
  contribution: t("a gradient is delivered"),
  node_enter: t("a node is called"),
  node_exit: t("a node returns"),
  accumulate: t("a .grad is written"),
  retain: t("retain_grad stores a gradient"),
  hook_add: t("a hook is registered"),
  hook_fire: t("a hook fires"),
  hook_remove: t("a hook is removed"),
  tangent: t("a tangent is known"),
  grad_zero: t("a .grad is cleared"),
  optimizer_step: t("an optimizer steps"),
  param_update: t("a parameter is updated"),
  mode: t("a mode changes"),
  print: t("the program prints"),
  warning: t("something warns"),
  raise: t("the program ends in an exception"),
};
