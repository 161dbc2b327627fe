/** How gradients and activations stand in each module at one step: the module tree, with one number a row. */

import { lastAt } from "./state.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./state.js").State} State */
/** @typedef {"gradients" | "activations"} Metric */
/** @typedef {{id: number, depth: number, leaf: boolean, own: number[], parameters: number[]}} Branch `parameters`: its own and those of all modules in it, each once */
/** @typedef {{value: number | null, known: number, of: number, zeros: number | null}} Level `known` of `of` parameters have a gradient */
/** @typedef {{branches: Branch[], branchOf: ReadonlyMap<number, Branch>, exits: Map<number, {steps: number[], values: (number | null)[]}>, owner: Map<number, number>, ranges: Record<Metric, [number, number] | null>}} Levels */

const NOTHING = Object.freeze({ value: null, known: 0, of: 0, zeros: null });

/** @type {WeakMap<Tape, Levels>} */
const made = new WeakMap();

/** What `levelOf` needs, read once from a tape. @param {Tape} tape @returns {Levels} */
export function levels(tape) {
  let found = made.get(tape);
  if (!found) {
    const exits = exitsOf(tape);
    const branches = branchesOf(tape);
    const owner = new Map(branches.toReversed().flatMap(({ id, own }) => own.map((tensor) => [tensor, id])));
    found = {
      branches,
      branchOf: new Map(branches.map((branch) => [branch.id, branch])),
      exits,
      owner,
      ranges: { gradients: gradientRange(tape), activations: activationRange(tape, exits) },
    };
    made.set(tape, found);
  }
  return found;
}

/** The modules, each before what it holds. @param {Tape} tape @returns {Branch[]} */
function branchesOf(tape) {
  /** @type {Branch[]} */
  const found = [];
  const waiting = tape.modules.filter(({ parent }) => parent === null).map(({ id }) => ({ id, depth: 0 }));
  waiting.reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { id, depth } = next;
    const { children, parameters } = tape.modules[id];
    const own = Object.values(parameters);
    found.push({ id, depth, leaf: children.length === 0, own, parameters: own });
    waiting.push(...children.map((child) => ({ id: child, depth: depth + 1 })).reverse());
  }
  // From the innermost outwards; a parameter that two modules share counts once.
  const all = new Map(found.map((branch) => [branch.id, branch]));
  for (const branch of found.toReversed()) {
    const inside = tape.modules[branch.id].children.flatMap((child) => all.get(child)?.parameters ?? []);
    if (inside.length) branch.parameters = [...new Set([...branch.own, ...inside])];
  }
  return found;
}

/** The first output of each call of each module, by the step at which it returned. @param {Tape} tape */
function exitsOf(tape) {
  /** @type {Levels["exits"]} */
  const found = new Map();
  tape.events.forEach((event, step) => {
    if (event.kind !== "call_exit" || event.failed) return;
    const { module } = tape.calls[event.call];
    const list = found.get(module) ?? { steps: [], values: [] };
    list.steps.push(step);
    list.values.push(event.values[0] ?? null);
    found.set(module, list);
  });
  return found;
}

/** @param {Tape} tape @param {number | null | undefined} value */
const summaryOf = (tape, value) => (value == null ? null : (tape.values[value].summary ?? null));

/** @param {(number | null | undefined)[]} numbers @returns {[number, number] | null} */
function rangeOf(numbers) {
  let [low, high] = [Infinity, 0];
  for (const number of numbers) {
    if (number == null || !(number > 0) || number === Infinity) continue;
    low = Math.min(low, number);
    high = Math.max(high, number);
  }
  return high > 0 ? [low, high] : null;
}

/** From the smallest gradient of a parameter to that of all together. @param {Tape} tape */
function gradientRange(tape) {
  /** @type {Map<number, number>} */
  const last = new Map();
  const each = tape.events.map((event) => {
    const norm = event.kind === "accumulate" ? summaryOf(tape, event.total)?.norm : null;
    if (event.kind === "accumulate" && norm != null) last.set(event.tensor, norm);
    return norm;
  });
  return rangeOf([...each, Math.hypot(...last.values())]);
}

/** @param {Tape} tape @param {Levels["exits"]} exits */
const activationRange = (tape, exits) =>
  rangeOf([...exits.values()].flatMap(({ values }) => values.map((value) => summaryOf(tape, value)?.std)));

/**
 * A module's number after a step: the L2 norm of all its parameters' `.grad`, or the standard deviation of what its last
 * call returned.
 * @param {Tape} tape @param {State} state @param {Branch} branch @param {Metric} metric @returns {Level}
 */
export function levelOf(tape, state, branch, metric) {
  if (metric === "activations") {
    const exits = levels(tape).exits.get(branch.id);
    const summary = exits && summaryOf(tape, exits.values[lastAt(exits.steps, state.step)]);
    return summary
      ? { value: summary.finite < summary.count ? NaN : summary.std, known: 1, of: 1, zeros: summary.zeros }
      : NOTHING;
  }
  const wanted = branch.parameters.filter((tensor) => tape.tensors[tensor].requires_grad);
  const found = wanted.flatMap((tensor) => summaryOf(tape, state.tensor(tensor).grad) ?? []);
  if (!found.length) return { ...NOTHING, of: wanted.length };
  const whole = found.every(({ finite, count }) => finite === count);
  const value = whole ? Math.hypot(...found.map(({ norm }) => norm ?? 0)) : NaN;
  return { value, known: found.length, of: wanted.length, zeros: null };
}

/** Where a number lies in a range, from 0 to 1, by its logarithm. @param {number} value @param {[number, number]} range */
export function shareOf(value, [low, high]) {
  if (!(value > 0)) return 0;
  if (high <= low) return 1;
  // The smallest still has a bar that can be seen.
  const share = Math.log(value / low) / Math.log(high / low);
  return Math.max(0, Math.min(1, 0.06 + 0.94 * share));
}

/** The module that a step is about: whose parameter it is of, in whose call its node's op ran, or whose call is open. @param {Tape} tape @param {State} state */
export function moduleAt(tape, state) {
  const event = tape.events[state.step];
  const node = event && "node" in event && event.node !== null ? tape.nodes[event.node] : null;
  const tensor = node?.variable ?? (event && "tensor" in event ? event.tensor : null);
  const owner = levels(tape).owner.get(tensor ?? -1);
  if (owner !== undefined) return owner;
  const op = node?.op ?? null;
  const call = op === null ? state.stack.at(-1) : tape.ops[op].call;
  return call == null ? null : tape.calls[call].module;
}
