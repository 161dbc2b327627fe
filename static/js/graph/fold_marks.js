/** How far a fold is: which of its members have run, which one runs, and what all of them cost. */

import { t } from "../language/index.js";
import { formatFlops, formatShape } from "../tape/words.js";
import { countBetween } from "./clock.js";
import { nowText } from "./fold_faces.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Fold} Fold */
/** @typedef {import("./types.js").Side} Side */

/** The strip has room for so many members; of more, each piece stands for several. */
const PIECES = 40;
/** More members than these are not looked at one by one. */
const MANY = 2000;

export class FoldMarks {
  /** @param {Tape} tape @param {Facts} facts @param {import("./clock.js").Clock} clock */
  constructor(tape, facts, clock) {
    this.tape = tape;
    this.facts = facts;
    this.clock = clock;
    /** @type {Map<string, {starts: readonly number[], ends: readonly number[], total: number}[]>} */
    this.members = new Map();
    /** @type {Map<string, string>} */
    this.notes = new Map();
    /** @type {{forward: number[], backward: number[]} | null} */
    this.spent = null;
  }

  /**
   * The strip (`d` done, `r` running, `i` not yet), and which member runs.
   * @param {Fold} fold @param {Side} side @param {number} step @param {number} since the step before the latest backward pass
   * @returns {{strip: string, now: string, running: boolean, done: boolean}}
   */
  at(fold, side, step, since) {
    const after = side === "forward" ? -1 : since;
    const members = this.of(fold, side);
    const begun = members.map(({ starts }) => countBetween(starts, after, step) > 0);
    const done = members.map(({ ends, total }) => countBetween(ends, after, step) >= total);
    const count = begun.filter(Boolean).length;
    const left = done.filter((each) => !each).length;
    const index = side === "forward" ? begun.lastIndexOf(true) : begun.indexOf(true);
    const running = count > 0 && left > 0;
    return {
      strip: strip(members.map((_, i) => (done[i] ? "d" : begun[i] ? "r" : "i")).join("")),
      now: running ? nowText(this.tape, this.facts, fold, index, count) : "",
      running,
      done: count > 0 && left === 0,
    };
  }

  /** When the members of a fold ran. @param {Fold} fold @param {Side} side */
  of(fold, side) {
    const key = `${side} ${fold.name}`;
    let found = this.members.get(key);
    if (!found)
      this.members.set(key, (found = fold.members.slice(0, MANY).map((member) => this.stepsOf(member, side))));
    return found;
  }

  /** @param {string} member @param {Side} side */
  stepsOf(member, side) {
    const { facts, clock } = this;
    if (member.startsWith("op:")) {
      const op = Number(member.slice(3));
      const step = facts.stepOfOp.get(op);
      const node = facts.units.get(member)?.node ?? null;
      if (side === "forward") return { starts: [step ?? Infinity], ends: [step ?? Infinity], total: 1 };
      const { starts, ends } = node === null ? { starts: [], ends: [] } : clock.stepsOfNode(node);
      return { starts, ends, total: node === null ? 0 : 1 };
    }
    const group = facts.foldOf.get(member) ?? Number(member.slice(5));
    const counts = facts.counts.get(group);
    if (side === "forward") {
      const steps = clock.opSteps.get(group) ?? [];
      return { starts: steps, ends: steps, total: counts?.ops ?? 0 };
    }
    const total = (counts?.nodes ?? 0) - this.shared(group);
    return { starts: clock.startSteps.get(group) ?? [], ends: clock.exitSteps.get(group) ?? [], total };
  }

  /** How many nodes of a group others share: an AccumulateGrad that every turn sends to runs once, after all of them. @param {number} group @returns {number} */
  shared(group) {
    const own = this.facts.byCall.get(group) ?? [];
    const here = own.filter(({ node }) => node !== null && (this.facts.unitsOfNode.get(node)?.length ?? 0) > 1);
    return (this.facts.children.get(group) ?? []).reduce((sum, child) => sum + this.shared(child), here.length);
  }

