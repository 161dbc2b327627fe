/** Where a thing comes from and where it goes: what feeds it, what it feeds, and its way to the loss. */

import { gradientFlow, standsFor, valueFlow } from "./flow.js";
import { parseThing } from "./things.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./flow.js").Neighbours} Neighbours */
/**
 * @typedef {object} Lineage
 * @property {"value" | "gradient"} of what runs along it: values through ops, or gradients through nodes
 * @property {string[]} before the ops (or nodes) that feed it, in the order of the tape
 * @property {string[]} after the ops (or nodes) that it feeds
 * @property {string[]} parameters those that feed it; of a node, those that its gradient reaches
 * @property {string[]} path the shortest way to the loss: the ops (or nodes) on it, the nearest first
 * @property {string | null} loss the tensor that backward was called on, where one is on its way
 * @property {ReadonlySet<string>} up the thing and everything that feeds it, tensors too
 * @property {ReadonlySet<string>} down the thing and everything that it feeds
 */

/** How many are kept for each tape. */
const KEPT = 24;

/** @type {WeakMap<Tape, Map<string, Lineage | null>>} */
const known = new WeakMap();

/** The lineage of an op, a node or a tensor; null of what has none. @param {Tape} tape @param {string} thing @returns {Lineage | null} */
export function lineage(tape, thing) {
  const kept = known.get(tape) ?? new Map();
  known.set(tape, kept);
  if (kept.has(thing)) return kept.get(thing);
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value);
  const found = read(tape, thing);
  kept.set(thing, found);
  return found;
}

/** @param {Tape} tape @param {string} thing @returns {Lineage | null} */
function read(tape, thing) {
  const found = parseThing(tape, thing);
  if (found?.kind === "node") return ofNode(tape, found.id);
  if (found?.kind === "tensor") return ofTensor(tape, found.id);
  const op = found?.kind === "op" ? standsFor(tape, found.id) : null;
  return op === null ? null : ofOp(tape, op, thing);
}

/** @param {Tape} tape @param {number} op @param {string} thing the op itself, or one that ran inside it @returns {Lineage} */
function ofOp(tape, op, thing) {
  const flow = valueFlow(tape);
  const before = reach(flow.before, flow.before[op]);
  const after = reach(flow.after, flow.after[op]);
  const path = wayTo(flow.after, [op], flow.losses);
  const loss = path ? (flow.losses.get(path[path.length - 1]) ?? null) : null;
  const own = [thing, `op:${op}`];
  const ends = { up: valuesAbove(tape, own, [op, ...before]), down: valuesBelow(tape, own, [op, ...after]) };
  return ofValues(tape, { before, after, path: path?.slice(1) ?? [], loss, ...ends });
}

/** @param {Tape} tape @param {number} id @returns {Lineage} */
function ofTensor(tape, id) {
  const flow = valueFlow(tape);
  const makers = flow.makers.get(id) ?? [];
  const before = reach(flow.before, makers);
  const after = reach(flow.after, flow.readers.get(id) ?? []);
  const path = flow.roots.has(id) ? [] : wayTo(flow.after, flow.readers.get(id) ?? [], flow.losses);
  const loss = flow.roots.has(id) ? id : path && (flow.losses.get(path[path.length - 1]) ?? null);
  // What made it stands for it at the start of the way down.
  const own = [`tensor:${id}`, ...makers.map((op) => `op:${op}`)];
  const ends = { up: valuesAbove(tape, own, before), down: valuesBelow(tape, own, after) };
  return ofValues(tape, { before, after, path: path ?? [], loss, ...ends });
}

/** Some ops and what they were given; a gradient that has a grad_fn itself (`create_graph`) comes from the leaves behind that. @param {Tape} tape @param {readonly string[]} own @param {readonly number[]} ops */
function valuesAbove(tape, own, ops) {
  const flow = valueFlow(tape);
  const tensors = new Set(ops.flatMap((op) => [...(flow.given.get(op) ?? [])]));
  for (const thing of own) if (thing.startsWith("tensor:")) tensors.add(Number(thing.slice(7)));
  const nodes = [...tensors].flatMap((id) => (tape.tensors[id].op === null ? (tape.tensors[id].node ?? []) : []));
  for (const node of reach(gradientFlow(tape).after, nodes)) {
    const { variable } = tape.nodes[node];
    if (variable !== null) tensors.add(variable);
  }
  return new Set([...own, ...ops.map((op) => `op:${op}`), ...[...tensors].map((id) => `tensor:${id}`)]);
}

