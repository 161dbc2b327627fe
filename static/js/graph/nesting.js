/** What is inside what in the graph: module calls, and the folds that lie between them. Each has a number and a name. */

/** @typedef {import("./types.js").Facts} Facts */

/** The name of a group: `call:3`, and of a fold `stack:3`, `loop:12`, `turn:14`, `rest:20`. @param {Facts} facts @param {number} group */
export const groupName = (facts, group) => facts.folds.get(group)?.name ?? `call:${group}`;

/** Whether a name is one of a group. @param {string} name */
export const isGroup = (name) => !/^(op|node|leaf|out):/.test(name);

/** The number of a group that something is in, or -1. @param {Facts} facts @param {string} name @returns {number} */
export function groupOf(facts, name) {
  const group = facts.foldOf.get(name) ?? (name.startsWith("call:") ? Number(name.slice(5)) : -1);
  return facts.counts.has(group) ? group : -1;
}

/** The groups around a unit or a group, innermost first. @param {Facts} facts @param {string} name @returns {number[]} */
export function groupsAround(facts, name) {
  const around = [];
  let group = isGroup(name)
    ? (facts.parents[facts.foldOf.get(name) ?? Number(name.slice(5))] ?? null)
    : (facts.units.get(name)?.home ?? null);
  for (; group !== null; group = facts.parents[group]) around.push(group);
  return around;
}
