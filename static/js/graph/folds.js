/**
 * Folds: what repeats itself is found by its structure and put together. A *stack* is a chain of equal modules (the blocks
 * of a GPT-2). A *loop* is the same modules and lines over and over (the steps of an RNN); of a long one the middle is put
 * away (the *rest*). Each *turn* takes a value from the one before: what merely stands side by side is left as it is.
 *
 * A fold is a group like a module call: it has a number after the last call's, a parent, and things in it.
 */

import { Alike } from "./alike.js";
import { repeats } from "./repeats.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").Connection} Connection */
/** @typedef {import("./types.js").Fold} Fold */
/** @typedef {import("./alike.js").Bead} Bead */
/** @typedef {{parents: (number | null)[], folds: Map<number, Fold>, foldOf: Map<string, number>}} Nesting */

/** The fewest equal things that are put together. */
const LEAST = 4;
/** Of a loop with more turns than both together and two more, so many are shown first and last. */
const FIRST = 3;
const LAST = 2;
/** A chain of modules in a program with fewer ops and nodes is shown as it is. */
const SMALL = 60;

/** Finds the folds of a tape, and gives every unit its `home`. @param {Tape} tape @param {ReadonlyMap<string, Unit>} units @param {readonly Connection[]} connections @returns {Nesting} */
export function foldUp(tape, units, connections) {
  return new Folder(tape, units).fold(connections);
}

class Folder {
  /** @param {Tape} tape @param {ReadonlyMap<string, Unit>} units */
  constructor(tape, units) {
    this.tape = tape;
    this.units = units;
    /** @type {(number | null)[]} */
    this.parents = tape.calls.map((call) => call.parent);
    /** @type {Map<number, Fold>} */
    this.folds = new Map();
    /** @type {Map<string, number>} */
    this.foldOf = new Map();
    /** @type {Map<number, number>} where each fold begins */
    this.orders = new Map();
    this.depths = this.parents.map(() => 0);
    for (const { id, parent } of tape.calls) if (parent !== null) this.depths[id] = this.depths[parent] + 1;
    this.beads = this.string();
    this.alike = new Alike(tape, this.beads);
    /** The ops that further nodes belong to. */
    this.shared = new Set(/** @type {(number | null)[]} */ ([]));
    let drawn = 0;
    for (const { kind, op, node } of units.values()) {
      drawn += Number(kind === "op") + Number(node !== null);
      if (kind === "node") this.shared.add(op);
    }
    this.small = drawn < SMALL;
    /** @type {Map<string, Set<string>>} from each bead to those beside it that a value goes on to */
    this.links = new Map();
    /** @type {Map<string, Set<string>>} from each leaf to the beads beside it that use it */
    this.users = new Map();
  }

  /** What ran in each call, in order: its ops and the calls in it. */
  string() {
    /** @type {Map<number, number>} */
    const orders = new Map();
    /** @type {Map<number | null, Bead[]>} */
    const beads = new Map();
    const add = (/** @type {number | null} */ call, /** @type {Bead} */ bead) => {
      const list = beads.get(call);
      if (list) list.push(bead);
      else beads.set(call, [bead]);
    };
    for (const { id, kind, op, call, order } of this.units.values()) {
      if (kind !== "op" || op === null) continue;
      add(call, { id, order, op, call: null });
      for (let at = call; at !== null && order < (orders.get(at) ?? Infinity); at = this.parents[at])
        orders.set(at, order);
    }
    for (const [call, order] of orders) add(this.parents[call], { id: `call:${call}`, order, op: -1, call });
    for (const list of beads.values()) list.sort((a, b) => a.order - b.order);
    return beads;
  }

  /** @param {readonly Connection[]} connections @returns {Nesting} */
  fold(connections) {
    /** @type {Map<number | null, readonly Bead[]>} */
    const repeating = new Map();
    for (const [call, beads] of this.beads)
      if (beads.length >= LEAST && this.repeatsOf(beads).length) repeating.set(call, beads);
    if (!repeating.size) return this;
    for (const connection of connections) this.link(connection, repeating);
    for (const [call, beads] of repeating) this.arrange(call, beads);
    this.house();
    return this;
  }

