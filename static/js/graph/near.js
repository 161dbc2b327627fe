/** The neighbourhood of a thing: what is reached from it within some wires, either way, among the boxes that are drawn. */

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Connection} Connection */

/** What shows each unit: itself, or the closed group around it. @param {Tape} tape @param {Facts} facts @param {ReadonlySet<number>} open @returns {(unit: string) => string} */
export function boxesOf(tape, facts, open) {
  /** @type {Map<number, string | null>} the outermost closed call around a call, itself included */
  const closed = new Map();
  /** @param {number | null} call @returns {string | null} */
  const outermost = (call) => {
    if (call === null) return null;
    let found = closed.get(call);
    if (found === undefined) {
      found = outermost(tape.calls[call].parent) ?? (open.has(call) ? null : `call:${call}`);
      closed.set(call, found);
    }
    return found;
  };
  return (unit) => outermost(facts.units.get(unit)?.call ?? null) ?? unit;
}

/**
 * The boxes within some hops of a unit or a call; of an open call, of everything in it.
 * @param {Tape} tape @param {Facts} facts @param {ReadonlySet<number>} open @param {readonly string[]} starts units and calls @param {number} hops
 * @returns {{boxes: Set<string>, boxOf: (unit: string) => string}}
 */
export function neighbourhood(tape, facts, open, starts, hops) {
  const boxOf = boxesOf(tape, facts, open);
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
  const inside = starts.flatMap((start) => (start.startsWith("call:") ? within(tape, facts, start) : [start]));
  const boxes = new Set(inside.filter((unit) => facts.units.has(unit)).map(boxOf));
  let edge = [...boxes];
  for (let hop = 0; hop < hops && edge.length; hop += 1) {
    edge = edge.flatMap((box) => [...(beside.get(box) ?? [])]).filter((box) => !boxes.has(box));
    for (const box of edge) boxes.add(box);
  }
  return { boxes, boxOf };
}

/** The units in a call and in the calls in it. @param {Tape} tape @param {Facts} facts @param {string} start @returns {string[]} */
function within(tape, facts, start) {
  const calls = [Number(start.slice(5))];
  // A list is walked to its end while it grows.
  for (const call of calls) calls.push(...(facts.children.get(call) ?? []));
  return calls.flatMap((call) => (facts.byCall.get(call) ?? []).map(({ id }) => id));
}
