/**
 * The layout of one level, in its own coordinates: rows, places in each row, heights, and how every wire runs.
 *
 * Both sides share it: a unit's slot is as large as the larger of its two faces, and the backward side is the mirror image.
 */

import { placeColumns } from "./columns.js";
import { layLanes } from "./lanes.js";
import { planLevel } from "./layers.js";
import { placePorts } from "./ports.js";
import { plainRun } from "./run.js";
import { isRound, roomOf } from "./sides.js";
import { layTime } from "./timeline.js";

/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./types.js").SceneUnit} SceneUnit */
/** @typedef {import("./layers.js").Plan} Plan */
/** @typedef {import("./run.js").Run} Run */

/**
 * @typedef {object} Slot
 * @property {number} x centre
 * @property {number} y centre
 * @property {number} width
 * @property {number} height
 * @property {number} row
 * @property {boolean} clear whether nothing stands to its right
 */

/**
 * @typedef {object} LevelLayout
 * @property {number} width
 * @property {number} height
 * @property {Slot[]} slots
 * @property {number[]} entries x of each entry
 * @property {number[]} exits
 * @property {(Run | null)[]} runs one for each wire
 * @property {number[]} tops y of each row
 * @property {number[]} bottoms
 */

const PAD = 20;
const GAPS = {
  wide: { border: 42, group: 50, node: 52, op: 72 },
  middle: { border: 36, group: 40, node: 36, op: 42 },
  tight: { border: 20, group: 14, node: 26, op: 42 },
};

/**
 * @param {Level} level
 * @param {(LevelLayout | null)[]} inner the layouts of its open groups
 * @param {{room: import("./types.js").Room, header: number}} style
 * @returns {LevelLayout}
 */
export function layLevel(level, inner, style) {
  if (level.inTime)
    return layTime(
      level,
      inner,
      level.units.map((unit, i) => sizeOf(unit, inner[i])),
      style.header,
    );
  const sizes = level.units.map((unit, i) => sizeOf(unit, inner[i]));
  const plan = planLevel(level, (unit) => sizes[unit].width);
  const width = (/** @type {number} */ v) => (v < plan.units ? sizes[v].width : 18);
  const even = plan.units <= 12 && !level.entries.length && level.units.every((unit) => unit.kind !== "group");
  const ports = placePorts(level, plan, sizes, inner, even);
  const xs = placeColumns(level, plan, width, ports, even);
  const nets = longNets(level, plan, xs, ports);
  const boxes = plan.rows.map((row) => row.map((v) => ({ left: xs[v] - width(v) / 2, right: xs[v] + width(v) / 2 })));
  const lanes = layLanes(
    nets.map((net) => net.long),
    boxes,
  );
  movePorts(plan, nets, lanes, xs);
  const { tops, bottoms, tracks } = placeRows(level, plan, sizes, nets, lanes, xs, style);
  const reach = [...boxes.flat(), ...lanes.map((lane) => ({ left: lane.x - 4, right: lane.x + 4 }))];
  const left = reach.reduce((x, box) => Math.min(x, box.left), reach.length ? Infinity : 0) - PAD;
  const right = reach.reduce((x, box) => Math.max(x, box.right), reach.length ? -Infinity : 0) + PAD;
  /** @type {Slot[]} */
  const slots = sizes.map((size, v) => {
    const row = plan.rowOf[v];
    const spare = bottoms[row] - tops[row] - size.height;
    const lean = spare < 60 ? 0 : plan.side[v] ? spare / 2 : -spare / 2;
    const y = (tops[row] + bottoms[row]) / 2 + lean;
    return {
      x: xs[v] - left,
      y,
      width: size.width,
      height: size.height,
      row,
      clear: plan.placeOf[v] === plan.rows[row].length - 1,
    };
  });
  const shift = (/** @type {number} */ v) => xs[v] - left;
  return {
    width: right - left,
    height: (bottoms.at(-1) ?? style.header) + (level.exits.length ? 0 : PAD - 4),
    slots,
    tops,
    bottoms,
    entries: level.entries.map((_, i) => shift(plan.units + i)),
    exits: level.exits.map((_, i) => shift(plan.units + level.entries.length + i)),
    runs: runs(level, plan, xs, ports, nets, lanes, tracks, left),
  };
}

