/** How far a fold is: which of its members have run, which one runs, and what all of them cost. */

import { t } from "../language/index.js";
import { formatFlops, formatShape } from "../tape/words.js";
import { countBetween } from "./clock.js";
import { nowText } from "./fold_faces.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Fold} Fold */
/** @typedef {import("./types.js").Side} Side */

/** There is room for so many; of more, each piece stands for several. */
const PIECES = 40;

export class FoldMarks {
  /** @param {Tape} tape @param {Facts} facts @param {import("./clock.js").Clock} clock */
  constructor(tape, facts, clock) {
    this.tape = tape;
    this.facts = facts;
    this.clock = clock;
    /** @type {Map<number, {starts: number[], ends: number[]}>} */
    this.runs = new Map();
    /** @type {Map<number, {starts: readonly number[], ends: readonly number[], total: number}[]>} */
    this.passes = new Map();
    /** @type {Map<string, string>} */
    this.notes = new Map();
    /** @type {{forward: number[], backward: number[]} | null} */
    this.spent = null;
  }

  /**
   * A piece for each member (`d` done, `r` running, `i` not yet, `x` nothing to do), and which member runs.
   * @param {Fold} fold @param {Side} side @param {number} step @param {number} since the step before the latest backward pass
   * @returns {{pieces: string, now: string, running: boolean, done: boolean}}
   */
  at(fold, side, step, since) {
    const each = side === "forward" ? this.ahead(fold, step) : since < step ? this.back(fold, step, since) : "";
    const left = each.length < fold.times || /[ri]/.test(each);
    const begun = each.replace(/[ix]/g, "").length;
    const index = side === "forward" ? begun - 1 : each.search(/[dr]/);
    const running = begun > 0 && left;
    return {
      pieces: piecesOf(each.padEnd(fold.times, "i")),
      now: running ? nowText(this.tape, this.facts, fold, index, begun) : "",
      running,
      done: begun > 0 && !left,
    };
  }

  /** Each member in forward, where one runs after the other. @param {Fold} fold @param {number} step */
  ahead(fold, step) {
    const { starts, ends } = this.forward(fold);
    const done = countBetween(ends, -1, step);
    return "d".repeat(done) + "r".repeat(countBetween(starts, -1, step) - done);
  }

  /** Each member in the latest backward pass, where branches may take turns. @param {Fold} fold @param {number} step @param {number} since */
  back(fold, step, since) {
    return this.backward(fold)
      .map(({ starts, ends, total }) => {
        if (total <= 0) return "x";
        if (countBetween(ends, since, step) >= total) return "d";
        return countBetween(starts, since, step) > 0 ? "r" : "i";
      })
      .join("");
  }

  /** When each member began and ended. @param {Fold} fold */
  forward(fold) {
    let found = this.runs.get(fold.id);
    if (!found) {
      const steps = fold.members.map((member) => this.stepsOf(member, "forward").ends);
      found = { starts: steps.map(([first]) => first), ends: steps.map((list) => list[list.length - 1]) };
      this.runs.set(fold.id, found);
    }
    return found;
  }

  /** @param {Fold} fold */
  backward(fold) {
    let found = this.passes.get(fold.id);
    if (!found) this.passes.set(fold.id, (found = fold.members.map((member) => this.stepsOf(member, "backward"))));
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

/** Where there are too many members, a piece for several: each as far as the least of its members. @param {string} each */
function piecesOf(each) {
  if (each.length <= PIECES) return each;
  return Array.from({ length: PIECES }, (_, i) => {
    const [from, to] = [i, i + 1].map((n) => Math.floor((n * each.length) / PIECES));
    const piece = each.slice(from, to).replaceAll("x", "");
    return /^i*$/.test(piece) ? "i" : /^d+$/.test(piece) ? "d" : "r";
  }).join("");
}

/** 640, 28.2 K, 124 M. @param {number} n */
function short(n) {
  const power = Math.min(4, Math.floor(Math.log10(n) / 3));
  return power ? `${Number((n / 1000 ** power).toPrecision(3))}\u00a0${" KMGT"[power]}` : String(n);
}
