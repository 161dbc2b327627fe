/**
 * The layout of a loop: its turns stand side by side along time, as one reads, and what one hands to the next crosses the
 * gap between them. What all turns are given runs along above them; what they give goes down to the border.
 *
 * Turns that are closed hand on from side to side. An open one has its ports above and below, so the wire leaves below,
 * rises in the gap and enters the next from above. Of many turns, some stand in the rows below.
 */

import { BUNDLE } from "./bundles.js";
import { plainRun } from "./run.js";

/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./types.js").Wire} Wire */
/** @typedef {import("./level.js").LevelLayout} LevelLayout */
/** @typedef {import("./paths.js").Point} Point */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {{x: number, y: number, width: number, height: number, row: number}} Cell */

/**
 * A wire's way: from the side of a thing, `out` below its middle, or from `x` on its lower edge; over corners; and so in.
 * @typedef {{out: {x: number} | {beside: number}, via: Point[], into: {x: number} | {beside: number}}} Bend
 */

const PAD = 20;
const GAP = 36;
/** A row of turns is about so wide. */
const WIDE = 1300;
const TRACK = 10;
/** The title row stands left of what is given. */
const LEAST = 320;
const ABOVE = 24;

/** @param {Level} level @param {(LevelLayout | null)[]} inner @param {readonly Size[]} sizes @param {number} header @returns {LevelLayout} */
export function layTime(level, inner, sizes, header) {
  return new Timeline(level, inner, sizes, header).layout();
}

class Timeline {
  /** @param {Level} level @param {(LevelLayout | null)[]} inner @param {readonly Size[]} sizes @param {number} header */
  constructor(level, inner, sizes, header) {
    this.level = level;
    /** @type {(LevelLayout | null)[]} */
    this.inner = inner;
    this.header = header;
    /** @type {Map<string, number>[]} the tracks above each row, and below the last, by what runs on them */
    this.tracks = [];
    /** @type {Map<string, number>} lanes left of all, by entry */
    this.lanes = new Map();
    /** @type {Map<number, Map<string, number>>} what rises in front of each turn */
    this.risers = new Map();
    /** @type {Map<string, Wire[]>} the wires between each two */
    this.pairs = new Map();
    for (const wire of level.wires) {
      if (this.rises(wire)) this.riser(wire);
      const pair = `${wire.from}>${wire.to}`;
      this.pairs.set(pair, [...(this.pairs.get(pair) ?? []), wire]);
    }
    this.cells = this.place(sizes);
    this.rows = Math.max(0, ...this.cells.map((cell) => cell.row)) + 1;
    this.ports = { into: this.fan("to"), out: this.fan("from") };
  }

  /** Whether a wire between turns cannot go straight from side to side. @param {Wire} wire */
  rises({ from, to }) {
    return from >= 0 && to >= 0 && (to !== from + 1 || this.inner[from] !== null || this.inner[to] !== null);
  }

  /** @param {Wire} wire */
  riser({ to, key }) {
    /** @type {Map<string, number>} */
    const risers = this.risers.get(to) ?? new Map();
    this.risers.set(to, risers);
    if (!risers.has(key)) risers.set(key, risers.size);
    return risers.get(key) ?? 0;
  }

  /** Turn by turn in rows of about one width. @param {readonly Size[]} sizes @returns {Cell[]} */
  place(sizes) {
    const gaps = sizes.map((_, i) => GAP + TRACK * (this.risers.get(i)?.size ?? 0));
    const total = sizes.reduce((sum, { width }, i) => sum + width + gaps[i], 0);
    const limit = total / Math.max(1, Math.round(total / WIDE));
    let [x, row] = [0, 0];
    return sizes.map(({ width, height }, i) => {
      if (i > 0 && x + width / 2 > limit) [x, row] = [0, row + 1];
      x += (x > 0 ? gaps[i] : 0) + width;
      return { x: x - width / 2, y: 0, width, height, row };
    });
  }

