/** Where on a tape something happens: the steps of a kind of event, about a thing, in a line of the source. */

import { relations } from "../tape/relations.js";
import { ownMark } from "../tape/source.js";
import { parseThing } from "../tape/things.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../tape/format.js").TapeEvent} TapeEvent */
/** @typedef {{kind: TapeEvent["kind"]} | {thing: string} | {line: number, source?: number}} Where what an event can be asked for */

/** @type {WeakMap<Tape, ReturnType<typeof build>>} */
const known = new WeakMap();
/** @type {readonly number[]} */
const NONE = Object.freeze([]);

/** @template K @param {Map<K, number[]>} map @param {K} key @param {number} step */
function push(map, key, step) {
  const list = map.get(key);
  if (list) list.push(step);
  else map.set(key, [step]);
}

/** @param {Tape} tape */
function build(tape) {
  /** @type {Map<string, number[]>} */
  const kinds = new Map();
  /** @type {Map<string, number[]>} */
  const lines = new Map();
  /** @type {Map<number, number[]>} the steps that change a tensor or its `.grad`, or settle its gradient */
  const tensors = new Map();
  /** @type {Map<number, number[]>} the tensors of which a node gets the gradient */
  const results = new Map();
  for (const tensor of tape.tensors) if (tensor.node !== null) push(results, tensor.node, tensor.id);
  tape.events.forEach((event, step) => {
    push(kinds, event.kind, step);
    const span = tape.spans[ownMark(tape, step)?.span ?? -1];
    if (span) push(lines, `${span.source}:${span.line}`, step);
    for (const tensor of touched(tape, event, results)) push(tensors, tensor, step);
  });
  return { kinds, lines, tensors, things: new Map(/** @type {[string, readonly number[]][]} */ ([])) };
}

/** @param {Tape} tape @param {TapeEvent} event @param {Map<number, number[]>} results @returns {readonly number[]} */
function touched(tape, event, results) {
  switch (event.kind) {
    case "op":
      return tape.writes(event.op);
    case "node_enter":
      return results.get(event.node) ?? NONE;
    case "accumulate":
    case "retain":
    case "tangent":
    case "grad_zero":
    case "param_update":
      return [event.tensor];
    case "backward_start":
      return event.tensors;
    default:
      return NONE;
  }
}

/** @param {Tape} tape */
function indexOf(tape) {
  let found = known.get(tape);
  if (!found) known.set(tape, (found = build(tape)));
  return found;
}

/** A module's steps are those of its calls. @param {Tape} tape @param {string} thing @returns {readonly number[]} */
function stepsAbout(tape, thing) {
  const { things, tensors } = indexOf(tape);
  const already = things.get(thing);
  if (already) return already;
  const found = parseThing(tape, thing);
  const { steps, callsOf } = relations(tape);
  const own = steps.get(thing) ?? [];
  const calls = found?.kind === "module" ? (callsOf.get(found.id) ?? []) : [];
  const all =
    found?.kind === "tensor"
      ? (tensors.get(found.id) ?? NONE)
      : [...own, ...calls.flatMap((call) => steps.get(`call:${call}`) ?? [])].sort((a, b) => a - b);
  things.set(thing, all);
  return all;
}

/** The steps of a tape at which something happens, in order. @param {Tape} tape @param {Where} where @returns {readonly number[]} */
export function stepsWhere(tape, where) {
  if ("kind" in where) return indexOf(tape).kinds.get(where.kind) ?? NONE;
  if ("line" in where) return indexOf(tape).lines.get(`${where.source ?? 0}:${where.line}`) ?? NONE;
  return stepsAbout(tape, where.thing);
}