  /** Notes a connection where the ways to its two ends part, if something repeats itself there. @param {Connection} connection @param {ReadonlyMap<number | null, unknown>} repeating */
  link({ from, to }, repeating) {
    const [a, b] = [this.units.get(from), this.units.get(to)];
    if (!a || !b) return;
    let [x, y] = [a.call, b.call];
    let [below, beside] = [/** @type {number | null} */ (null), /** @type {number | null} */ (null)];
    while (x !== y) {
      if (this.depthOf(x) >= this.depthOf(y)) {
        below = x;
        x = x === null ? null : this.parents[x];
      } else {
        beside = y;
        y = y === null ? null : this.parents[y];
      }
    }
    if (!repeating.has(x)) return;
    const start = below === null ? this.beadOf(a) : `call:${below}`;
    const end = beside === null ? this.beadOf(b) : `call:${beside}`;
    if (start === end) return;
    const map = a.kind === "leaf" && start === a.id ? this.users : this.links;
    const ends = map.get(start);
    if (ends) ends.add(end);
    else map.set(start, new Set([end]));
  }

  /** @param {number | null} call */
  depthOf(call) {
    return call === null ? -1 : this.depths[call];
  }

  /** An op's further nodes are a part of it. @param {Unit} unit */
  beadOf(unit) {
    return unit.kind === "node" && this.units.has(`op:${unit.op}`) ? `op:${unit.op}` : unit.id;
  }

  /** @param {Bead} a @param {Bead} b */
  linked(a, b) {
    return this.links.get(a.id)?.has(b.id) ?? false;
  }

  /** @param {readonly Bead[]} beads */
  repeatsOf(beads) {
    return repeats(
      beads.map((bead) => this.alike.kin(bead)),
      LEAST,
    );
  }

  /** Puts together what repeats itself among things side by side. @param {number | null} parent @param {readonly Bead[]} beads */
  arrange(parent, beads) {
    for (const { from, period, times } of this.repeatsOf(beads)) {
      const run = beads.slice(from, from + period * times);
      if (!this.goesOn(run, period)) continue;
      if (this.isLoop(run, period)) this.loop(parent, run, period);
      else if (!this.small) this.stack(parent, run, period);
    }
  }

  /** Whether the same modules, or no modules, work in every turn. @param {readonly Bead[]} beads @param {number} period */
  isLoop(beads, period) {
    const module = (/** @type {Bead} */ bead) => bead.call !== null && this.tape.calls[bead.call].module;
    return beads.every((bead, i) => i < period || module(bead) === module(beads[i - period]));
  }

  /** Whether every turn has something from the one before. @param {readonly Bead[]} beads @param {number} period */
  goesOn(beads, period) {
    for (let i = period; i < beads.length; i += period) {
      const before = beads.slice(i - period, i);
      const turn = beads.slice(i, i + period);
      if (!before.some((a) => turn.some((b) => this.linked(a, b)))) return false;
    }
    return true;
  }

  /** @param {number | null} parent @param {readonly Bead[]} beads @param {number} period */
  stack(parent, beads, period) {
    const times = beads.length / period;
    const stack = this.add("stack", beads[0], { parent, members: [], times, first: 0 });
    turnsOf(beads, period).forEach((turn, i) => {
      stack.members.push(period === 1 ? turn[0].id : this.turn(stack.id, i, turn));
      if (period === 1) this.move(stack.id, turn);
    });
  }

  /** @param {number | null} parent @param {readonly Bead[]} beads @param {number} period */
  loop(parent, beads, period) {
    const times = beads.length / period;
    const loop = this.add("loop", beads[0], { parent, members: [], times, first: 0 });
    const turns = turnsOf(beads, period);
    const alone = period === 1 && beads.every((bead) => bead.call !== null || this.isAlone(bead));
    const hidden = times - FIRST - LAST;
    const rest =
      hidden < 2
        ? null
        : this.add("rest", turns[FIRST][0], { parent: loop.id, members: [], times: hidden, first: FIRST });
    turns.forEach((turn, i) => {
      const within = rest && i >= FIRST && i < times - LAST ? rest : loop;
      const name = alone ? turn[0].id : this.turn(within.id, i, turn);
      if (alone) this.move(within.id, turn);
      loop.members.push(name);
      if (within === rest) rest.members.push(name);
    });
  }