  /** Where wires go in from above (or out below): one port for each value, beside the middle. @param {"from" | "to"} end @returns {Map<string, number>} */
  fan(end) {
    /** @type {Map<number, string[]>} */
    const keys = new Map();
    for (const wire of this.level.wires) {
      const at = wire[end];
      if (at < 0 || this.inner[at] || this.besides(wire)) continue;
      const list = keys.get(at) ?? [];
      if (!list.includes(wire.key)) keys.set(at, [...list, wire.key]);
    }
    /** @type {Map<string, number>} */
    const ports = new Map();
    for (const [at, list] of keys) {
      const step = list.length > BUNDLE ? 0 : Math.min(22, (this.cells[at].width - 28) / Math.max(1, list.length - 1));
      list.forEach((key, i) => ports.set(`${at} ${key}`, (i - (list.length - 1) / 2) * step));
    }
    return ports;
  }

  /** Whether a wire goes from one turn straight into the side of the next. @param {Wire} wire */
  besides(wire) {
    return wire.from >= 0 && wire.to >= 0 && !this.rises(wire) && this.cells[wire.from].row === this.cells[wire.to].row;
  }

  /** @param {Wire} wire @param {"from" | "to"} end */
  portX(wire, end) {
    const at = wire[end];
    const cell = this.cells[at];
    const layout = this.inner[at];
    if (!layout) return cell.x + (this.ports[end === "to" ? "into" : "out"].get(`${at} ${wire.key}`) ?? 0);
    const port = end === "to" ? layout.entries[wire.entry ?? 0] : layout.exits[wire.exit ?? 0];
    return cell.x - layout.width / 2 + (port ?? layout.width / 2);
  }

  /** @param {number} row @param {string} what */
  track(row, what) {
    const tracks = (this.tracks[row] ??= new Map());
    if (!tracks.has(what)) tracks.set(what, tracks.size);
    return tracks.get(what) ?? 0;
  }

  /** @returns {LevelLayout} */
  layout() {
    const { level, cells, rows } = this;
    const plans = level.wires.map((wire) => this.plan(wire));
    const left = PAD + TRACK * this.lanes.size;
    const inside = Math.max(LEAST, ...cells.map((cell) => cell.x + cell.width / 2));
    const crossing = plans.some((plan) => plan.right);
    const width = left + inside + PAD + (crossing ? 14 : 0);
    const tops = [];
    let y = this.header;
    for (let row = 0; row < rows; row += 1) {
      tops.push(y);
      y += this.band(row);
      y += this.stand(row, y);
    }
    tops.push(y);
    const height = y + (this.tracks[rows]?.size || level.exits.length ? this.band(rows) : PAD - 4);
    const place = { left, right: left + inside + 14, tops };
    const middle = left + inside / 2;
    const entries = spread(level.entries.length, middle);
    const exits = spread(level.exits.length, middle);
    return {
      width,
      height,
      slots: cells.map((cell, i) => ({ ...cell, x: cell.x + left, clear: cells[i + 1]?.row !== cell.row })),
      entries,
      exits,
      tops: [0, 0],
      bottoms: [0, 0],
      runs: level.wires.map((wire, i) => ({
        ...plainRun(0, 0, { fromRow: 0, toRow: 0 }),
        bend: this.bend(wire, plans[i], place, entries, exits),
      })),
    };
  }

  /** Puts the things of a row on one line, and open ones that are higher below it; the height of all. @param {number} row @param {number} top */
  stand(row, top) {
    const cells = this.cells.filter((cell) => cell.row === row);
    const heights = this.cells.flatMap((cell, i) => (cell.row === row && !this.inner[i] ? cell.height : []));
    const line = Math.max(0, ...heights) / 2;
    for (const cell of cells) cell.y = top + Math.max(line, cell.height / 2);
    return Math.max(2 * line, ...cells.map((cell) => cell.height));
  }

  /** The height of the tracks above a row (of a number after the last: below it). @param {number} row */
  band(row) {
    return ABOVE + TRACK * (this.tracks[row]?.size ?? 0);
  }

