/** Opening and closing the groups of a whole level at once. */

import { groupName, groupsAround } from "./nesting.js";

/** @typedef {import("./types.js").Facts} Facts */

/** The groups that can be seen once those around them are open, by depth; the rest of a loop is opened by itself alone. @param {Facts} facts @param {ReadonlySet<number>} open @returns {number[][]} */
function levelsOf(facts, open) {
  /** @type {number[][]} */
  const levels = [];
  const isRest = (/** @type {number} */ group) => facts.folds.get(group)?.kind === "rest";
  for (const group of facts.counts.keys()) {
    const around = groupsAround(facts, groupName(facts, group));
    if (!isRest(group) && around.every((each) => !isRest(each) || open.has(each)))
      (levels[around.length] ??= []).push(group);
  }
  return levels;
}

/** With the outermost level that has a closed group opened. @param {Facts} facts @param {ReadonlySet<number>} open */
export function deeper(facts, open) {
  const level = levelsOf(facts, open).find((groups) => groups?.some((group) => !open.has(group)));
  return new Set([...open, ...(level ?? [])]);
}

/** With the innermost level that has an open group closed. @param {Facts} facts @param {ReadonlySet<number>} open */
export function shallower(facts, open) {
  const level = new Set(levelsOf(facts, open).findLast((groups) => groups?.some((group) => open.has(group))));
  return new Set([...open].filter((group) => !level.has(group)));
}

/** The folds that are open at first: loops, for their turns stand side by side. @param {Facts} facts */
export function loopsAtFirst(facts) {
  return [...facts.folds.values()].filter(
    ({ kind, name }) => kind === "loop" && groupsAround(facts, name).every((group) => !facts.folds.has(group)),
  );
}
