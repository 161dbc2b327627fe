/** What of the graph a lineage lights: the units that show its things, the groups around them, the wires along it. */

import { groupName, groupsAround } from "./nesting.js";

/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Unit} Unit */

/** A wire is lit on one side of the thing: what comes past it is no part of its lineage. @param {Facts} facts @param {{up: ReadonlySet<string>, down: ReadonlySet<string>}} lineage @returns {import("./types.js").Lit} */
export function litBy(facts, { up, down }) {
  const sides = [up, down].map(
    (things) => new Set([...facts.units.values()].flatMap((unit) => (shows(unit, things) ? unit.id : []))),
  );
  const around = (/** @type {string} */ id) => [id, ...groupsAround(facts, id).map((group) => groupName(facts, group))];
  const [starts, ends] = [new Set(/** @type {string[]} */ ([])), new Set(/** @type {string[]} */ ([]))];
  for (const { key, from, to } of facts.connections) {
    if (!sides.some((units) => units.has(from) && units.has(to))) continue;
    for (const id of around(from)) starts.add(`${key} ${id}`);
    for (const id of around(to)) ends.add(`${key} ${id}`);
  }
  return { units: new Set(sides.flatMap((units) => [...units].flatMap(around))), starts, ends };
}

/** Whether a unit shows one of the things; an op shows what it made, too, which is not why it is in a lineage. @param {Unit} unit @param {ReadonlySet<string>} things */
function shows({ kind, op, node, tensor }, things) {
  if (node !== null && things.has(`node:${node}`)) return true;
  if (kind === "leaf" || kind === "output") return things.has(`tensor:${tensor}`);
  return things.has(`op:${op}`);
}
