/** Many values from one thing to another (the states that a loop hands to a `stack`) are one wire. */

/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./types.js").Wire} Wire */

/** More values than this are a bundle. */
export const BUNDLE = 12;

/** Makes one wire of those that run side by side; not of those whose places in an open group are apart. @param {Level} level */
export function bundleWires(level) {
  const apart = (/** @type {number} */ end) =>
    end < 0 ? !level.inTime : level.units[end].level !== null && !level.units[end].level?.inTime;
  const border = (/** @type {number} */ end) => (end < 0 ? -1 : end);
  /** @type {Map<string, Wire[]>} */
  const ways = new Map();
  for (const wire of level.wires) {
    if (apart(wire.from) || apart(wire.to)) continue;
    const way = `${border(wire.from)}>${border(wire.to)}`;
    const wires = ways.get(way);
    if (wires) wires.push(wire);
    else ways.set(way, [wire]);
  }
  const gone = new Set();
  for (const [first, ...others] of ways.values()) {
    if (others.length < BUNDLE) continue;
    for (const other of others) {
      gone.add(other);
      first.forward ||= other.forward;
      first.links.push(...other.links);
      first.also.push(other.key);
      first.past = [...new Set([...first.past, ...other.past])];
    }
  }
  if (gone.size) level.wires = level.wires.filter((wire) => !gone.has(wire));
}
