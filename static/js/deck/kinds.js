/** The kinds of events in words, in the order in which they are offered. */

/** @type {Record<import("../tape/format.js").TapeEvent["kind"], string>} */
export const KIND_WORDS = {
  op: "an op runs",
  call_enter: "a module is called",
  call_exit: "a module returns",
  backward_start: "a backward pass begins",
  backward_end: "a backward pass ends",
  contribution: "a gradient is delivered",
  node_enter: "a node is called",
  node_exit: "a node returns",
  accumulate: "a .grad is written",
  retain: "retain_grad stores a gradient",
  hook_add: "a hook is registered",
  hook_fire: "a hook fires",
  hook_remove: "a hook is removed",
  tangent: "a tangent is known",
  grad_zero: "a .grad is cleared",
  optimizer_step: "an optimizer steps",
  param_update: "a parameter is updated",
  mode: "a mode changes",
  print: "the program prints",
  warning: "something warns",
  raise: "the program ends in an exception",
};
