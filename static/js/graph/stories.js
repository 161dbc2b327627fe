/**
 * The stories of a level: what has nothing to do with what came before it (a module that is called again on its own, the
 * next statement on other tensors) is told below it, in the same column, and not beside it.
 */

/** @typedef {import("./types.js").Level} Level */

/**
 * The story of each vertex, numbered from above. Two things are of one story if a running value joins them, or if they ran
 * by turns; that both use a leaf joins nothing. What is given to a module makes one story of all that the module does.
 * @param {Level} level @param {readonly {from: number, to: number}[]} edges @param {number} count
 */
export function tellStories(level, edges, count) {
  const units = level.units.length;
  if (level.entries.length) return new Array(count).fill(0);
  const above = Array.from({ length: count }, (_, v) => v);
  /** @param {number} v */
  const find = (v) => {
    let root = v;
    while (above[root] !== root) root = above[root];
    while (above[v] !== root) [v, above[v]] = [above[v], root];
    return root;
  };
  /** @param {number} v */
  const loose = (v) => v < units && level.units[v].kind === "leaf";
  for (const { from, to } of edges) if (!loose(from)) above[find(to)] = find(from);
  const met = new Set();
  for (const { from, to } of edges) {
    if (!loose(from) || met.has(from)) continue;
    met.add(from);
    above[find(from)] = find(to);
  }
  /** @type {Map<number, {root: number, first: number, last: number}>} */
  const parts = new Map();
  for (let v = 0; v < units; v += 1) {
    const { kind, order } = level.units[v];
    const root = find(v);
    const part = parts.get(root) ?? { root, first: Infinity, last: -Infinity };
    part.first = Math.min(part.first, order);
    if (kind === "op" || kind === "group") part.last = Math.max(part.last, order);
    parts.set(root, part);
  }
  const story = new Map();
  let number = -1;
  let last = -Infinity;
  for (const part of [...parts.values()].sort((a, b) => a.first - b.first)) {
    if (part.first >= last && part.last > -Infinity) number += 1;
    last = Math.max(last, part.last);
    story.set(part.root, Math.max(0, number));
  }
  return above.map((_, v) => story.get(find(v)) ?? 0);
}
