/** Who has to do with whom: indexes over a tape's tables, built once when first asked for. */

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
  /** @type {Map<number, {node: number, slot: string, version: number}[]>} */
  const savedBy = new Map();
  /** @type {Map<string, number[]>} */
  const hooksOn = new Map();
  /** @type {Map<number, number[]>} */
  const usedBy = new Map();
  /** @type {Map<number, number[]>} */
  const callsOf = new Map();
  /** @type {Map<number, number>} */
  const accumulates = new Map();
  /** @type {Map<string, number[]>} */
  const steps = new Map();
  for (const node of tape.nodes) {
    for (const saved of node.saved)
      if (saved.tensor !== null)
        push(savedBy, saved.tensor, { node: node.id, slot: saved.slot, version: saved.version });
    if (node.variable !== null) accumulates.set(node.variable, node.id);
  }
  for (const hook of tape.hooks) {
    if (hook.tensor !== null) push(hooksOn, `tensor:${hook.tensor}`, hook.id);
    if (hook.node !== null) push(hooksOn, `node:${hook.node}`, hook.id);
    if (hook.module !== null) push(hooksOn, `module:${hook.module}`, hook.id);
  }
  for (const op of tape.ops) for (const id of new Set(op.inputs.map((input) => input.tensor))) push(usedBy, id, op.id);
  for (const call of tape.calls) push(callsOf, call.module, call.id);
  tape.events.forEach((event, step) => {
    const thing = thingOf(event);
    if (thing) push(steps, thing, step);
  });
  return { savedBy, hooksOn, usedBy, callsOf, accumulates, steps };
}

/** @param {Tape} tape @returns {Relations} */
export function relations(tape) {
  let found = known.get(tape);
  if (!found) known.set(tape, (found = build(tape)));
  return found;
}
