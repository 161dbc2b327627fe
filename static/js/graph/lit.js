/** What of the graph a lineage lights: the units that show its things, the groups around them, the values between them. */

/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Unit} Unit */

/** @param {import("./types.js").Tape} tape @param {Facts} facts @param {ReadonlySet<string>} things @returns {import("./types.js").Lit} */
export function litBy(tape, facts, things) {
  const units = new Set(/** @type {string[]} */ ([]));
  for (const unit of facts.units.values()) {
    if (!shows(unit, things)) continue;
    units.add(unit.id);
    for (let call = unit.call; call !== null && !units.has(`call:${call}`); call = tape.calls[call].parent)
      units.add(`call:${call}`);
  }
  const between = facts.connections.filter(({ from, to }) => units.has(from) && units.has(to));
  return { units, keys: new Set(between.map(({ key }) => key)) };
}

/** Whether a unit shows one of the things; an op shows what it made, too, which is not why it is in a lineage. @param {Unit} unit @param {ReadonlySet<string>} things */
function shows({ kind, op, node, tensor }, things) {
  if (node !== null && things.has(`node:${node}`)) return true;
  if (kind === "leaf" || kind === "output") return things.has(`tensor:${tensor}`);
  return things.has(`op:${op}`);
}
