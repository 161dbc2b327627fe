/** When things happened: sorted steps of each thing, so that a question about a step is a binary search. */

import { groupsAround } from "./nesting.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */

/** How many of the sorted steps are in (after, upTo]. @param {readonly number[]} steps @param {number} after @param {number} upTo */
export function countBetween(steps, after, upTo) {
  return before(steps, upTo) - before(steps, after);
}

/** How many of the sorted steps are at most `limit`. @param {readonly number[]} steps @param {number} limit */
function before(steps, limit) {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Clock {
  /** @param {Tape} tape @param {Facts} facts */
  constructor(tape, facts) {
    this.tape = tape;
    this.facts = facts;
    /** @type {Map<number, number[]>} steps at which the ops of a group ran */
    this.opSteps = new Map();
    /** @type {Map<number, number[]>} steps at which nodes of a group began */
    this.startSteps = new Map();
    /** @type {Map<number, number[]>} steps at which nodes of a group finished */
    this.exitSteps = new Map();
    /** @type {Map<string, number[]>} */
    this.linkSteps = new Map();
    /** @type {Map<string, number[]>} steps at which a part arrived at (node, input) */
    this.partSteps = new Map();
    /** @type {Map<number, {starts: number[], ends: number[]}>} when each node began and finished */
    this.nodeSteps = new Map();
    this.starts = /** @type {number[]} */ ([]);
    /** @type {Map<number, {source: number, step: number}[]>} */
    this.deliveries = new Map();
    /** @type {{step: number, node: number | null}[]} the drawn node whose call is open from a step on, the innermost */
    this.open = [];
    /** @type {Map<number, number>} the version that a tensor had when it was built */
    this.built = new Map();
    this.index();
  }

  index() {
    const { tape, facts } = this;
    /** @type {(map: Map<any, number[]>, key: any, step: number) => void} */
    const note = (map, key, step) => {
      const list = map.get(key);
      if (list) list.push(step);
      else map.set(key, [step]);
    };
    let running = 0;
    tape.events.forEach((event, step) => {
      if (event.kind === "op") {
        if (tape.ops[event.op].phase === "build")
          tape.writes(event.op).forEach((tensor, i) => this.built.set(tensor, event.versions[i] ?? 0));
        if (facts.unitOfOp.has(event.op))
          for (const group of groupsAround(facts, `op:${event.op}`)) note(this.opSteps, group, step);
      } else if (event.kind === "node_exit" || event.kind === "node_enter") {
        const { starts, ends } = this.stepsOfNode(event.node);
        (event.kind === "node_exit" ? ends : starts).push(step);
        const groups = new Set();
        for (const id of this.copies(event.node, step)) {
          for (const group of groupsAround(facts, id)) groups.add(group);
        }
        for (const group of groups) note(event.kind === "node_exit" ? this.exitSteps : this.startSteps, group, step);
      } else if (event.kind === "contribution") {
        note(this.linkSteps, `${event.source}:${event.output}>${event.node}:${event.input}`, step);
        if (event.source !== null && (facts.unitsOfNode.get(event.node)?.length ?? 0) > 1)
          this.shared(event.node).push({ source: event.source, step });
        note(this.partSteps, `${event.node}:${event.input}`, step);
      } else if (event.kind === "backward_start") {
        if (!running) this.starts.push(step);
        running += 1;
      } else if (event.kind === "backward_end") running = Math.max(0, running - 1);
    });
    this.nest();
  }

  /** A node's call inside another's belongs to a pass inside a pass. */
  nest() {
    /** @type {number[]} */
    const stack = [];
    this.tape.events.forEach((event, step) => {
      if (event.kind === "node_enter") stack.push(event.node);
      else if (event.kind === "node_exit" && stack.includes(event.node)) stack.splice(stack.lastIndexOf(event.node));
      else if (event.kind === "backward_end" && event.failed) stack.length = 0;
      else return;
      this.open.push({ step, node: stack.findLast((node) => this.facts.unitsOfNode.has(node)) ?? null });
    });
  }

  /** The drawn node whose call is open after a step. @param {number} step @returns {number | null} */
  around(step) {
    let low = 0;
    let high = this.open.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.open[middle].step <= step) low = middle + 1;
      else high = middle;
    }
    return low ? this.open[low - 1].node : null;
  }

  /** The step before the latest backward pass. @param {number} step */
  since(step) {
    const index = before(this.starts, step) - 1;
    return index < 0 ? this.tape.events.length : this.starts[index] - 1;
  }

  /** How many parts of a gradient arrive in the pass that began after a step. @param {string} key @param {number} since */
  fanIn(key, since) {
    const next = this.starts[before(this.starts, since + 1)] ?? this.tape.events.length;
    return countBetween(this.partSteps.get(key) ?? [], since, next);
  }

  /** @param {import("./types.js").Link} link @param {number} since @param {number} step */
  delivered(link, since, step) {
    const steps = this.linkSteps.get(`${link.source}:${link.output}>${link.node}:${link.input}`);
    return steps !== undefined && countBetween(steps, since, step) > 0;
  }

  /** The units of a node that a gradient reached in the pass of a step: a shared parameter is drawn in every call that uses it. @param {number} node @param {number} step */
  copies(node, step) {
    const units = this.facts.unitsOfNode.get(node) ?? [];
    if (units.length < 2) return units;
    const since = this.since(step);
    const sources = this.shared(node).filter((source) => source.step > since && source.step <= step);
    const calls = new Set(
      sources.map(({ source }) => this.facts.units.get(this.facts.unitsOfNode.get(source)?.[0] ?? "")?.call ?? null),
    );
    const reached = units.filter((id) => calls.has(this.facts.units.get(id)?.call ?? null));
    return reached.length ? reached : units;
  }

  /** @param {number} node */
  stepsOfNode(node) {
    let steps = this.nodeSteps.get(node);
    if (!steps) this.nodeSteps.set(node, (steps = { starts: [], ends: [] }));
    return steps;
  }

  /** What delivered to a node that has several units, and when. @param {number} node */
  shared(node) {
    let list = this.deliveries.get(node);
    if (!list) this.deliveries.set(node, (list = []));
    return list;
  }
}