  /** Whether an op has one node at most, so that nothing else belongs to it. @param {Bead} bead */
  isAlone(bead) {
    return !this.shared.has(bead.op);
  }

  /** @param {number} parent @param {number} index @param {readonly Bead[]} beads */
  turn(parent, index, beads) {
    const members = beads.map((bead) => bead.id);
    const turn = this.add("turn", beads[0], { parent, members, times: 1, first: index });
    this.move(turn.id, beads);
    this.arrange(turn.id, beads);
    return turn.name;
  }

  /** @param {number} group @param {readonly Bead[]} beads */
  move(group, beads) {
    for (const { id, call } of beads) {
      const unit = this.units.get(id);
      if (call !== null) this.parents[call] = group;
      else if (unit) unit.home = group;
    }
  }

  /** @param {Fold["kind"]} kind @param {Bead} begin @param {Omit<Fold, "id" | "kind" | "name">} fields @returns {Fold} */
  add(kind, begin, fields) {
    const id = this.parents.push(fields.parent) - 1;
    this.orders.set(id, begin.order);
    const at = kind === "stack" ? (begin.call ?? `op${begin.op}`) : begin.order;
    let name = `${kind}:${at}`;
    while (this.foldOf.has(name)) name += "+";
    const fold = { id, kind, name, ...fields };
    this.folds.set(id, fold);
    this.foldOf.set(name, id);
    return fold;
  }

  /** What belongs to one turn alone goes into it: further nodes of its ops, and leaves that nothing else uses. */
  house() {
    if (!this.folds.size) return;
    /** @type {Map<number, Unit[]>} */
    const leaves = new Map();
    for (const unit of this.units.values()) {
      if (unit.kind === "node" && this.beadOf(unit) !== unit.id) unit.home = this.homeOf(this.beadOf(unit));
      if (unit.kind !== "leaf") continue;
      const homes = new Set([...(this.users.get(unit.id) ?? [])].map((bead) => this.homeOf(bead)));
      const [home] = homes;
      if (home === undefined || home === null) continue;
      if (homes.size > 1 || this.folds.get(home)?.kind !== "turn") this.putBefore(unit, homes);
      else if (leaves.has(home)) leaves.get(home)?.push(unit);
      else leaves.set(home, [unit]);
    }
    for (const [home, units] of leaves) this.takeIn(home, units, leaves);
  }

  /** The group that a bead is in. @param {string} bead */
  homeOf(bead) {
    return bead.startsWith("call:") ? this.parents[Number(bead.slice(5))] : (this.units.get(bead)?.home ?? null);
  }

  /** Into a turn; but what only the first turn has (the state that a loop begins with) is given to the loop. @param {number} home @param {readonly Unit[]} units @param {ReadonlyMap<number, readonly Unit[]>} leaves */
  takeIn(home, units, leaves) {
    const turn = this.folds.get(home);
    const loop = this.folds.get(turn?.parent ?? -1);
    const next = turn?.first === 0 ? this.foldOf.get(loop?.members[1] ?? "") : undefined;
    const alike = next === undefined ? null : (leaves.get(next) ?? []).map((unit) => this.kindOf(unit));
    for (const unit of units) {
      const at = alike?.indexOf(this.kindOf(unit)) ?? 0;
      if (at < 0) this.putBefore(unit, new Set([home]));
      else {
        alike?.splice(at, 1);
        unit.home = home;
      }
    }
  }

  /** @param {Unit} unit */
  kindOf({ tensor }) {
    if (tensor === null) return "";
    const { role, shape } = this.tape.tensors[tensor];
    return `${role} ${shape.join()}`;
  }

  /** A leaf stands above the folds that use it, be it in their midst. @param {Unit} leaf @param {ReadonlySet<number | null>} homes */
  putBefore(leaf, homes) {
    for (const home of homes)
      for (let at = home; at !== null && at !== leaf.home; at = this.parents[at])
        leaf.order = Math.min(leaf.order, (this.orders.get(at) ?? Infinity) - 0.5);
  }
}

/** @param {readonly Bead[]} beads @param {number} period */
function turnsOf(beads, period) {
  return Array.from({ length: beads.length / period }, (_, i) => beads.slice(i * period, (i + 1) * period));
}
