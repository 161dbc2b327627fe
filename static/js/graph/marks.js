/**
 * How each drawn thing looks at a step: its status, its words and the values on its wires, as plain data.
 *
 * What is asked for costs a few binary searches, so a step costs as much as what is on the screen.
 */

import { count, t } from "../language/index.js";
import { formatShape, shorten } from "../tape/words.js";
import { Chips } from "./chips.js";
import { Clock, countBetween } from "./clock.js";
import { FoldMarks } from "./fold_marks.js";
import { Gradients } from "./gradients.js";
import { groupOf, isGroup } from "./nesting.js";
import { Happening } from "./happening.js";
import { Stale } from "./stale.js";
import { Texts } from "./texts.js";
import { carries } from "./ways.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Route} Route */

/** @typedef {{status: string, title: string, detail: string, extra: string, count: string, pieces: string}} ItemMark */
/** @typedef {{status: string, hot: boolean}} WireMark */

/** Reads marks of one tape. */
export class Marks {
  /** @param {Tape} tape @param {Facts} facts */
  constructor(tape, facts) {
    this.tape = tape;
    this.facts = facts;
    this.clock = new Clock(tape, facts);
    this.texts = new Texts(tape);
    this.gradients = new Gradients(tape);
    this.chips = new Chips(tape, facts, this.clock, this.texts, this.gradients);
    this.stale = new Stale(tape, facts);
    this.folds = new FoldMarks(tape, facts, this.clock);
    this.happening = new Happening(tape, facts, this.clock);
  }

  /** @param {Item} item @param {State} state @returns {ItemMark} */
  item(item, state) {
    const { unit, side, face } = item;
    const mark = { status: "idle", title: face.title, detail: face.detail, extra: "", count: "", pieces: "" };
    if (unit.kind === "group") this.group(item, state, mark);
    else if ((unit.kind === "leaf" && (unit.store || side === "forward")) || unit.kind === "output")
      this.pill(item, state, mark);
    else if (side === "forward") {
      mark.status = unit.op !== null && (this.facts.stepOfOp.get(unit.op) ?? Infinity) <= state.step ? "done" : "idle";
      if (unit.retains && unit.tensor !== null)
        mark.extra = `${this.texts.name(unit.tensor) || "output"}.grad ${this.texts.orEmpty(state.tensor(unit.tensor).grad)}`;
    } else if (unit.node !== null) mark.status = state.node(unit.node).status;
    return mark;
  }

  /** @param {Item} item @param {State} state @param {ItemMark} mark */
  group(item, state, mark) {
    const group = groupOf(this.facts, item.unit.id);
    const { face } = item;
    const counts = item.unit.counts;
    if (!counts) return;
    const forward = item.side === "forward";
    const since = this.clock.since(state.step);
    const total = forward ? counts.ops : counts.nodes;
    const done = forward
      ? countBetween(this.clock.opSteps.get(group) ?? [], -1, state.step)
      : countBetween(this.clock.exitSteps.get(group) ?? [], since, state.step);
    const called = item.unit.fold ? (done > 0 ? "running" : "none") : state.call(group);
    const begun = forward
      ? called !== "none"
      : countBetween(this.clock.startSteps.get(group) ?? [], since, state.step) > 0;
    mark.status = done >= total && total > 0 ? "done" : begun ? "running" : "idle";
    if (forward && called === "done") mark.status = "done";
    const word = forward ? "op" : "node";
    const { fold } = item.unit;
    if (fold && fold.kind !== "turn") {
      const { pieces, now, running, done: all } = this.folds.at(fold, item.side, state.step, since);
      mark.status = all ? "done" : running ? "running" : "idle";
      Object.assign(mark, { pieces, detail: fold.kind === "rest" ? "" : this.folds.note(fold, item.side) });
      if (fold.kind === "rest" || now) {
        mark.count = now || face.detail;
        return;
      }
    }
    mark.count =
      done > 0 && done < total
        ? t("{done} of {total}", { done, total })
        : word === "op"
          ? count("{n} op", "{n} ops", total)
          : count("{n} node", "{n} nodes", total);
  }

