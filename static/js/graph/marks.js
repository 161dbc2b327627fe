/**
 * How each drawn thing looks at a step: its status, its words and the values on its wires, as plain data.
 *
 * What is asked for costs a few binary searches, so a step costs as much as what is on the screen.
 */

import { barred, formatShape, formatValue, shorten, tensorName, toNumber, formatNumber } from "../tape/words.js";
import { Gradients } from "./gradients.js";
import { nodeOfTensor } from "./hooks.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Route} Route */

/** @typedef {{status: string, title: string, detail: string, extra: string, count: string}} ItemMark */
/** @typedef {{status: string, hot: boolean}} WireMark */
/** @typedef {{id: string, x: number, y: number, text: string, side: "forward" | "backward", kind: string}} Chip */

const CHIP = 24;
/** The least distance between rows in which a value finds room. */
const ROOM = 42;

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

/** Reads marks of one tape. */
export class Marks {
  /** @param {Tape} tape @param {Facts} facts */
  constructor(tape, facts) {
    this.tape = tape;
    this.facts = facts;
    this.gradients = new Gradients(tape);
    /** @type {Map<number, number[]>} steps at which the ops of a call ran */
    this.opSteps = new Map();
    /** @type {Map<number, number[]>} steps at which nodes of a call finished */
    this.exitSteps = new Map();
    /** @type {Map<number, number[]>} */
    this.startSteps = new Map();
    /** @type {Map<string, number[]>} */
    this.linkSteps = new Map();
    /** @type {Map<string, number[]>} steps at which a part arrived at (node, input) */
    this.partSteps = new Map();
    this.starts = /** @type {number[]} */ ([]);
    /** @type {Map<number, number>} the version that a tensor had when it was built */
    this.built = new Map();
    this.index();
  }

  index() {
    const { tape, facts } = this;
    /** @type {(map: Map<any, number[]>, key: any, step: number) => void} */
    const note = (map, key, step) => { const list = map.get(key); if (list) list.push(step); else map.set(key, [step]); };
    tape.events.forEach((event, step) => {
      if (event.kind === "op") {
        if (tape.ops[event.op].phase === "build") tape.writes(event.op).forEach((tensor, i) => this.built.set(tensor, event.versions[i] ?? 0));
        if (facts.unitOfOp.has(event.op)) for (let call = tape.ops[event.op].call; call !== null; call = tape.calls[call].parent) note(this.opSteps, call, step);
      } else if (event.kind === "node_exit" || event.kind === "node_enter") {
        const calls = new Set();
        for (const id of facts.unitsOfNode.get(event.node) ?? []) {
          for (let call = facts.units.get(id)?.call ?? null; call !== null; call = tape.calls[call].parent) calls.add(call);
        }
        for (const call of calls) note(event.kind === "node_exit" ? this.exitSteps : this.startSteps, call, step);
      } else if (event.kind === "contribution") {
        note(this.linkSteps, `${event.source}:${event.output}>${event.node}:${event.input}`, step);
        note(this.partSteps, `${event.node}:${event.input}`, step);
      }
      else if (event.kind === "backward_start") this.starts.push(step);
    });
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

  /** @param {Item} item @param {State} state @returns {ItemMark} */
  item(item, state) {
    const { unit, side, face } = item;
    const mark = { status: "idle", title: face.title, detail: face.detail, extra: "", count: "" };
    if (unit.kind === "group") this.group(item, state, mark);
    else if (unit.kind === "leaf" || unit.kind === "output") this.pill(item, state, mark);
    else if (side === "forward") {
      mark.status = unit.op !== null && (this.facts.stepOfOp.get(unit.op) ?? Infinity) <= state.step ? "done" : "idle";
      if (unit.retains && unit.tensor !== null) mark.extra = `${this.name(unit.tensor) || "output"}.grad ${this.orEmpty(state.tensor(unit.tensor).grad)}`;
    } else if (unit.node !== null) mark.status = state.node(unit.node).status;
    return mark;
  }

  /** @param {Item} item @param {State} state @param {ItemMark} mark */
  group(item, state, mark) {
    const call = Number(item.unit.id.slice(5));
    const counts = item.unit.counts;
    if (!counts) return;
    const forward = item.side === "forward";
    const since = this.since(state.step);
    const total = forward ? counts.ops : counts.nodes;
    const done = forward ? countBetween(this.opSteps.get(call) ?? [], -1, state.step) : countBetween(this.exitSteps.get(call) ?? [], since, state.step);
    const begun = forward ? state.call(call) !== "none" : countBetween(this.startSteps.get(call) ?? [], since, state.step) > 0;
    mark.status = done >= total && total > 0 ? "done" : begun ? "running" : "idle";
    if (forward && state.call(call) === "done") mark.status = "done";
    const word = forward ? "op" : "node";
    mark.count = done > 0 && done < total ? `${done} of ${total}` : `${total} ${word}${total === 1 ? "" : "s"}`;
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
      const text = held.value === null ? formatShape(this.tape.tensors[tensor].shape) : this.short(held.value, "= ");
      mark.detail = known || unit.kind === "leaf" ? shorten(text + (held.version > (this.built.get(tensor) ?? 0) ? `  v${held.version}` : ""), room) : "";
    } else if (unit.kind === "output") {
      const seed = this.gradients.seed(tensor, state.step, this.since(state.step));
      mark.status = seed === undefined ? "idle" : "done";
      mark.detail = seed === undefined ? "seed" : shorten(`seed ${this.short(seed, "= ")}`, room);
    } else if (unit.node !== null) {
      const { status } = state.node(unit.node);
      mark.status = held.grad !== null ? (status === "idle" ? "kept" : status) : status;
      mark.detail = shorten(this.grad(item, state, tensor), room);
    }
  }

