/** Parts of a lineage: only what feeds a thing, only what it feeds, its parameters and how they come to it, its way to the loss. */

import { gradientFlow, valueFlow } from "./flow.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./lineage.js").Lineage} Lineage */
/** @typedef {(typeof PARTS)[number]} PartName */
/** @typedef {{up: ReadonlySet<string>, down: ReadonlySet<string>}} Part what feeds, and what is fed: a wire is lit inside one of them */

export const PARTS = /** @type {const} */ (["all", "before", "parameters", "after", "path"]);

/** @param {Tape} tape @param {Lineage} lineage @param {PartName} part @returns {Part} */
export function partOf(tape, lineage, part) {
  const { up, down } = lineage;
  if (part === "all") return { up, down };
  const own = [...up].filter((thing) => down.has(thing));
  const none = new Set(own);
  if (part === "before") return { up, down: none };
  if (part === "after") return { up: none, down };
  if (part === "path")
    return { up: none, down: new Set([...own, ...lineage.path, ...(lineage.loss === null ? [] : [lineage.loss])]) };
  return lineage.of === "value"
    ? { up: fromParameters(tape, lineage, own), down: none }
    : { up: none, down: toParameters(tape, lineage, own) };
}

/** Which parts there are. @param {Lineage} lineage @returns {PartName[]} */
export function partsOf({ of, before, after, parameters, path, loss }) {
  const values = of === "value";
  const there = {
    all: true,
    before: before.length + (values ? parameters.length : 0) > 0,
    parameters: parameters.length > 0 && (values || after.length > 0),
    after: after.length > 0,
    path: loss !== null && path.length > 0,
  };
  return PARTS.filter((part) => there[part]);
}

/** The parameters that feed a thing and the ops on the way. @param {Tape} tape @param {Lineage} lineage @param {readonly string[]} own */
function fromParameters(tape, { up, parameters }, own) {
  const flow = valueFlow(tape);
  const starts = parameters.flatMap((tensor) => flow.readers.get(idOf(tensor)) ?? []);
  const ops = reach(flow.after, starts, (op) => up.has(`op:${op}`));
  return new Set([...own, ...parameters, ...[...ops].map((op) => `op:${op}`)]);
}

/** The parameters that a node's gradient reaches and the nodes on the way. @param {Tape} tape @param {Lineage} lineage @param {readonly string[]} own */
function toParameters(tape, { down, parameters }, own) {
  const flow = gradientFlow(tape);
  const wanted = new Set(parameters);
  const stores = tape.nodes.filter(({ variable }) => variable !== null && wanted.has(`tensor:${variable}`));
  const nodes = reach(
    flow.before,
    stores.map(({ id }) => id),
    (node) => down.has(`node:${node}`),
  );
  return new Set([...own, ...parameters, ...[...nodes].map((node) => `node:${node}`)]);
}

/** @param {string} thing */
const idOf = (thing) => Number(thing.slice(thing.indexOf(":") + 1));

/** @param {import("./flow.js").Neighbours} next @param {readonly number[]} starts @param {(id: number) => boolean} within */
function reach(next, starts, within) {
  const seen = new Set(starts.filter(within));
  // A set is walked in the order in which it grows.
  for (const at of seen) for (const each of next[at]) if (within(each)) seen.add(each);
  return seen;
}
