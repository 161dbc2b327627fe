/** The steps at which a condition comes true: a NaN or Inf appears, a gradient is large or small, a hook changes one. */

import { isOddValue, isSame, sizeOfValue } from "./numbers.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../tape/format.js").TapeEvent} TapeEvent */
/** @typedef {readonly (number | null)[]} Values */

/** The hooks that are given gradients, and may return others. */
const OF_GRADIENTS = new Set([
  "tensor",
  "node_pre",
  "node_post",
  "backward",
  "full_backward",
  "full_backward_pre",
  "global_backward",
  "global_full_backward",
  "global_full_backward_pre",
  "post_accumulate_grad",
]);

/** Whether a hook gets gradients. @param {Tape} tape @param {number} hook */
const getsGradients = (tape, hook) => OF_GRADIENTS.has(tape.hooks[hook].kind);

/** Takes down whether something is in a set now; whether it was. @param {Set<number>} set @param {number} id @param {boolean} now */
function mark(set, id, now) {
  const before = set.has(id);
  if (now) set.add(id);
  else set.delete(id);
  return before;
}

/** Where a NaN or Inf is that was not in anything it was made from. */
class Oddities {
  /** @type {number[]} */
  steps = [];
  /** @type {Set<number>} */
  #tensors = new Set();
  /** @type {Set<number>} the nodes that were sent one */
  #sent = new Set();
  /** @type {Set<number>} the nodes that were called with one */
  #got = new Set();
  /** @type {Set<number>} the tensors whose `.grad` has one */
  #grads = new Set();
  /** @type {Set<string>} */
  #tangents = new Set();

  /** @param {Tape} tape */
  constructor(tape) {
    this.tape = tape;
    this.odd = (/** @type {number | null} */ id) => isOddValue(tape, id);
    tape.events.forEach((event, step) => {
      if (this.#appears(event)) this.steps.push(step);
    });
  }

  /** @param {TapeEvent} event */
  #appears(event) {
    const { odd } = this;
    switch (event.kind) {
      case "op":
        return this.#op(event.op, event.values);
      case "backward_start":
        return event.values.some(odd);
      case "contribution":
        if (odd(event.value)) this.#sent.add(event.node);
        return false;
      case "hook_fire":
        if (event.node !== null && event.after.some(odd)) this.#sent.add(event.node);
        return event.after.some(odd) && !event.before.some(odd);
      case "node_enter":
        return this.#enter(event.node, event.values);
      case "node_exit":
        return event.values.some(odd) && !this.#got.has(event.node);
      case "accumulate":
        return !mark(this.#grads, event.tensor, odd(event.total)) && odd(event.total) && !odd(event.added);
      case "grad_zero":
        mark(this.#grads, event.tensor, odd(event.value));
        return false;
      case "param_update":
        return !mark(this.#tensors, event.tensor, odd(event.value)) && odd(event.value) && !odd(event.before);
      case "tangent":
        return this.#tangent(event);
      default:
        return false;
    }
  }

  /** @param {number} id @param {Values} values */
  #op(id, values) {
    const { inputs } = this.tape.ops[id];
    const before = inputs.some(({ tensor }) => this.#tensors.has(tensor));
    this.tape.writes(id).forEach((tensor, i) => mark(this.#tensors, tensor, this.odd(values[i] ?? null)));
    return !before && values.some(this.odd);
  }

  /** A sum of finite parts can be infinite. @param {number} node @param {Values} values */
  #enter(node, values) {
    const arrived = this.#sent.delete(node);
    const now = values.some(this.odd);
    mark(this.#got, node, now);
    return now && !arrived;
  }

  /** @param {import("../tape/format.js").Tangent} event */
  #tangent({ tensor, op, seed, element, value }) {
    const key = (/** @type {number} */ id) => `${seed}.${element}.${id}`;
    if (!this.odd(value)) return false;
    this.#tangents.add(key(tensor));
    return op === null || !this.tape.ops[op].inputs.some((input) => this.#tangents.has(key(input.tensor)));
  }
}

/** The steps at which a NaN or Inf appears that nothing it was made from had. @param {Tape} tape */
export const oddSteps = (tape) => new Oddities(tape).steps;

/**
 * The steps at which a gradient passes a test: when a node gets it, when a hook makes it so, when it adds up to that in `.grad`.
 * What is delivered to a node that is never called (the inputs of `autograd.grad`) counts where it is delivered.
 * @param {Tape} tape @param {(size: number) => boolean} test
 */
export function gradientSteps(tape, test) {
  /** @type {number[]} */
  const steps = [];
  /** @type {Map<number, number[]>} deliveries to nodes that were not called since */
  const delivered = new Map();
  const passes = (/** @type {number | null} */ id) => {
    const size = sizeOfValue(tape, id);
    return size !== null && test(size);
  };
  const settle = () => {
    for (const each of delivered.values()) steps.push(...each);
    delivered.clear();
  };
  tape.events.forEach((event, step) => {
    if (event.kind === "contribution" && passes(event.value)) {
      if (!delivered.has(event.node)) delivered.set(event.node, []);
      delivered.get(event.node)?.push(step);
    }
    if (event.kind === "node_enter") delivered.delete(event.node);
    if (event.kind === "backward_end") settle();
    if (event.kind === "node_enter" && event.values.some(passes)) steps.push(step);
    if (event.kind === "accumulate" && passes(event.total) && !passes(event.added)) steps.push(step);
    if (event.kind === "hook_fire" && getsGradients(tape, event.hook))
      if (event.after.some(passes) && !event.before.some(passes)) steps.push(step);
  });
  settle();
  return steps.sort((a, b) => a - b);
}

/** The steps at which a hook changes a gradient: it returns another one, or writes into the one it is given. @param {Tape} tape */
export function changeSteps(tape) {
  return tape.events.flatMap((event, step) => {
    if (event.kind !== "hook_fire" || !getsGradients(tape, event.hook)) return [];
    const same = event.after.every((value, i) => isSame(tape, value, event.before[i]));
    return event.mutated || (event.changed && !(event.after.length && same)) ? [step] : [];
  });
}