  /** `a.grad = 30`, and at the moment of adding `a.grad = 10 + 20 = 30`. @param {Item} item @param {State} state @param {number} tensor */
  grad(item, state, tensor) {
    const name = item.unit.kind === "leaf" ? this.leafName(tensor) : this.name(tensor);
    const event = this.tape.events[state.step];
    const { grad } = state.tensor(tensor);
    if (grad === null) return `${name}.grad`;
    if (event?.kind === "accumulate" && event.tensor === tensor && event.added !== null && event.total !== null) {
      const sum = this.sum(event.added, event.total);
      if (sum) return `.grad ${sum}`;
    }
    return `${name}.grad ${this.short(grad, "= ")}`;
  }

  /** `10 + 20 = 30` where something was there before. @param {number} added @param {number} total */
  sum(added, total) {
    const [a, t] = [this.scalar(added), this.scalar(total)];
    return a === null || t === null || Math.abs(a - t) < 1e-12 ? "" : `${formatNumber(t - a)} + ${formatNumber(a)} = ${formatNumber(t)}`;
  }

  /** @param {number} value */
  scalar(value) {
    const { data } = this.tape.values[value];
    return data?.length === 1 ? toNumber(data[0]) : null;
  }

  /** @param {number | null} value */
  orEmpty(value) {
    return value === null ? "–" : this.short(value, "= ");
  }

  /** Small values in full, others by shape. @param {number | null} value @param {string} sign put before numbers */
  short(value, sign = "") {
    if (value === null) return "none";
    const row = this.tape.values[value];
    if (!row) return "none";
    if (row.data && row.data.length <= 3 && row.data.length > 0) {
      const text = formatValue(this.tape, value, { max: 3 });
      if (text.length < 18) return sign + text;
    }
    return formatShape(row.shape);
  }

  /** The program's own name for a tensor, or nothing. @param {number} tensor */
  name(tensor) {
    return this.tape.tensors[tensor].name === null ? "" : shorten(tensorName(this.tape, tensor), 18);
  }

  /** @param {number} tensor */
  leafName(tensor) {
    const name = this.name(tensor);
    return this.tape.tensors[tensor].role === "parameter" ? name.split(".").slice(-1)[0] : name;
  }