  /**
   * What a wire runs along: tracks above rows, a lane on the left for what is given to rows further down, one on the right
   * for what comes from rows above the last.
   * @param {Wire} wire @returns {{above: number | null, below: number | null, lane: number | null, right: boolean, riser: number | null, top: number | null}}
   */
  plan(wire) {
    const { from, to, key } = wire;
    const plan = { above: null, below: null, lane: null, right: false, riser: null, top: null };
    if (this.besides(wire)) return plan;
    if (from < 0) {
      const { row } = this.cells[to];
      const what = this.level.entries.length > BUNDLE ? "given" : `given ${key}`;
      if (row === 0) return { ...plan, above: this.track(0, what) };
      if (!this.lanes.has(what)) this.lanes.set(what, this.lanes.size);
      return { ...plan, top: this.track(0, what), lane: this.lanes.get(what) ?? 0, above: this.track(row, what) };
    }
    const { row } = this.cells[from];
    if (to < 0) {
      if (row < this.rows - 1) return { ...plan, right: true, below: this.track(row + 1, "made") };
      return { ...plan, below: this.track(row + 1, this.level.exits.length > BUNDLE ? "made" : `made ${key}`) };
    }
    // What goes on to the next turn has its tracks to itself between the two; the next pair takes the same.
    const riser = this.rises(wire) ? this.riser(wire) : 0;
    const what = to === from + 1 ? `on ${riser}` : `on ${key}`;
    const below = this.track(row + 1, what);
    if (this.cells[to].row === row + 1) return { ...plan, below };
    return { ...plan, below, above: this.track(this.cells[to].row, what), riser };
  }

  /**
   * @param {Wire} wire @param {ReturnType<Timeline["plan"]>} plan @param {{left: number, right: number, tops: number[]}} place
   * @param {number[]} entries @param {number[]} exits @returns {Bend}
   */
  bend(wire, plan, { left, right, tops }, entries, exits) {
    if (this.besides(wire)) {
      const beside = this.beside(wire);
      return { out: { beside }, via: [], into: { beside } };
    }
    const y = (/** @type {number} */ row, /** @type {number} */ track) => tops[row] + 8 + TRACK * track;
    const x = {
      from: wire.from < 0 ? (entries[-1 - wire.from] ?? 0) : left + this.portX(wire, "from"),
      to: wire.to < 0 ? (exits[-1 - wire.to] ?? 0) : left + this.portX(wire, "to"),
    };
    /** @type {Point[]} */
    const via = [];
    let at = x.from;
    const along = (/** @type {number} */ to, /** @type {number} */ height) => {
      if (to !== at) via.push({ x: at, y: height }, { x: to, y: height });
      at = to;
    };
    if (plan.lane !== null && plan.top !== null) along(left - TRACK * (1 + plan.lane), y(0, plan.top));
    if (plan.below !== null) {
      const row = this.cells[wire.from].row + 1;
      const target = plan.right ? right : plan.riser === null ? x.to : this.riserX(wire, plan.riser, left);
      along(target, y(row, plan.below));
    }
    if (plan.above !== null) along(x.to, y(this.cells[wire.to].row, plan.above));
    if (at !== x.to) along(x.to, tops[tops.length - 1] + 8);
    return { out: { x: x.from }, via, into: { x: x.to } };
  }

  /** @param {Wire} wire @param {number} riser @param {number} left */
  riserX({ to }, riser, left) {
    const cell = this.cells[to];
    return left + cell.x - cell.width / 2 - 14 - TRACK * riser;
  }

  /** How far below the middle a wire goes from side to side. @param {Wire} wire */
  beside(wire) {
    const together = this.pairs.get(`${wire.from}>${wire.to}`) ?? [wire];
    const step = Math.min(12, 20 / Math.max(1, together.length - 1));
    return (together.indexOf(wire) - (together.length - 1) / 2) * step;
  }
}

/** The corners of a bent wire, between the boxes that it joins on one side of the graph; null: the border. @param {Bend} bend @param {import("./types.js").Box | null} from @param {import("./types.js").Box | null} to @param {number} height of the level @returns {Point[]} */
export function bent({ out, via, into }, from, to, height) {
  /** @param {Bend["out"]} port @param {import("./types.js").Box | null} box @param {1 | -1} way */
  const end = (port, box, way) => {
    if ("beside" in port)
      return box ? { x: box.x + (way * box.width) / 2, y: box.y + port.beside } : { x: 0, y: port.beside };
    if (!box) return { x: port.x, y: way > 0 ? 0 : height };
    return { x: port.x, y: box.y + (way * box.height) / 2 };
  };
  return [end(out, from, 1), ...via, end(into, to, -1)];
}

/** Ports beside the middle of a border, near to each other; all at one place if they are many. @param {number} count @param {number} middle */
function spread(count, middle) {
  const step = count > BUNDLE ? 0 : 20;
  return Array.from({ length: count }, (_, i) => Math.round(middle + (i - (count - 1) / 2) * step));
}