/** Some ops and what they made. @param {Tape} tape @param {readonly string[]} own @param {readonly number[]} ops */
function valuesBelow(tape, own, ops) {
  const made = ops.flatMap((op) => tape.writes(op).map((tensor) => `tensor:${tensor}`));
  return new Set([...own, ...ops.map((op) => `op:${op}`), ...made]);
}

/** @param {Tape} tape @param {{before: number[], after: number[], path: number[], loss: number | null, up: ReadonlySet<string>, down: ReadonlySet<string>}} found @returns {Lineage} */
function ofValues(tape, { before, after, path, loss, up, down }) {
  const ops = (/** @type {readonly number[]} */ list) => list.map((op) => `op:${op}`);
  const parameters = tape.tensors.filter(
    ({ id, role }) => role === "parameter" && up.has(`tensor:${id}`) && !down.has(`tensor:${id}`),
  );
  return {
    of: "value",
    before: ops(before),
    after: ops(after),
    parameters: parameters.map(({ id }) => `tensor:${id}`),
    path: ops(path),
    loss: loss === null ? null : `tensor:${loss}`,
    up,
    down,
  };
}

/** @param {Tape} tape @param {number} id @returns {Lineage} */
function ofNode(tape, id) {
  const flow = gradientFlow(tape);
  const before = reach(flow.before, flow.before[id]);
  const after = reach(flow.after, flow.after[id]);
  const path = wayTo(flow.before, [id], flow.losses);
  const loss = path ? (flow.losses.get(path[path.length - 1]) ?? null) : null;
  const parameters = [id, ...after].flatMap((node) => tape.nodes[node].variable ?? []).sort(byNumber);
  const nodes = (/** @type {readonly number[]} */ list) => list.map((node) => `node:${node}`);
  const tensors = [...parameters, ...(loss === null ? [] : [loss])].map((tensor) => `tensor:${tensor}`);
  return {
    of: "gradient",
    before: nodes(before),
    after: nodes(after),
    parameters: tensors.slice(0, parameters.length),
    path: nodes(path?.slice(1) ?? []),
    loss: loss === null ? null : `tensor:${loss}`,
    up: new Set([...nodes([id, ...before]), ...tensors.slice(parameters.length)]),
    down: new Set([...nodes([id, ...after]), ...tensors.slice(0, parameters.length)]),
  };
}

/** @param {number} a @param {number} b */
const byNumber = (a, b) => a - b;

/** Everything that is reached from some starts, themselves included, in the order of the tape. @param {Neighbours} next @param {readonly number[]} starts */
function reach(next, starts) {
  const seen = new Set(starts);
  // A set is walked in the order in which it grows.
  for (const at of seen) for (const each of next[at]) seen.add(each);
  return [...seen].sort(byNumber);
}

/** The shortest way from one of the starts to one of the ends, both included; null where there is none. @param {Neighbours} next @param {readonly number[]} starts @param {ReadonlyMap<number, number>} ends @returns {number[] | null} */
function wayTo(next, starts, ends) {
  /** @type {Map<number, number | null>} */
  const from = new Map(starts.map((start) => /** @type {[number, null]} */ ([start, null])));
  for (const at of from.keys()) {
    if (ends.has(at)) return back(from, at);
    for (const each of next[at]) if (!from.has(each)) from.set(each, at);
  }
  return null;
}

/** @param {ReadonlyMap<number, number | null>} from @param {number} end */
function back(from, end) {
  /** @type {number[]} */
  const way = [];
  /** @type {number | null} */
  let at = end;
  for (; at !== null; at = from.get(at) ?? null) way.push(at);
  return way.reverse();
}