  /** @param {Route} route @param {State} state @returns {WireMark} */
  wire(route, state) {
    if (route.side === "backward") {
      const since = this.since(state.step);
      const event = this.tape.events[state.step];
      const done = route.links.some((link) => this.delivered(link, since, state.step));
      const hot = event?.kind === "contribution" && route.links.some((link) => link.source === event.source && link.output === event.output && link.node === event.node && link.input === event.input);
      return { status: done ? "done" : "idle", hot };
    }
    const event = this.tape.events[state.step];
    const op = event?.kind === "op" ? event.op : null;
    return { status: this.made(route, state) ? "done" : "idle", hot: op !== null && route.to === this.facts.unitOfOp.get(op) };
  }

  /** @param {import("./types.js").Link} link @param {number} since @param {number} step */
  delivered(link, since, step) {
    const steps = this.linkSteps.get(`${link.source}:${link.output}>${link.node}:${link.input}`);
    return steps !== undefined && countBetween(steps, since, step) > 0;
  }

  /** Whether a forward wire's value has been used. @param {Route} route @param {State} state */
  made(route, state) {
    const writer = route.key.startsWith("t") ? route.key.split(":")[1] : "";
    if (writer && (this.facts.stepOfOp.get(Number(writer)) ?? Infinity) > state.step) return false;
    const to = route.to ?? "";
    if (to.startsWith("op:")) return (this.facts.stepOfOp.get(Number(to.slice(3))) ?? Infinity) <= state.step;
    if (to.startsWith("call:")) return (this.opSteps.get(Number(to.slice(5)))?.[0] ?? Infinity) <= state.step;
    if (to.startsWith("node:")) {
      const op = this.facts.units.get(to)?.op ?? null;
      return op === null || (this.facts.stepOfOp.get(op) ?? Infinity) <= state.step;
    }
    return writer !== "" || route.level === "root" || state.call(Number(route.level.slice(5))) !== "none";
  }

  /** The chips of one wire: values below what made them, gradients below what they arrive at. @param {Route} route @param {State} state @returns {Chip[]} */
  chips(route, state) {
    if (route.space < ROOM) return [];
    return route.side === "forward" ? this.valueChip(route, state) : this.gradientChips(route, state);
  }

  /** @param {Route} route @param {State} state @returns {Chip[]} */
  valueChip(route, state) {
    const { from, tensor, key } = route;
    if (!from || tensor === null || route.fromOpen || !(from.startsWith("op:") || from.startsWith("call:"))) return [];
    const writer = Number(key.split(":")[1]);
    const step = this.facts.stepOfOp.get(writer) ?? Infinity;
    if (step > state.step) return [];
    const event = this.tape.events[step];
    if (event.kind !== "op") return [];
    const op = this.tape.ops[writer];
    const at = [...op.outputs, ...op.mutates.filter((id) => !op.outputs.includes(id))].indexOf(tensor);
    const value = event.values[at] ?? null;
    const version = event.versions[at] ?? 0;
    const text = this.labelled(this.name(tensor), value) + (version > (this.built.get(tensor) ?? 0) ? ` ·v${version}` : "");
    return [{ id: `f:${from}:${key}`, x: route.start[0], y: route.start[1] + CHIP, text, side: "forward", kind: "value" }];
  }

  /** @param {string} name @param {number | null} value */
  labelled(name, value) {
    if (value === null) return name;
    const text = this.short(value, "= ");
    return name ? `${name} ${text}` : text.replace(/^= /, "");
  }

  /** @param {Route} route @param {State} state @returns {Chip[]} */
  gradientChips(route, state) {
    const { to, from, links } = route;
    const since = this.since(state.step);
    const arrived = links.filter((link) => this.delivered(link, since, state.step));
    if (!to || !arrived.length || route.toOpen) return [];
    const { node, input, source, output } = arrived[arrived.length - 1];
    const name = this.gradientName(node, input);
    const alone = this.fanIn(`${node}:${input}`, since) < 2 || source === null;
    const into = to.startsWith("call:");
    /** @type {Chip[]} */
    const chips = [];
    const edge = state.edge(source, output, node, input);
    if (!alone && from) {
      chips.push({ id: `b:${route.id}`, x: route.start[0], y: route.start[1] - CHIP, text: this.labelled("", edge), side: "backward", kind: "part" });
    }
    if (!into) {
      const now = this.gradients.at(node, input, state.step, since);
      if (now) {
        const text = now.parts.length > 1 && !alone ? this.parts(now.parts, name) : this.labelled(name, now.value);
        chips.push({ id: `b:${node}:${input}`, x: route.end[0], y: route.end[1] + CHIP, text, side: "backward", kind: "gradient" });
      }
    } else if (alone) chips.push({ id: `b:${to}:${route.key}`, x: route.end[0], y: route.end[1] + CHIP, text: this.labelled(name, edge), side: "backward", kind: "gradient" });
    return chips;
  }

