/** Who has to do with whom: indexes over a tape's tables, built once when first asked for. */

import { hookThings } from "./hook_words.js";
import { thingOf } from "./things.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {ReturnType<typeof build>} Relations */

/** @type {WeakMap<Tape, Relations>} */
const known = new WeakMap();

/** @template K, V @param {Map<K, V[]>} map @param {K} key @param {V} value */
function push(map, key, value) {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** @param {Tape} tape */
function build(tape) {
  return { ...ofTensors(tape), ...ofOps(tape), ...ofEvents(tape), hooksOn: hooksOf(tape) };
}

/** @param {Tape} tape */
function ofTensors(tape) {
  /** @type {Map<number, {node: number, slot: string, version: number}[]>} */
  const savedBy = new Map();
  /** @type {Map<number, number>} */
  const accumulates = new Map();
  /** @type {Map<number, number[]>} the tensors of a piece of memory */
  const inStorage = new Map();
  for (const node of tape.nodes) {
    for (const saved of node.saved)
      if (saved.tensor !== null)
        push(savedBy, saved.tensor, { node: node.id, slot: saved.slot, version: saved.version });
    if (node.variable !== null && !accumulates.has(node.variable)) accumulates.set(node.variable, node.id);
  }
  for (const tensor of tape.tensors) push(inStorage, tensor.storage, tensor.id);
  return { savedBy, accumulates, inStorage };
}

/** @param {Tape} tape */
function ofOps(tape) {
  /** @type {Map<number, number[]>} */
  const usedBy = new Map();
  /** @type {Map<number, number[]>} the ops inside an op */
  const interior = new Map();
  /** @type {Map<number, number[]>} the ops that ran in a node's call */
  const ranIn = new Map();
  /** @type {Map<string, number[]>} the ATen rows below `op:3` and `node:4` */
  const below = new Map();
  /** @type {Map<number, number[]>} */
  const callsOf = new Map();
  /** Calls in which a checkpointed segment was computed again. */
  const recomputed = new Set(/** @type {number[]} */ ([]));
  for (const op of tape.ops) {
    for (const id of new Set(op.inputs.map((input) => input.tensor))) push(usedBy, id, op.id);
    if (op.parent !== null) push(interior, op.parent, op.id);
    else if (op.node !== null) push(ranIn, op.node, op.id);
    if (op.phase === "recompute") for (let at = op.call; at !== null; at = tape.calls[at].parent) recomputed.add(at);
  }
  for (const row of tape.aten) {
    if (row.op !== null) push(below, `op:${row.op}`, row.id);
    else if (row.node !== null) push(below, `node:${row.node}`, row.id);
  }
  for (const call of tape.calls) push(callsOf, call.module, call.id);
  return { usedBy, interior, ranIn, below, callsOf, recomputed };
}

/** @param {Tape} tape */
function hooksOf(tape) {
  /** @type {Map<string, number[]>} */
  const hooksOn = new Map();
  for (const hook of tape.hooks) for (const thing of hookThings(hook)) push(hooksOn, thing, hook.id);
  return hooksOn;
}

/** @param {Tape} tape */
function ofEvents(tape) {
  /** @type {Map<string, number[]>} */
  const steps = new Map();
  /** @type {Map<number, number>} from a `param_update` to the `optimizer_step` that it belongs to */
  const stepOfUpdate = new Map();
  /** The step at which the innermost running backward pass of an event's thread began, or -1. @type {number[]} */
  const passes = [];
  /** The steps at which a pass begins inside another one. */
  const nested = new Set(/** @type {number[]} */ ([]));
  /** @type {Map<number, number>} */
  const updating = new Map();
  /** @type {Map<number, number[]>} */
  const running = new Map();
  tape.events.forEach((event, step) => {
    const thing = thingOf(event);
    if (thing) push(steps, thing, step);
    if (event.kind === "optimizer_step") updating.set(event.thread, step);
    const begun = updating.get(event.thread);
    if (event.kind === "param_update" && begun !== undefined) stepOfUpdate.set(step, begun);
    if (event.kind === "backward_start") {
      if (running.get(event.thread)?.length) nested.add(step);
      push(running, event.thread, step);
    }
    passes.push(running.get(event.thread)?.at(-1) ?? -1);
    if (event.kind === "backward_end") running.get(event.thread)?.pop();
  });
  return { steps, stepOfUpdate, passes, nested };
}

/** @param {Tape} tape @returns {Relations} */
export function relations(tape) {
  let found = known.get(tape);
  if (!found) known.set(tape, (found = build(tape)));
  return found;
}