/** @param {SceneUnit} unit @param {LevelLayout | null} inner */
function sizeOf(unit, inner) {
  if (inner) {
    const least = Math.max(unit.forward?.width ?? 0, unit.backward?.width ?? 0);
    return { width: Math.max(inner.width, least), height: inner.height };
  }
  return roomOf(unit);
}

/**
 * The values that are used below the next row, each with all its far users.
 * @param {Level} level @param {Plan} plan @param {number[]} xs @param {{out: number[], into: number[]}} ports
 */
function longNets(level, plan, xs, ports) {
  /** @type {Map<string, {from: number, edges: number[], long: import("./lanes.js").Long}>} */
  const nets = new Map();
  plan.edges.forEach(({ from, to, key }, e) => {
    if (plan.rowOf[to] <= plan.rowOf[from] + 1) return;
    const id = `${from}|${key}`;
    let net = nets.get(id);
    if (!net) {
      net = {
        from,
        edges: [],
        long: { start: xs[from] + ports.out[e], row: plan.rowOf[from], targets: [], left: plan.side[from] },
      };
      nets.set(id, net);
    }
    const row = plan.rows[plan.rowOf[to]];
    const outermost = plan.placeOf[to] === row.length - 1;
    const fromSide =
      !plan.side[from] &&
      outermost &&
      to < plan.units &&
      level.units[to].kind !== "node" &&
      level.units[to].kind !== "output" &&
      !level.units[to].open;
    net.edges.push(e);
    net.long.targets.push({ x: xs[to] + ports.into[e], row: plan.rowOf[to], place: plan.placeOf[to], fromSide });
  });
  return [...nets.values()];
}

/** A border port that only far things use stands in their lane. @param {Plan} plan @param {ReturnType<typeof longNets>} nets @param {import("./lanes.js").Lane[]} lanes @param {number[]} xs */
function movePorts(plan, nets, lanes, xs) {
  nets.forEach((net, i) => {
    if (lanes[i].straight) return;
    const near = (/** @type {number} */ v) =>
      plan.edges.some(
        (edge) => (edge.from === v || edge.to === v) && plan.rowOf[edge.to] === plan.rowOf[edge.from] + 1,
      );
    if (net.from >= plan.units && net.from < plan.borders && !near(net.from))
      net.long.start = xs[net.from] = lanes[i].x;
    net.edges.forEach((e, k) => {
      const { to } = plan.edges[e];
      if (to >= plan.units && to < plan.borders && !near(to)) net.long.targets[k].x = xs[to] = lanes[i].x;
    });
  });
}

/**
 * @param {Level} level @param {Plan} plan @param {{height: number}[]} sizes
 * @param {ReturnType<typeof longNets>} nets @param {import("./lanes.js").Lane[]} lanes @param {number[]} xs @param {{room: import("./types.js").Room, header: number}} style
 */
function placeRows(level, plan, sizes, nets, lanes, xs, style) {
  const count = plan.rows.length;
  const leaving = new Array(count).fill(0);
  const coming = new Array(count).fill(0);
  /** @type {{out: number, in: number[]}[]} */
  const tracks = nets.map((net, i) => {
    const { straight, x } = lanes[i];
    const out = straight || x === net.long.start ? 0 : leaving[net.long.row]++;
    return {
      out,
      in: net.long.targets.map((target) => (straight || target.fromSide || target.x === x ? 0 : coming[target.row]++)),
    };
  });
  /** @type {number[]} */
  const tops = [];
  /** @type {number[]} */
  const bottoms = [];
  let y = style.header;
  for (let row = 0; row < count; row += 1) {
    const border = plan.rows[row].some((v) => v >= plan.units && v < plan.borders);
    if (row === 0 && border) y = 0;
    else if (row > 0)
      y +=
        Math.max(gap(level, plan, row, style), slope(plan, row, xs, nets, lanes)) +
        10 * Math.max(0, leaving[row - 1] - 1) +
        12 * coming[row];
    const height = plan.rows[row].reduce((most, v) => Math.max(most, v < plan.units ? sizes[v].height : 0), 0);
    tops.push(y);
    bottoms.push(y + height);
    y += height;
    if (row === 0 && border) y = style.header;
  }
  const placed = tracks.map((track, i) => ({
    out:
      bottoms[nets[i].long.row] +
      (nets[i].from >= plan.units && nets[i].from < plan.borders ? style.header + 6 : style.room === "tight" ? 7 : 11) +
      10 * track.out,
    in: track.in.map((k, t) => tops[nets[i].long.targets[t].row] - 16 - 12 * k),
  }));
  return { tops, bottoms, tracks: placed };
}

