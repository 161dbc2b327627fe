/** The facts that a view shows: fewer units, the wires past those that are hidden, and how much was left out. */

import { bridged } from "./bridge.js";
import { isRecomputed } from "./drawn.js";
import { junctionsOf } from "./junctions.js";
import { neighbourhood } from "./near.js";
import { groupName, groupsAround } from "./nesting.js";
import { hasFace, kindOf, writeView } from "./view.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./view.js").View} View */
/** @typedef {{kinds: Record<string, number>, hidden: number, faceless: number, near: {boxes: number, of: number} | null}} Census `kinds`: how many units of each kind there are; `hidden`: those that the reader hid; `faceless`: nodes that have no place in this view of the sides */
/** @typedef {{facts: Facts, census: Census} | {refused: "wires"}} Shown */

/** The latest cut of each tape's facts: opening a group does not change it. @type {WeakMap<Facts, {of: string, found: Shown}>} */
const latest = new WeakMap();

/** @param {Tape} tape @param {Facts} facts @param {View} view @param {ReadonlySet<number>} open @param {readonly string[]} around the units that are the middle of the neighbourhood @returns {Shown} */
export function shownOf(tape, facts, view, open, around) {
  const of = writeView({ ...view, near: null });
  let { found } = latest.get(facts) ?? { found: null };
  if (!found || latest.get(facts)?.of !== of) {
    found = without(tape, facts, view);
    latest.set(facts, { of, found });
  }
  return view.near && !("refused" in found) ? near(found.facts, view.near.hops, open, around, found.census) : found;
}

/** What is left without the kinds and the sides that are hidden. @param {Tape} tape @param {Facts} facts @param {View} view @returns {Shown} */
function without(tape, facts, view) {
  const cut = cutOf(tape, facts, view);
  const census = { kinds: cut.kinds, hidden: cut.hidden.size, faceless: cut.faceless, near: null };
  if (cut.units.size === facts.units.size) return { facts, census };
  dot(facts, cut);
  const connections = bridged(facts.connections, cut.units, (id) => cut.hidden.has(id));
  if (!connections) return { refused: "wires" };
  return { facts: only(facts, cut.units, sided(connections, view)), census };
}

/** @param {Facts} facts @param {number} hops @param {ReadonlySet<number>} open @param {readonly string[]} around @param {Census} census @returns {Shown} */
function near(facts, hops, open, around, census) {
  const { boxes, boxOf } = neighbourhood(facts, open, around, hops);
  const all = new Set([...facts.units.keys()].map(boxOf));
  const units = new Map([...facts.units].filter(([id]) => boxes.has(boxOf(id))));
  const connections = facts.connections.filter(({ from, to }) => units.has(from) && units.has(to));
  return {
    facts: only(facts, units, connections),
    census: { ...census, near: { boxes: boxes.size, of: all.size } },
  };
}

/** Leaves a dot where wires meet in something hidden. @param {Facts} facts @param {{units: Map<string, Unit>, hidden: Set<string>}} cut */
function dot(facts, { units, hidden }) {
  const junctions = junctionsOf(
    facts.connections,
    (id) => units.has(id),
    (id) => hidden.has(id),
  );
  for (const id of junctions) {
    const unit = facts.units.get(id);
    if (unit) units.set(id, { ...unit, shape: "dot" });
    hidden.delete(id);
  }
}

/** @param {Tape} tape @param {Facts} facts @param {View} view */
function cutOf(tape, facts, { sides, hidden }) {
  /** @type {Record<string, number>} */
  const kinds = {};
  const gone = new Set(/** @type {string[]} */ ([]));
  const units = new Map(/** @type {[string, Unit][]} */ ([]));
  let faceless = 0;
  const recomputed = (/** @type {Unit} */ unit) => isRecomputed(tape, unit.kind === "output" ? unit.tensor : null);
  const inside = frames(facts, sides);
  for (const [id, unit] of facts.units) {
    const kind = kindOf(tape, unit);
    if (kind) kinds[kind] = (kinds[kind] ?? 0) + 1;
    const faced = hasFace(unit, sides, recomputed) && inside(unit.home);
    if (!faced) faceless += sides !== "backward" && unit.node !== null ? 1 : 0;
    if (kind && hidden.includes(kind) && faced) gone.add(id);
    else if (faced) units.set(id, unit);
  }
  return { kinds, hidden: gone, units, faceless };
}

/** Whether all the groups around are drawn on a side: a call in which a segment was computed again stands on the backward side alone. @param {Facts} facts @param {import("./view.js").Sides} sides */
function frames(facts, sides) {
  /** @type {Map<number | null, boolean>} */
  const known = new Map([[null, true]]);
  const framed = (/** @type {number} */ call) => {
    const { ops, nodes } = facts.counts.get(call) ?? { ops: 0, nodes: 0 };
    return sides === "both" || (sides === "backward" ? nodes > 0 : ops > 0);
  };
  /** @param {number | null} call @returns {boolean} */
  const inside = (call) => {
    const found = known.get(call);
    if (found !== undefined || call === null) return found ?? true;
    const answer = framed(call) && inside(facts.parents[call]);
    known.set(call, answer);
    return answer;
  };
  return inside;
}

/** Of one side alone, only its own wires need room. @param {import("./types.js").Connection[]} connections @param {View} view */
function sided(connections, { sides }) {
  if (sides === "backward") return connections.filter(({ links }) => links.length > 0);
  return sides === "forward" ? connections.filter(({ forward }) => forward) : connections;
}

/** @param {Facts} facts @param {Map<string, Unit>} units @param {import("./types.js").Connection[]} connections @returns {Facts} */
function only(facts, units, connections) {
  const byCall = new Map(
    [...facts.byCall].map(([call, list]) => [call, list.flatMap(({ id }) => units.get(id) ?? [])]),
  );
  const filled = (/** @type {number} */ call) =>
    (byCall.get(call)?.length ?? 0) > 0 || (children.get(call)?.length ?? 0) > 0;
  /** @type {Map<number | null, number[]>} */
  const children = new Map();
  // From the innermost outwards.
  const depth = (/** @type {number | null} */ call) =>
    call === null ? -1 : groupsAround(facts, groupName(facts, call)).length;
  const depths = new Map([...facts.children.keys()].map((call) => [call, depth(call)]));
  for (const call of [...depths.keys()].sort((a, b) => (depths.get(b) ?? 0) - (depths.get(a) ?? 0)))
    children.set(call, (facts.children.get(call) ?? []).filter(filled));
  return { ...facts, units, connections, byCall, children };
}
