/** The x of everything in a level: each thing near to what it is joined to, the longest stream straight. */

import { spread } from "./align.js";

/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./layers.js").Plan} Plan */

/** Between two boxes that stand side by side. */
export const GAP = 40;

/**
 * The x of every vertex. `even`: in a small graph leaves count as much as the stream, so that a thing is centred under all
 * that it needs; otherwise the stream runs straight.
 * @param {Level} level @param {Plan} plan @param {(v: number) => number} width @param {{out: number[], into: number[]}} ports @param {boolean} even @returns {number[]}
 */
export function placeColumns(level, plan, width, ports, even) {
  const x = new Array(plan.count).fill(0);
  const rooms = plan.rows.map((row) =>
    row.slice(1).map((v, i) => (width(row[i]) + width(v)) / 2 + (v >= plan.units ? 14 : GAP)),
  );
  /** @type {{v: number, by: number, weight: number}[][]} */
  const above = Array.from({ length: plan.count }, () => []);
  /** @type {{v: number, by: number, weight: number}[][]} */
  const below = Array.from({ length: plan.count }, () => []);
  const chain = chains(level, plan);
  const pair = (/** @type {{from: number, to: number}} */ { from, to }) => `${from}>${to}`;
  /** @type {Map<string, number>} */
  const bundles = new Map();
  for (const edge of plan.edges) bundles.set(pair(edge), (bundles.get(pair(edge)) ?? 0) + 1);
  const closed = (/** @type {number} */ v) => v >= plan.units || !level.units[v].open;
  plan.edges.forEach((edge, e) => {
    const { from, to } = edge;
    if (plan.rowOf[to] !== plan.rowOf[from] + 1) return;
    // What several values join (the steps of an LSTM) stands in one column, though its ports differ.
    const by = (bundles.get(pair(edge)) ?? 0) > 1 && closed(from) && closed(to) ? 0 : ports.out[e] - ports.into[e];
    const through = from >= plan.borders && to >= plan.borders;
    const weight = through
      ? 20
      : even || 2 * chain[from] >= Math.max(...plan.sources[to].map((v) => chain[v]))
        ? 1
        : 1e-4;
    above[to].push({ v: from, by, weight });
    below[from].push({ v: to, by: -by, weight });
  });
  /** @param {number[]} row @param {number[]} room @param {{v: number, by: number, weight: number}[][]} near @param {(v: number) => boolean} fixed */
  const settle = (row, room, near, fixed) => {
    const weights = row.map((v) =>
      fixed(v)
        ? 1e6
        : Math.max(
            0.02,
            near[v].reduce((sum, other) => sum + other.weight, 0),
          ),
    );
    const wanted = row.map((v) => {
      const total = near[v].reduce((sum, other) => sum + other.weight, 0);
      return fixed(v) || total === 0
        ? x[v]
        : near[v].reduce((sum, other) => sum + other.weight * (x[other.v] + other.by), 0) / total;
    });
    spread(wanted, weights, room).forEach((place, i) => {
      x[row[i]] = place;
    });
  };
  plan.rows.forEach((row, i) => {
    spread(
      row.map(() => 0),
      row.map(() => 1),
      rooms[i],
    ).forEach((place, k) => {
      x[row[k]] = place;
    });
  });
  const none = () => false;
  const stream = (/** @type {number} */ v) => !plan.side[v];
  for (let sweep = 0; sweep < 4; sweep += 1) {
    for (let i = plan.rows.length - 2; i >= 0; i -= 1) settle(plan.rows[i], rooms[i], below, none);
    for (let i = 0; i < plan.rows.length; i += 1) settle(plan.rows[i], rooms[i], above, none);
    for (let i = plan.rows.length - 2; i >= 0; i -= 1) settle(plan.rows[i], rooms[i], below, stream);
  }
  if (plan.units < plan.count) {
    for (let i = 0; i < plan.rows.length; i += 1)
      settle(plan.rows[i], rooms[i], below, (v) => v < plan.units || below[v].length === 0);
  }
  centreStories(plan, x, width);
  return x.map((value) => Math.round(value));
}

/** Stories that stand below each other share one middle. @param {Plan} plan @param {number[]} x @param {(v: number) => number} width */
function centreStories(plan, x, width) {
  /** @type {{left: number, right: number}[]} */
  const extents = [];
  x.forEach((at, v) => {
    if (v >= plan.units && v < plan.borders) return;
    const extent = (extents[plan.story[v]] ??= { left: Infinity, right: -Infinity });
    extent.left = Math.min(extent.left, at - width(v) / 2);
    extent.right = Math.max(extent.right, at + width(v) / 2);
  });
  if (extents.length < 2) return;
  for (let v = 0; v < plan.count; v += 1) {
    const extent = extents[plan.story[v]];
    if (extent && (v < plan.units || v >= plan.borders)) x[v] -= (extent.left + extent.right) / 2;
  }
}

/** How long the stream above each vertex is: the longest is kept straight. @param {Level} level @param {Plan} plan */
function chains(level, plan) {
  const chain = new Array(plan.count).fill(1);
  for (const row of plan.rows)
    for (const v of row) {
      if (v >= plan.units && v < plan.borders) chain[v] = 8;
      for (const from of plan.sources[v])
        chain[v] = Math.max(chain[v], chain[from] + (v < plan.units ? (level.units[v].counts?.ops ?? 1) : 0));
    }
  return chain;
}