/**
 * The room that wires need to cross from one row to the next, or into and out of a free column, without lying flat.
 * @param {Plan} plan @param {number} row @param {number[]} xs @param {ReturnType<typeof longNets>} nets @param {import("./lanes.js").Lane[]} lanes
 */
function slope(plan, row, xs, nets, lanes) {
  let most = 0;
  for (const v of plan.rows[row])
    for (const from of plan.sources[v])
      if (plan.rowOf[from] === row - 1) most = Math.max(most, Math.abs(xs[v] - xs[from]));
  nets.forEach(({ long }, i) => {
    if (!lanes[i].straight) return;
    if (long.row === row - 1) most = Math.max(most, Math.abs(lanes[i].x - long.start));
    for (const target of long.targets) if (target.row === row) most = Math.max(most, Math.abs(lanes[i].x - target.x));
  });
  return most < 30 ? 0 : Math.min(70, 16 + most / 4);
}

/** The room between two rows: values ride there. @param {Level} level @param {Plan} plan @param {number} row @param {{room: import("./types.js").Room}} style */
function gap(level, plan, row, style) {
  const above = plan.rows[row - 1];
  const here = plan.rows[row];
  const { border, group, node, op } = GAPS[style.room];
  const port = (/** @type {number} */ v) => v >= plan.units && v < plan.borders;
  if (here.every(port)) return border;
  if (above.every(port)) return 22;
  const quiet = (/** @type {number} */ v) =>
    v >= plan.units || level.units[v].kind === "group" || isRound(level.units[v]);
  const last = (/** @type {number} */ v) => v < plan.units && level.units[v].kind === "output";
  if (above.every(quiet) && here.every((v) => quiet(v) || last(v))) return group;
  if (above.every((v) => v < plan.units && level.units[v].kind === "node")) return node;
  return op;
}

/** @param {Level} level @param {Plan} plan @param {number[]} xs @param {{out: number[], into: number[]}} ports @param {ReturnType<typeof longNets>} nets @param {import("./lanes.js").Lane[]} lanes @param {{out: number, in: number[]}[]} tracks @param {number} left */
function runs(level, plan, xs, ports, nets, lanes, tracks, left) {
  /** @type {(Run | null)[]} */
  const result = level.wires.map(() => null);
  plan.edges.forEach(({ from, to, wire }, e) => {
    const known = result[wire];
    if (known) {
      known.via.push(xs[from] - left);
      Object.assign(known, { end: xs[to] + ports.into[e] - left, toRow: plan.rowOf[to] });
      return;
    }
    result[wire] = plainRun(xs[from] + ports.out[e] - left, xs[to] + ports.into[e] - left, {
      fromRow: plan.rowOf[from],
      toRow: plan.rowOf[to],
    });
  });
  nets.forEach((net, i) =>
    net.edges.forEach((e, k) => {
      const run = result[plan.edges[e].wire];
      if (!run) return;
      const target = net.long.targets[k];
      Object.assign(run, {
        start: net.long.start - left,
        end: target.x - left,
        lane: lanes[i].x - left,
        straight: lanes[i].straight,
        out: tracks[i].out,
        in: tracks[i].in[k],
        bySide: target.fromSide && !lanes[i].straight,
      });
    }),
  );
  return result;
}
