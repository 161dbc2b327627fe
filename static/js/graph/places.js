/** Where the graph shows a thing, whichever groups are open: the unit and its side. */

import { relations } from "../tape/relations.js";
import { parseThing } from "../tape/things.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./happening.js").Place} Place */
/** @typedef {{tape: Tape, facts: Facts, happening: import("./happening.js").Happening}} Where */

/** The first place of a thing; null where nothing in the graph stands for it. @param {Where} where @param {string} thing @returns {Place | null} */
export function placeOf(where, thing) {
  const found = parseThing(where.tape, thing);
  if (!found || found.kind === "optimizer") return null;
  const places = FINDERS[found.kind](where, found.id);
  return places.find(({ unit }) => where.happening.isDrawn(unit)) ?? null;
}

/** @type {Record<Exclude<import("../tape/things.js").ThingKind, "optimizer">, (where: Where, id: number) => Place[]>} */
const FINDERS = {
  op: ofOp,
  node: ofNode,
  tensor: ofTensor,
  call: ofCall,
  module: ofModule,
  hook: ofHook,
};

/** What has no box shows where its event does. @param {Where} where @param {number} id @returns {Place[]} */
function ofOp({ facts, happening }, id) {
  const unit = happening.outermost(id);
  if (unit) return [{ side: "forward", unit }];
  return happening.at(facts.stepOfOp.get(id) ?? -1);
}

/** @param {Where} where @param {number} id @returns {Place[]} */
function ofNode({ facts }, id) {
  return (facts.unitsOfNode.get(id) ?? []).map((unit) => ({ side: "backward", unit }));
}

/** A tensor without a place of its own is where it was made, or where it is used. @param {Where} where @param {number} id @returns {Place[]} */
function ofTensor(where, id) {
  const { tape, facts } = where;
  const { grad_of: owner, op, node } = tape.tensors[id];
  const own = (facts.unitsOfTensor.get(id) ?? []).map((unit) => ({ side: /** @type {const} */ ("forward"), unit }));
  if (own.length) return own;
  if (owner !== null) return ofTensor(where, owner).map(({ unit }) => ({ side: "backward", unit }));
  const made = op === null ? [] : ofOp(where, op);
  const users = relations(tape).usedBy.get(id) ?? [];
  return [...made, ...(node === null ? [] : ofNode(where, node)), ...users.flatMap((user) => ofOp(where, user))];
}

/** A call in which nothing is drawn is where it was made from. @param {Where} where @param {number} id @returns {Place[]} */
function ofCall({ tape }, id) {
  const places = [];
  /** @type {number | null} */
  let call = id;
  for (; call !== null; call = tape.calls[call].parent)
    places.push({ side: /** @type {const} */ ("forward"), unit: `call:${call}` });
  return places;
}

/** A module that is never called itself (a ModuleList) is where the modules in it are. @param {Where} where @param {number} id @returns {Place[]} */
function ofModule(where, id) {
  const { callsOf } = relations(where.tape);
  const modules = new Set([id]);
  for (const module of modules) for (const child of where.tape.modules[module].children) modules.add(child);
  return [...modules].flatMap((module) =>
    (callsOf.get(module) ?? []).flatMap((call) => ofCall(where, call).slice(0, 1)),
  );
}

/** @param {Where} where @param {number} id @returns {Place[]} */
function ofHook(where, id) {
  const { tensors } = where.tape.hooks[id];
  return [...where.happening.ofHook(id, null), ...tensors.flatMap((tensor) => ofTensor(where, tensor))];
}
