/** The gradient at each node's input as it comes to be: parts that arrive, hooks that change it, the sum that goes in. */

import { nodeOfTensor } from "./hooks.js";

/** @typedef {{step: number, value: number | null, parts: (number | null)[]}} Arrival */

export class Gradients {
  /** @param {import("./types.js").Tape} tape */
  constructor(tape) {
    /** @type {Map<string, Arrival[]>} */
    this.arrivals = new Map();
    /** @type {Map<number, {step: number, value: number | null}[]>} */
    this.seeds = new Map();
    /** @type {Map<string, (number | null)[]>} */
    let parts = new Map();
    /** @type {Map<string, (number | null)[]>[]} those of the passes that a pass runs inside of */
    const outer = [];
    tape.events.forEach((event, step) => {
      if (event.kind === "backward_start") {
        outer.push(parts);
        parts = new Map();
        event.tensors.forEach((tensor, i) =>
          this.seeds.set(tensor, [...(this.seeds.get(tensor) ?? []), { step, value: event.values[i] ?? null }]),
        );
      } else if (event.kind === "backward_end") parts = outer.pop() ?? new Map();
      else if (event.kind === "contribution") {
        const key = `${event.node}:${event.input}`;
        const list = [...(parts.get(key) ?? []), event.value];
        parts.set(key, list);
        this.note(key, { step, value: event.value, parts: list });
      } else if (event.kind === "hook_fire") {
        const hook = tape.hooks[event.hook];
        if (hook.kind !== "tensor" && hook.kind !== "node_pre") return;
        const node = event.node ?? hook.node ?? (hook.tensor === null ? null : nodeOfTensor(tape, hook.tensor));
        const after = event.after.length ? event.after : event.before;
        if (node === null) return;
        const input =
          hook.tensor === null
            ? 0
            : tape.tensors[hook.tensor].node === node
              ? tape.tensors[hook.tensor].node_output
              : 0;
        if (hook.kind === "tensor") this.note(`${node}:${input}`, { step, value: after[0] ?? null, parts: [] });
        else after.forEach((value, i) => this.note(`${node}:${i}`, { step, value, parts: [] }));
      } else if (event.kind === "node_enter")
        event.values.forEach((value, i) => this.note(`${event.node}:${i}`, { step, value, parts: [] }));
    });
  }

  /** @param {string} key @param {Arrival} arrival */
  note(key, arrival) {
    const list = this.arrivals.get(key);
    if (list) list.push(arrival);
    else this.arrivals.set(key, [arrival]);
  }

  /** @param {number} node @param {number} input @param {number} step @param {number} since @returns {Arrival | null} */
  at(node, input, step, since) {
    const list = this.arrivals.get(`${node}:${input}`) ?? [];
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle].step <= step) low = middle + 1;
      else high = middle;
    }
    const arrival = list[low - 1];
    return arrival && arrival.step > since ? arrival : null;
  }

  /** The gradient a result was seeded with in the latest pass. @param {number} tensor @param {number} step @param {number} since @returns {number | null | undefined} */
  seed(tensor, step, since) {
    return this.seeds.get(tensor)?.findLast((seed) => seed.step <= step && seed.step > since)?.value;
  }
}
