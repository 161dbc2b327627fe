/** Where on a tape something happens: the steps of a kind of event, about a thing, in a line of the source. */

import { relations } from "../tape/relations.js";
import { ownMark } from "../tape/source.js";
import { parseThing } from "../tape/things.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../tape/format.js").TapeEvent} TapeEvent */
/** @typedef {{kind: TapeEvent["kind"]} | {thing: string} | {line: number, source?: number}} Where what an event can be asked for */

/** @template K @typedef {Map<K, number[]>} Index */

/** @type {readonly number[]} */
const NONE = Object.freeze([]);

/** @template K @param {Index<K>} map @param {K} key @param {number} step */
function push(map, key, step) {
  const list = map.get(key);
  if (list) list.push(step);
  else map.set(key, [step]);
}

/** Builds something once for each tape, when it is first asked for. @template T @param {(tape: Tape) => T} build */
function once(build) {
  /** @type {WeakMap<Tape, T>} */
  const known = new WeakMap();
  return (/** @type {Tape} */ tape) => {
    let found = known.get(tape);
    if (found === undefined) known.set(tape, (found = build(tape)));
    return found;
  };
}

const ofKinds = once((tape) => {
  const steps = /** @type {Index<string>} */ (new Map());
  tape.events.forEach(({ kind }, step) => push(steps, kind, step));
  return steps;
});

const ofLines = once((tape) => {
  const steps = /** @type {Index<string>} */ (new Map());
  tape.events.forEach((_, step) => {
    const mark = ownMark(tape, step);
    const span = mark && tape.spans[mark.span];
    if (span) push(steps, `${span.source}:${span.line}`, step);
  });
  return steps;
});

/** The steps that change a tensor or its `.grad`, or settle its gradient. */
const ofTensors = once((tape) => {
  const steps = /** @type {Index<number>} */ (new Map());
  /** The tensors of which a node gets the gradient. */
  const results = /** @type {Index<number>} */ (new Map());
  for (const tensor of tape.tensors) if (tensor.node !== null) push(results, tensor.node, tensor.id);
  tape.events.forEach((event, step) => {
    for (const tensor of touched(tape, event, results)) push(steps, tensor, step);
  });
  return steps;
});

/** What was asked about modules. */
const ofModules = once(() => new Map(/** @type {[string, readonly number[]][]} */ ([])));

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

/** A module's steps are those of its calls. @param {Tape} tape @param {string} thing @returns {readonly number[]} */
function stepsAbout(tape, thing) {
  const found = parseThing(tape, thing);
  if (found?.kind === "tensor") return ofTensors(tape).get(found.id) ?? NONE;
  const { steps, callsOf } = relations(tape);
  const own = steps.get(thing) ?? NONE;
  if (found?.kind !== "module") return own;
  const already = ofModules(tape).get(thing);
  if (already) return already;
  const calls = callsOf.get(found.id) ?? [];
  const all = [own, ...calls.map((call) => steps.get(`call:${call}`) ?? NONE)].flat().sort((a, b) => a - b);
  ofModules(tape).set(thing, all);
  return all;
}

/** The steps of a tape at which something happens, in order. @param {Tape} tape @param {Where} where @returns {readonly number[]} */
export function stepsWhere(tape, where) {
  if ("kind" in where) return ofKinds(tape).get(where.kind) ?? NONE;
  if ("line" in where) return ofLines(tape).get(`${where.source ?? 0}:${where.line}`) ?? NONE;
  return stepsAbout(tape, where.thing);
}
