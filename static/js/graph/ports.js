/** Where wires leave and arrive along the edges of things: one port for each value, in the order of the other ends. */

/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./layers.js").Plan} Plan */
/** @typedef {import("./level.js").LevelLayout} LevelLayout */

/**
 * Where wires leave and arrive, relative to a vertex's centre.
 * @param {Level} level @param {Plan} plan @param {{width: number}[]} sizes @param {(LevelLayout | null)[]} inner @param {boolean} even
 * @returns {{out: number[], into: number[]}} by index in `plan.edges`
 */
export function placePorts(level, plan, sizes, inner, even) {
  const out = new Array(plan.edges.length).fill(0);
  const into = new Array(plan.edges.length).fill(0);
  /** @type {number[][]} */
  const leaving = Array.from({ length: plan.units }, () => []);
  /** @type {number[][]} */
  const arriving = Array.from({ length: plan.units }, () => []);
  plan.edges.forEach(({ from, to }, e) => {
    if (from < plan.units) leaving[from].push(e);
    if (to < plan.units) arriving[to].push(e);
  });
  for (let v = 0; v < plan.units; v += 1) {
    const unit = level.units[v];
    const layout = inner[v];
    if (layout) {
      const half = layout.width / 2;
      for (const e of leaving[v]) out[e] = (layout.exits[level.wires[plan.edges[e].wire].exit ?? 0] ?? half) - half;
      for (const e of arriving[v])
        into[e] = (layout.entries[level.wires[plan.edges[e].wire].entry ?? 0] ?? half) - half;
      continue;
    }
    if (unit.kind === "node") continue;
    const room = Math.min(unit.forward?.width ?? Infinity, unit.backward?.width ?? Infinity, sizes[v].width) - 28;
    const far = (/** @type {number} */ e) => plan.rowOf[plan.edges[e].to] - plan.rowOf[plan.edges[e].from] > 1;
    fan(
      arriving[v],
      (e) => `${plan.edges[e].from}|${plan.edges[e].key}`,
      (e) =>
        (far(e) ? (plan.side[plan.edges[e].from] ? -1e6 : 1e6) : 0) +
        plan.placeOf[plan.edges[e].from] -
        plan.rows[plan.rowOf[plan.edges[e].from]].length / 2,
      room,
      into,
    );
    if (!even) centreStream(plan, arriving[v], into);
    fan(
      leaving[v],
      (e) => plan.edges[e].key,
      (e) => (far(e) ? 1e6 : 0) + plan.placeOf[plan.edges[e].to],
      room,
      out,
    );
  }
  return { out, into };
}

/** A single stream among leaves arrives in the middle, so that it runs on straight. @param {Plan} plan @param {number[]} edges @param {number[]} into */
function centreStream(plan, edges, into) {
  const streams = edges.filter((e) => !plan.side[plan.edges[e].from]);
  if (streams.length !== 1 || edges.length < 2) return;
  const off = into[streams[0]];
  for (const e of edges) if (e !== streams[0]) into[e] = (into[e] - off) * (Math.abs(off) > 0 ? 0.55 : 1);
  into[streams[0]] = 0;
}

/** Spreads ports along an edge, one for each value. @param {number[]} edges @param {(e: number) => string} key @param {(e: number) => number} rank @param {number} room @param {number[]} result */
function fan(edges, key, rank, room, result) {
  /** @type {Map<string, {rank: number, edges: number[]}>} */
  const ports = new Map();
  for (const e of edges) {
    const port = ports.get(key(e));
    if (!port) ports.set(key(e), { rank: rank(e), edges: [e] });
    else {
      port.rank = Math.min(port.rank, rank(e));
      port.edges.push(e);
    }
  }
  const sorted = [...ports.values()].sort((a, b) => a.rank - b.rank);
  const step = sorted.length > 1 ? Math.min(44, Math.max(0, room) / (sorted.length - 1)) : 0;
  sorted.forEach((port, i) => {
    for (const e of port.edges) result[e] = (i - (sorted.length - 1) / 2) * step;
  });
}
