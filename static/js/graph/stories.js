/**
 * The stories of a level: what has nothing to do with what came before it (a module that is called again on its own, the
 * next statement on other tensors) is told below it, in the same column, and not beside it.
 */

import { GAP } from "./columns.js";

/** @typedef {import("./types.js").Level} Level */
/** @typedef {{from: number, to: number}} Edge */

/** Of things that ran by turns no more stand side by side than fit into this. */
const WIDEST = 1500;

/**
 * The story of each vertex, numbered from above. Two things are of one story if a running value joins them, or if they ran
 * by turns; that both use a leaf joins nothing. What is given to a module makes one story of all that the module does.
 * @param {Level} level @param {readonly Edge[]} edges @param {number} count @param {(unit: number) => number} width
 */
export function tellStories(level, edges, count, width) {
  const units = level.units.length;
  if (level.entries.length) return new Array(count).fill(0);
  const parts = new Parts(count);
  /** @param {number} v */
  const loose = (v) => v < units && level.units[v].kind === "leaf";
  for (const { from, to } of edges) if (!loose(from)) parts.join(from, to);
  const met = new Set();
  for (const { from, to } of edges) {
    if (!loose(from) || met.has(from)) continue;
    met.add(from);
    parts.join(to, from);
  }
  /** @type {Map<number, {root: number, first: number, last: number}>} */
  const spans = new Map();
  for (let v = 0; v < units; v += 1) {
    const { kind, order } = level.units[v];
    const root = parts.of(v);
    const span = spans.get(root) ?? { root, first: Infinity, last: -Infinity };
    span.first = Math.min(span.first, order);
    if (kind === "op" || kind === "group") span.last = Math.max(span.last, order);
    spans.set(root, span);
  }
  const story = new Map();
  let number = -1;
  let last = -Infinity;
  for (const span of [...spans.values()].sort((a, b) => a.first - b.first)) {
    if (span.first >= last && span.last > -Infinity) number += 1;
    last = Math.max(last, span.last);
    story.set(span.root, Math.max(0, number));
  }
  const told = Array.from({ length: count }, (_, v) => story.get(parts.of(v)) ?? 0);
  return shelved(units, edges, told, width);
}

/** Vertices in parts, one of each part standing for it. */
class Parts {
  /** @param {number} count */
  constructor(count) {
    this.above = Array.from({ length: count }, (_, v) => v);
  }

  /** @param {number} v */
  of(v) {
    const { above } = this;
    let root = v;
    while (above[root] !== root) root = above[root];
    while (above[v] !== root) [v, above[v]] = [above[v], root];
    return root;
  }

  /** @param {number} part @param {number} other */
  join(part, other) {
    this.above[this.of(other)] = this.of(part);
  }
}

/**
 * A story of many things that ran by turns and have nothing to do with each other, not even a leaf, goes on in the next
 * one where it would be too wide: a state dict is as many small graphs as it has entries.
 * @param {number} units @param {readonly Edge[]} edges @param {readonly number[]} story @param {(unit: number) => number} width
 */
function shelved(units, edges, story, width) {
  const parts = new Parts(story.length);
  for (const { from, to } of edges) if (story[from] === story[to]) parts.join(from, to);
  const widths = partWidths(units, edges, story, parts, width);
  /** @type {Map<number, number>} the shelf of each part */
  const shelves = new Map();
  const order = Array.from({ length: units }, (_, v) => v).sort((a, b) => story[a] - story[b] || a - b);
  let shelf = -1;
  let taken = 0;
  let before = -1;
  for (const v of order) {
    const root = parts.of(v);
    if (shelves.has(root)) continue;
    const wide = widths.get(root) ?? 0;
    if (story[v] !== before || (taken > 0 && taken + wide > WIDEST)) [shelf, taken, before] = [shelf + 1, 0, story[v]];
    taken += wide;
    shelves.set(root, shelf);
  }
  return story.map((_, v) => shelves.get(parts.of(v)) ?? 0);
}

/** How wide the widest row of each part is. @param {number} units @param {readonly Edge[]} edges @param {readonly number[]} story @param {Parts} parts @param {(unit: number) => number} width */
function partWidths(units, edges, story, parts, width) {
  const rowOf = new Array(units).fill(0);
  // An edge leads from an earlier unit to a later one, so each unit is settled before what needs it.
  for (const { from, to } of [...edges].sort((a, b) => a.to - b.to))
    if (from < units && to < units && story[from] === story[to]) rowOf[to] = Math.max(rowOf[to], rowOf[from] + 1);
  /** @type {Map<number, number[]>} */
  const rows = new Map();
  for (let v = 0; v < units; v += 1) {
    const row = rows.get(parts.of(v)) ?? [];
    row[rowOf[v]] = (row[rowOf[v]] ?? 0) + width(v) + GAP;
    rows.set(parts.of(v), row);
  }
  return new Map([...rows].map(([root, row]) => [root, row.reduce((most, each) => Math.max(most, each), 0)]));
}