  /** @param {Item} item @param {State} state @param {ItemMark} mark */
  pill(item, state, mark) {
    const { unit, side } = item;
    const { tensor } = unit;
    if (tensor === null) return;
    const held = state.tensor(tensor);
    const room = Math.floor((item.width - 18) / 6.63);
    if (side === "forward") {
      const known = held.seen || held.value !== null || state.step >= unit.order;
      mark.status = known ? "done" : "idle";
      const text =
        held.value === null ? formatShape(this.tape.tensors[tensor].shape) : this.texts.short(held.value, "= ");
      mark.detail =
        known || unit.kind === "leaf"
          ? shorten(text + (held.version > (this.clock.built.get(tensor) ?? 0) ? `  v${held.version}` : ""), room)
          : "";
    } else if (unit.kind === "output") {
      const seed = this.gradients.seed(tensor, state.step, this.clock.since(state.step));
      mark.status = seed === undefined ? "idle" : "done";
      mark.detail =
        seed === undefined
          ? t("seed")
          : shorten(t("seed {value}", { value: this.texts.short(seed, "= ") }).trim(), room);
    } else if (unit.node !== null) {
      const { status } = state.node(unit.node);
      mark.status = held.grad !== null ? (status === "idle" ? "kept" : status) : status;
      mark.detail = shorten(this.grad(item, state, tensor), room);
    }
  }

  /** `a.grad = 30`, and at the moment of adding `a.grad = 10 + 20 = 30`. @param {Item} item @param {State} state @param {number} tensor */
  grad(item, state, tensor) {
    const name = item.unit.kind === "leaf" ? this.texts.leafName(tensor) : this.texts.name(tensor);
    const event = this.tape.events[state.step];
    const { grad } = state.tensor(tensor);
    if (grad === null) return `${name}.grad`;
    if (event?.kind === "accumulate" && event.tensor === tensor && event.added !== null && event.total !== null) {
      const sum = this.texts.sum(event.added, event.total);
      if (sum) return `.grad ${sum}`;
    }
    return `${name}.grad ${this.texts.short(grad, "= ")}`;
  }

  /** @param {Route} route @param {State} state @returns {WireMark} */
  wire(route, state) {
    if (route.side === "backward") {
      const since = this.clock.since(state.step);
      const event = this.tape.events[state.step];
      const done = route.links.some((link) => this.clock.delivered(link, since, state.step));
      const hot = event?.kind === "contribution" && carries(route, event);
      return { status: done ? "done" : "idle", hot };
    }
    const event = this.tape.events[state.step];
    const op = event?.kind === "op" ? event.op : null;
    return {
      status: this.made(route, state) ? "done" : "idle",
      hot: op !== null && route.to === this.facts.unitOfOp.get(op),
    };
  }

  /** Whether a forward wire's value has been used. @param {Route} route @param {State} state */
  made(route, state) {
    const writer = route.key.startsWith("t") ? route.key.split(":")[1] : "";
    if (writer && (this.facts.stepOfOp.get(Number(writer)) ?? Infinity) > state.step) return false;
    const to = route.to ?? "";
    if (to.startsWith("op:")) return (this.facts.stepOfOp.get(Number(to.slice(3))) ?? Infinity) <= state.step;
    if (isGroup(to)) return this.isBegun(groupOf(this.facts, to), state);
    if (to.startsWith("node:")) {
      const op = this.facts.units.get(to)?.op ?? null;
      return op === null || (this.facts.stepOfOp.get(op) ?? Infinity) <= state.step;
    }
    if (writer !== "" || route.level === "root") return true;
    const group = groupOf(this.facts, route.level);
    return this.facts.folds.has(group) ? this.isBegun(group, state) : state.call(group) !== "none";
  }

  /** Whether an op of a group has run. @param {number} group @param {State} state */
  isBegun(group, state) {
    return (this.clock.opSteps.get(group)?.[0] ?? Infinity) <= state.step;
  }
}
