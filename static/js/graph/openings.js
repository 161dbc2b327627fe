/** Opening and closing the groups of a whole level at once. */

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */

/** How many calls a call is in. @param {Tape} tape @param {number} call */
function depthOf(tape, call) {
  let depth = 0;
  for (let parent = tape.calls[call].parent; parent !== null; parent = tape.calls[parent].parent) depth += 1;
  return depth;
}

/** The calls that the graph has groups for, by depth. @param {Tape} tape @param {Facts} facts @returns {number[][]} */
function levelsOf(tape, facts) {
  /** @type {number[][]} */
  const levels = [];
  for (const call of facts.counts.keys()) if (tape.calls[call]) (levels[depthOf(tape, call)] ??= []).push(call);
  return levels;
}

/** With the outermost level that has a closed group opened. @param {Tape} tape @param {Facts} facts @param {ReadonlySet<number>} open */
export function deeper(tape, facts, open) {
  const level = levelsOf(tape, facts).find((calls) => calls?.some((call) => !open.has(call)));
  return new Set([...open, ...(level ?? [])]);
}

/** With the innermost level that has an open group closed. @param {Tape} tape @param {Facts} facts @param {ReadonlySet<number>} open */
export function shallower(tape, facts, open) {
  const level = levelsOf(tape, facts).findLast((calls) => calls?.some((call) => open.has(call)));
  return new Set([...open].filter((call) => !level?.includes(call)));
}