  /** Shapes of one, parameters and floating point operations of all: `1×16×48 · 28.2 K parameters · 1.1 MFLOPs`. @param {Fold} fold @param {Side} side */
  note(fold, side) {
    const key = `${side} ${fold.name}`;
    let note = this.notes.get(key);
    if (note === undefined) {
      const parts = side === "forward" ? [this.shapes(fold), this.parameters(fold)] : [];
      note = [...parts, this.flops(fold, side)].filter(Boolean).join(" · ");
      this.notes.set(key, note);
    }
    return note;
  }

  /** @param {Fold} fold */
  shapes({ members }) {
    const { tape } = this;
    const [first, last] = [members[0], members[members.length - 1]];
    if (!first.startsWith("call:")) return "";
    const given = tape.calls[Number(first.slice(5))].inputs[0];
    const made = tape.calls[Number(last.slice(5))].outputs[0];
    if (given === undefined || made === undefined) return "";
    const [from, to] = [given, made].map((tensor) => formatShape(tape.tensors[tensor].shape));
    return from === to ? to : `${from} → ${to}`;
  }

  /** @param {Fold} fold */
  parameters(fold) {
    const { tape } = this;
    const found = new Set(
      this.unitsIn(fold.id).flatMap(({ kind, tensor }) =>
        kind === "leaf" && tensor !== null && tape.tensors[tensor].role === "parameter" ? tensor : [],
      ),
    );
    const n = [...found].reduce(
      (sum, id) => sum + tape.tensors[id].shape.reduce((size, length) => size * length, 1),
      0,
    );
    return n ? t("{n} parameters", { n: short(n) }) : "";
  }

  /** @param {Fold} fold @param {Side} side */
  flops(fold, side) {
    this.spent ??= spentBy(this.tape, this.clock);
    let sum = 0;
    for (const { kind, op } of this.unitsIn(fold.id)) if (kind === "op" && op !== null) sum += this.spent[side][op];
    return sum ? formatFlops(sum) : "";
  }

  /** @param {number} group @returns {import("./types.js").Unit[]} */
  unitsIn(group) {
    const own = this.facts.byCall.get(group) ?? [];
    return [...own, ...(this.facts.children.get(group) ?? []).flatMap((child) => this.unitsIn(child))];
  }
}

/** The operations of each op, with those of the ops inside it, and of the nodes that it made; less than all of `costs`, for it is wanted at once. @param {Tape} tape @param {import("./clock.js").Clock} clock */
function spentBy(tape, clock) {
  const forward = tape.ops.map((op) => (op.node === null ? (op.flops ?? 0) : 0));
  const backward = tape.ops.map(() => 0);
  // What ran inside an op stands before it.
  for (const { id, parent } of tape.ops) if (parent !== null) forward[parent] += forward[id];
  for (const { id, op, flops } of tape.nodes)
    if (op !== null && flops) backward[op] += flops * clock.stepsOfNode(id).ends.length;
  for (const { node, flops } of tape.ops) {
    const made = node === null ? null : tape.nodes[node].op;
    if (made !== null) backward[made] += flops ?? 0;
  }
  return { forward, backward };
}

/** Pieces of a strip that is too long: each as far as the least of its members. @param {string} each */
function strip(each) {
  if (each.length <= PIECES) return each;
  return Array.from({ length: PIECES }, (_, i) => {
    const piece = each.slice(Math.floor((i * each.length) / PIECES), Math.floor(((i + 1) * each.length) / PIECES));
    return /^d+$/.test(piece) ? "d" : /^i+$/.test(piece) ? "i" : "r";
  }).join("");
}

/** 640, 28.2 K, 124 M. @param {number} n */
function short(n) {
  const power = Math.min(4, Math.floor(Math.log10(n) / 3));
  return power ? `${Number((n / 1000 ** power).toPrecision(3))}\u00a0${" KMGT"[power]}` : String(n);
}
