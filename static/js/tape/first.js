/** The step at which each thing of a tape first happened. */

import { relations } from "./relations.js";
import { parseThing } from "./things.js";

/** @typedef {import("./load.js").Tape} Tape */

/** @type {WeakMap<Tape, Map<number, number>>} */
const known = new WeakMap();

/** When each gradient was first written into a `.grad`. @param {Tape} tape */
function gradients(tape) {
  let found = known.get(tape);
  if (found) return found;
  known.set(tape, (found = new Map()));
  for (const [step, event] of tape.events.entries())
    if ((event.kind === "accumulate" || event.kind === "retain") && event.gradient !== null)
      if (!found.has(event.gradient)) found.set(event.gradient, step);
  return found;
}

/** A tensor is there when an op has made it; a leaf, when something first uses it. @param {Tape} tape @param {number} id @returns {number | null} */
function ofTensor(tape, id) {
  const { steps, usedBy } = relations(tape);
  const { op } = tape.tensors[id];
  const ops = [...(op === null ? [] : [op]), ...(usedBy.get(id)?.slice(0, 1) ?? [])];
  for (const each of ops) {
    const at = steps.get(`op:${each}`);
    if (at) return at[0];
  }
  return steps.get(`tensor:${id}`)?.[0] ?? gradients(tape).get(id) ?? null;
}

/** The step of a thing's first event; a hook's is its first firing. Null for what nothing happened to. @param {Tape} tape @param {string} thing @returns {number | null} */
export function firstStep(tape, thing) {
  const found = parseThing(tape, thing);
  if (!found) return null;
  const { steps, callsOf } = relations(tape);
  const own = steps.get(thing) ?? [];
  const step = (/** @type {string} */ other) => steps.get(other)?.[0] ?? null;
  switch (found.kind) {
    case "tensor":
      return ofTensor(tape, found.id);
    case "node": {
      const { op } = tape.nodes[found.id];
      return own[0] ?? (op === null ? null : step(`op:${op}`));
    }
    case "module": {
      const [call] = callsOf.get(found.id) ?? [];
      return (call === undefined ? null : step(`call:${call}`)) ?? own[0] ?? null;
    }
    case "hook":
      return own.find((at) => tape.events[at].kind === "hook_fire") ?? own[0] ?? null;
    default:
      return own[0] ?? null;
  }
}
