/** The neighbourhood of a thing: what is reached from it within some wires, either way, among the boxes that are drawn. */

import { groupName, groupOf, isGroup } from "./nesting.js";

/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Connection} Connection */

/** What shows each unit: itself, or the closed group around it. @param {Facts} facts @param {ReadonlySet<number>} open @returns {(unit: string) => string} */
export function boxesOf(facts, open) {
  /** @type {Map<number, string | null>} the outermost closed group around a group, itself included */
  const closed = new Map();
  /** @param {number | null} call @returns {string | null} */
  const outermost = (call) => {
    if (call === null) return null;
    let found = closed.get(call);
    if (found === undefined) {
      found = outermost(facts.parents[call]) ?? (open.has(call) ? null : groupName(facts, call));
      closed.set(call, found);
    }
    return found;
  };
  return (unit) => outermost(facts.units.get(unit)?.home ?? null) ?? unit;
}

/**
 * The boxes within some hops of a unit or a call; of an open call, of everything in it.
 * @param {Facts} facts @param {ReadonlySet<number>} open @param {readonly string[]} starts units and calls @param {number} hops
 * @returns {{boxes: Set<string>, boxOf: (unit: string) => string}}
 */
export function neighbourhood(facts, open, starts, hops) {
  const boxOf = boxesOf(facts, open);
  /** @type {Map<string, Set<string>>} */
  const beside = new Map();
  const note = (/** @type {string} */ from, /** @type {string} */ to) => {
    const list = beside.get(from);
    if (list) list.add(to);
    else beside.set(from, new Set([to]));
  };
  for (const { from, to } of facts.connections) {
    const [a, b] = [boxOf(from), boxOf(to)];
    if (a === b) continue;
    note(a, b);
    note(b, a);
  }
  const inside = starts.flatMap((start) => (isGroup(start) ? within(facts, start) : [start]));
  const boxes = new Set(inside.filter((unit) => facts.units.has(unit)).map(boxOf));
  let edge = [...boxes];
  for (let hop = 0; hop < hops && edge.length; hop += 1) {
    edge = edge.flatMap((box) => [...(beside.get(box) ?? [])]).filter((box) => !boxes.has(box));
    for (const box of edge) boxes.add(box);
  }
  return { boxes, boxOf };
}

/** The units in a call and in the calls in it. @param {Facts} facts @param {string} start @returns {string[]} */
function within(facts, start) {
  const calls = [groupOf(facts, start)];
  // A list is walked to its end while it grows.
  for (const call of calls) calls.push(...(facts.children.get(call) ?? []));
  return calls.flatMap((call) => (facts.byCall.get(call) ?? []).map(({ id }) => id));
}
