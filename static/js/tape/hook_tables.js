/** The hook dictionaries of a module at a step: which hooks stand in each, in the order in which they fire. */

import { relations } from "./relations.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./state.js").State} State */

/** The dictionaries of `nn.Module`, in the order of its `__init__`, with the kinds of hook that stand in them. */
const TABLES = /** @type {const} */ ({
  _backward_pre_hooks: ["full_backward_pre"],
  _backward_hooks: ["full_backward", "backward"],
  _forward_hooks: ["forward"],
  _forward_pre_hooks: ["forward_pre"],
  _state_dict_hooks: ["state_dict"],
  _state_dict_pre_hooks: ["state_dict_pre"],
  _load_state_dict_pre_hooks: ["load_state_dict_pre"],
  _load_state_dict_post_hooks: ["load_state_dict_post"],
});

/** @param {Tape} tape @param {State} state @param {number} id the module's @returns {{name: keyof typeof TABLES, hooks: number[]}[]} */
export function hookTables(tape, state, id) {
  const all = relations(tape).hooksOn.get(`module:${id}`) ?? [];
  const there = all
    .filter((hook) => state.hook(hook).registered)
    .sort((a, b) => added(tape, a) - added(tape, b) || a - b);
  return Object.entries(TABLES).map(([name, kinds]) => ({
    name: /** @type {keyof typeof TABLES} */ (name),
    hooks: inOrder(
      tape,
      there.filter((hook) => /** @type {readonly string[]} */ (kinds).includes(tape.hooks[hook].kind)),
    ),
  }));
}

/** @param {Tape} tape @param {number} hook */
const added = (tape, hook) => tape.hooks[hook].added ?? -1;

/** Hooks fire as they were registered, but one with `prepend` before all that were there. @param {Tape} tape @param {number[]} hooks */
function inOrder(tape, hooks) {
  /** @type {number[]} */
  const order = [];
  for (const hook of hooks) {
    if (tape.hooks[hook].flags.includes("prepend")) order.unshift(hook);
    else order.push(hook);
  }
  return order;
}