  /** `3 + 2 = 5` while the parts of a gradient arrive. @param {(number | null)[]} parts @param {string} name */
  parts(parts, name) {
    const numbers = parts.map((part) => (part === null ? null : this.scalar(part)));
    if (numbers.some((number) => number === null)) return `${name ? `${name} ` : ""}${parts.length} parts`;
    const known = /** @type {number[]} */ (numbers);
    return `${known.map((number) => formatNumber(number)).join(" + ")} = ${formatNumber(known.reduce((sum, number) => sum + number, 0))}`;
  }

  /** @param {number} node @param {number} input */
  gradientName(node, input) {
    const { variable, op } = this.tape.nodes[node];
    const tensor = variable ?? (op === null ? null : this.tape.ops[op].outputs.find((id) => this.tape.tensors[id].node === node && this.tape.tensors[id].node_output === input) ?? null);
    if (tensor === null || this.tape.tensors[tensor].name === null) return "";
    return barred(variable === null ? this.name(tensor) : this.leafName(tensor));
  }

  /** What the event at a step is about: units, and the side they show it on. @param {number} step @returns {{side: "forward" | "backward", unit: string}[]} */
  now(step) {
    const event = this.tape.events[step];
    if (!event) return [];
    const { facts } = this;
    /** @param {number} node */
    const ofNode = (node) => (facts.unitsOfNode.get(node) ?? []).map((unit) => ({ side: /** @type {const} */ ("backward"), unit }));
    /** @param {number} tensor @param {"forward" | "backward"} side */
    const ofTensor = (tensor, side) => (facts.unitsOfTensor.get(tensor) ?? []).filter((unit) => !unit.startsWith("out:")).map((unit) => ({ side, unit }));
    switch (event.kind) {
      case "op": {
        const unit = facts.unitOfOp.get(event.op);
        if (unit) return [{ side: "forward", unit }];
        const { hook } = this.tape.ops[event.op];
        if (hook !== null) return this.ofHook(hook, null);
        return this.tape.ops[event.op].outputs.flatMap((tensor) => ofTensor(tensor, "forward"));
      }
      case "call_enter":
      case "call_exit":
        return [{ side: "forward", unit: `call:${event.call}` }];
      case "contribution":
      case "node_enter":
      case "node_exit":
        return ofNode(event.node);
      case "accumulate":
        return ofNode(event.node);
      case "retain":
      case "param_update":
        return ofTensor(event.tensor, "forward");
      case "grad_zero":
        return ofTensor(event.tensor, "backward");
      case "hook_fire":
        return this.ofHook(event.hook, event.node);
      case "backward_start":
        return event.tensors.map((tensor) => ({ side: "backward", unit: `out:${tensor}` }));
      case "raise": {
        if (event.node !== null) return ofNode(event.node);
        const unit = event.op === null ? undefined : facts.unitOfOp.get(event.op);
        return unit ? [{ side: "forward", unit }] : event.hook === null ? [] : this.ofHook(event.hook, null);
      }
      default:
        return [];
    }
  }

  /** @param {number} id @param {number | null} node @returns {{side: "forward" | "backward", unit: string}[]} */
  ofHook(id, node) {
    const hook = this.tape.hooks[id];
    if (hook.module !== null) {
      const side = hook.kind.startsWith("forward") ? "forward" : "backward";
      return this.tape.calls.filter((call) => call.module === hook.module && this.facts.counts.has(call.id)).map((call) => ({ side, unit: `call:${call.id}` }));
    }
    const at = node ?? hook.node ?? (hook.tensor === null ? null : nodeOfTensor(this.tape, hook.tensor));
    return at === null ? [] : (this.facts.unitsOfNode.get(at) ?? []).map((unit) => ({ side: "backward", unit }));
  }
}
