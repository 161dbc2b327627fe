/**
 * The rows of one level and the order in each: a thing stands below everything it needs, a leaf just above its first user.
 *
 * The tape is already a topological order, so one pass finds the rows; nothing here depends on how deep the level is. A
 * row that would be too wide goes on in the next one (the layering of bounded width by Coffman and Graham, in the tape's order).
 */

import { Rooms } from "./rooms.js";
import { tellStories } from "./stories.js";

/** @typedef {import("./types.js").Level} Level */

/**
 * A level as plain vertices: its units, then its entries, then its exits, then places that a stream passes.
 * @typedef {object} Plan
 * @property {number} units how many of the vertices are units
 * @property {number} borders the first vertex that is a passed place
 * @property {number} count
 * @property {PlanEdge[]} edges those that lead down, cut at the places they pass
 * @property {number[]} rowOf
 * @property {number[][]} rows vertices from left to right
 * @property {number[]} placeOf
 * @property {number[][]} sources what each vertex needs
 * @property {number[]} story which of the stories, one below the other, each vertex belongs to
 * @property {boolean[]} side whether a vertex stands beside the stream: a leaf, or what only a leaf's gradient passes
 */

/** @typedef {{from: number, to: number, wire: number, key: string}} PlanEdge */

/** @param {Level} level @param {(unit: number) => number} width @returns {Plan} */
export function planLevel(level, width) {
  const units = level.units.length;
  const firstExit = units + level.entries.length;
  const borders = firstExit + level.exits.length;
  const whole = level.wires
    .map((wire, index) => ({
      from: wire.from < 0 ? units - 1 - wire.from : wire.from,
      to: wire.to < 0 ? firstExit - 1 - wire.to : wire.to,
      wire: index,
      key: wire.key,
    }))
    .filter(({ from, to }) => from >= units || to >= units || from < to);
  const side = Array.from(
    { length: borders },
    (_, v) => v < units && level.units[v].kind === "leaf" && level.units[v].shape !== "tag",
  );
  const { into } = adjacency(borders, whole);
  for (let v = 0; v < units; v += 1)
    side[v] ||= level.units[v].kind === "node" && into[v].length > 0 && into[v].every((from) => side[from]);
  const story = tellStories(level, whole, borders, width);
  const rowOf = rows(level, whole, borders, story, width);
  const edges = cutStreams(whole, rowOf, side, borders);
  const count = rowOf.length;
  for (let v = borders; v < count; v += 1) side.push(false);
  for (const { from, to } of edges) if (to >= borders) story[to] = story[from];
  const sorted = order(level, rowOf, edges, side, count);
  const placeOf = new Array(count).fill(0);
  for (const row of sorted)
    row.forEach((v, place) => {
      placeOf[v] = place;
    });
  return {
    units,
    borders,
    count,
    edges,
    rowOf,
    rows: sorted,
    placeOf,
    sources: adjacency(count, edges).into,
    story,
    side,
  };
}

/** The most rows that a stream may pass in the middle rather than outside. */
const PASS = 8;

/**
 * A thing that nothing but leaves stands above gets its stream from further up straight through the rows between: each
 * such row keeps a place free for it. (Where a nearer stream arrives too, this one is a residual, and goes outside.)
 * @param {PlanEdge[]} edges @param {number[]} rowOf new places are added to it @param {boolean[]} side @param {number} count
 */
function cutStreams(edges, rowOf, side, count) {
  const { into } = adjacency(count, edges);
  /** @type {Map<string, number[]>} */
  const passed = new Map();
  return edges.flatMap((edge) => {
    const { from, to, wire, key } = edge;
    const span = rowOf[to] - rowOf[from];
    if (span < 2 || span > PASS || side[from] || into[to].some((v) => v !== from && !side[v] && rowOf[v] > rowOf[from]))
      return [edge];
    const id = `${from}|${key}`;
    const places = passed.get(id) ?? [];
    passed.set(id, places);
    /** @type {PlanEdge[]} */
    const pieces = [];
    for (let i = 0; i < span - 1; i += 1) {
      places[i] ??= rowOf.push(rowOf[from] + i + 1) - 1;
      pieces.push({ from: i ? places[i - 1] : from, to: places[i], wire, key });
    }
    return [...pieces, { from: places[span - 2], to, wire, key }];
  });
}

/** @param {number} count @param {Plan["edges"]} edges */
function adjacency(count, edges) {
  /** @type {number[][]} */
  const into = Array.from({ length: count }, () => []);
  /** @type {number[][]} */
  const out = Array.from({ length: count }, () => []);
  for (const { from, to } of edges) {
    into[to].push(from);
    out[from].push(to);
  }
  return { into, out };
}

