/** Things of a tape by one name: `op:12`, `node:3`, `tensor:5`, `call:2`, `hook:1`, `module:4`, `optimizer:0`. */

import { hookTarget, hookTitle, optimizerTitle } from "./hook_words.js";
import { callTitle, moduleTitle, nodeDetail, nodeTitle, opDetail, opTitle, tensorName } from "./words.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./format.js").TapeEvent} TapeEvent */
/** @typedef {"op" | "node" | "tensor" | "call" | "hook" | "module" | "optimizer"} ThingKind */

export const TABLES = /** @type {const} */ ({
  op: "ops",
  node: "nodes",
  tensor: "tensors",
  call: "calls",
  hook: "hooks",
  module: "modules",
  optimizer: "optimizers",
});

/** A thing's kind and row, or null when the tape has no such thing. @param {Tape} tape @param {string | null} thing */
export function parseThing(tape, thing) {
  const match = /^(op|node|tensor|call|hook|module|optimizer):(\d+)$/.exec(thing ?? "");
  if (!match) return null;
  const kind = /** @type {ThingKind} */ (match[1]);
  const id = Number(match[2]);
  return id < tape[TABLES[kind]].length ? { kind, id } : null;
}

/** What a thing is called. @param {Tape} tape @param {string} thing */
export function thingTitle(tape, thing) {
  const found = parseThing(tape, thing);
  if (!found) return thing;
  const titles = {
    op: opTitle,
    node: nodeTitle,
    tensor: tensorName,
    call: callTitle,
    hook: hookTitle,
    module: moduleTitle,
    optimizer: optimizerTitle,
  };
  return titles[found.kind](tape, found.id);
}

/** One more word on a thing, to tell it from its namesakes. @param {Tape} tape @param {string} thing */
export function thingDetail(tape, thing) {
  const found = parseThing(tape, thing);
  if (found?.kind === "op") return opDetail(tape, found.id);
  if (found?.kind === "node") return nodeDetail(tape, found.id);
  if (found?.kind === "hook") return hookTarget(tape, found.id);
  return "";
}

/** The thing an event is about. @param {TapeEvent | undefined} event @returns {string | null} */
export function thingOf(event) {
  switch (event?.kind) {
    case "op":
      return `op:${event.op}`;
    case "call_enter":
    case "call_exit":
      return `call:${event.call}`;
    case "hook_add":
    case "hook_remove":
    case "hook_fire":
      return `hook:${event.hook}`;
    case "contribution":
    case "node_enter":
    case "node_exit":
    case "accumulate":
      return `node:${event.node}`;
    case "retain":
    case "tangent":
    case "grad_zero":
    case "param_update":
      return `tensor:${event.tensor}`;
    case "backward_start":
      return event.tensors.length ? `tensor:${event.tensors[0]}` : null;
    case "optimizer_step":
      return event.row === null ? null : `optimizer:${event.row}`;
    case "mode":
      return event.module === null ? null : `module:${event.module}`;
    case "raise":
      if (event.op !== null) return `op:${event.op}`;
      if (event.node !== null) return `node:${event.node}`;
      return event.hook === null ? null : `hook:${event.hook}`;
    default:
      return null;
  }
}