/** @param {Level} level @param {Plan["edges"]} edges @param {number} count @param {readonly number[]} story @param {(unit: number) => number} width */
function rows(level, edges, count, story, width) {
  const units = level.units.length;
  const firstExit = units + level.entries.length;
  const { into, out } = adjacency(count, edges);
  const top = level.entries.length ? 1 : 0;
  const rowOf = new Array(count).fill(0);
  /** @type {number[]} the last row of each story, counted from the story's own first */
  const lasts = [];
  /** @type {Map<string, number>} the row of each module's latest call in its story */
  const called = new Map();
  const rooms = new Rooms(level, into, width);
  for (let v = 0; v < units; v += 1) {
    rowOf[v] = into[v].reduce(
      (row, from) => (story[from] === story[v] || from >= units ? Math.max(row, rowOf[from] + 1) : row),
      top,
    );
    const { again } = level.units[v];
    const key = `${story[v]}:${again}`;
    const after = again === null ? -1 : (called.get(key) ?? -1);
    rowOf[v] = rooms.from(v, story[v], Math.max(rowOf[v], after + 1));
    if (again !== null) called.set(key, rowOf[v]);
    lasts[story[v]] = Math.max(lasts[story[v]] ?? top - 1, rowOf[v]);
  }
  /** @type {number[]} */
  const begins = [];
  let next = 0;
  lasts.forEach((row, i) => {
    begins[i] = next;
    next += row - top + 1;
  });
  rooms.begin(begins);
  for (let v = 0; v < units; v += 1) rowOf[v] += begins[story[v]];
  for (let v = firstExit; v < count; v += 1) rowOf[v] = top + next;
  const free = new Array(count).fill(false);
  for (let v = 0; v < units; v += 1) free[v] = into[v].every((from) => from < units && free[from]);
  for (let v = units - 1; v >= 0; v -= 1) {
    if (free[v] && out[v].length)
      rowOf[v] = rooms.down(v, rowOf[v], Math.max(rowOf[v], Math.min(...out[v].map((to) => rowOf[to])) - 1));
  }
  return closed(rowOf);
}

/** The rows without those that nothing stands in. @param {number[]} rowOf */
function closed(rowOf) {
  const dense = new Map([...new Set(rowOf)].sort((a, b) => a - b).map((row, i) => [row, i]));
  return rowOf.map((row) => dense.get(row) ?? row);
}

/** @param {Level} level @param {number[]} rowOf @param {Plan["edges"]} edges @param {boolean[]} side @param {number} count */
function order(level, rowOf, edges, side, count) {
  /** @type {number[][]} */
  const result = [];
  const units = level.units.length;
  for (let v = 0; v < count; v += 1) (result[rowOf[v]] ??= []).push(v);
  for (let row = 0; row < result.length; row += 1) result[row] ??= [];
  const near = adjacency(
    count,
    edges.filter(({ from, to }) => rowOf[to] === rowOf[from] + 1),
  );
  const place = new Array(count).fill(0);
  /** @param {number[]} row */
  const settle = (row) =>
    row.forEach((v, i) => {
      place[v] = i - (row.length - 1) / 2;
    });
  // Leaves stand left of the stream; many of them on both sides of it.
  /** @type {number[]} */
  const ranks = side.map((beside) => (beside ? 0 : 1));
  for (const row of result) {
    const leaves = row.filter((v) => side[v]);
    if (leaves.length > 2) for (const v of leaves.slice(Math.ceil(leaves.length / 2))) ranks[v] = 2;
  }
  const rank = (/** @type {number} */ v) => ranks[v];
  for (const row of result) {
    row.sort(
      (a, b) =>
        rank(a) - rank(b) || (a < units && b < units ? level.units[a].order - level.units[b].order : 0) || a - b,
    );
    settle(row);
  }
  if (result.every((row) => row.length < 2)) return result;
  /** @param {number[]} row @param {(v: number) => number} key */
  const sort = (row, key) => {
    if (row.length < 2) return;
    const keys = new Map(row.map((v) => [v, key(v)]));
    const before = new Map(row.map((v, i) => [v, i]));
    row.sort(
      (a, b) =>
        (keys.get(a) ?? 0) - (keys.get(b) ?? 0) || rank(a) - rank(b) || (before.get(a) ?? 0) - (before.get(b) ?? 0),
    );
    settle(row);
  };
  const mean = (/** @type {number[]} */ list, /** @type {number} */ fallback) =>
    list.length ? list.reduce((sum, v) => sum + place[v], 0) / list.length : fallback;
  for (let sweep = 0; sweep < 3; sweep += 1) {
    for (const row of result) sort(row, (v) => (side[v] ? mean(near.out[v], place[v]) : mean(near.into[v], place[v])));
    for (let i = result.length - 1; i >= 0; i -= 1) sort(result[i], (v) => mean(near.out[v], place[v]));
  }
  return result;
}
