/** What the event at a step is about: the units that show it, and on which side. */

import { isForward, nodeOfTensor } from "./hooks.js";

/** @typedef {{side: "forward" | "backward", unit: string}} Place */

export class Happening {
  /** @param {import("./types.js").Tape} tape @param {import("./types.js").Facts} facts @param {import("./clock.js").Clock} clock */
  constructor(tape, facts, clock) {
    this.tape = tape;
    this.facts = facts;
    this.clock = clock;
  }

  /** Where a step shows: what has no place of its own shows at the op or the node that it ran in. @param {number} step @returns {Place[]} */
  at(step) {
    const own = this.own(step);
    if (own.some(({ unit }) => this.isDrawn(unit))) return own;
    const around = this.clock.around(step);
    return around === null
      ? own
      : (this.facts.unitsOfNode.get(around) ?? []).map((unit) => ({ side: "backward", unit }));
  }

  /** @param {string} unit */
  isDrawn(unit) {
    return unit.startsWith("call:") ? this.facts.counts.has(Number(unit.slice(5))) : this.facts.units.has(unit);
  }

  /** @param {number} step @returns {Place[]} */
  own(step) {
    const event = this.tape.events[step];
    if (!event) return [];
    const { facts } = this;
    /** @param {number} node */
    const ofNode = (node) =>
      this.clock.copies(node, step).map((unit) => ({ side: /** @type {const} */ ("backward"), unit }));
    /** @param {number} tensor @param {"forward" | "backward"} side */
    const ofTensor = (tensor, side) =>
      (facts.unitsOfTensor.get(tensor) ?? [])
        .filter((unit) => !unit.startsWith("out:"))
        .map((unit) => ({ side, unit }));
    switch (event.kind) {
      case "op": {
        const unit = facts.unitOfOp.get(event.op);
        if (unit) return [{ side: "forward", unit }];
        const { hook, parent } = this.tape.ops[event.op];
        const outer = parent === null ? undefined : this.outermost(parent);
        if (outer) return [{ side: "forward", unit: outer }];
        if (hook !== null) return this.ofHook(hook, null);
        return this.tape.writes(event.op).flatMap((tensor) => {
          const owner = this.tape.tensors[tensor].grad_of;
          return owner === null ? ofTensor(tensor, "forward") : ofTensor(owner, "backward");
        });
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
      case "tangent":
        return ofTensor(event.tensor, "forward");
      case "grad_zero":
        return ofTensor(event.tensor, "backward");
      case "hook_fire":
        return this.ofHook(event.hook, event.node, step, event.module);
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

  /** The box of the op that an op ran in. @param {number} id @returns {string | undefined} */
  outermost(id) {
    const { parent } = this.tape.ops[id];
    return this.facts.unitOfOp.get(id) ?? (parent === null ? undefined : this.outermost(parent));
  }

  /**
   * @param {number} id @param {number | null} node @param {number} [step] where it fires, if it does
   * @param {number | null} [fired] the module that a hook on every module fires for @returns {Place[]}
   */
  ofHook(id, node, step, fired = null) {
    const hook = this.tape.hooks[id];
    const module = fired ?? hook.module;
    if (module !== null) {
      const side = isForward(hook.kind) ? "forward" : "backward";
      const calls = this.tape.calls.filter((call) => call.module === module && this.facts.counts.has(call.id));
      const latest = side === "forward" && step !== undefined && calls.length > 1 ? this.latest(module, step) : null;
      return (latest === null ? calls : calls.filter((call) => call.id === latest)).map((call) => ({
        side,
        unit: `call:${call.id}`,
      }));
    }
    const at = node ?? hook.node ?? (hook.tensor === null ? null : nodeOfTensor(this.tape, hook.tensor));
    return at === null ? [] : (this.facts.unitsOfNode.get(at) ?? []).map((unit) => ({ side: "backward", unit }));
  }

  /** The call of a module that a forward hook at a step belongs to: the one entered last. @param {number} module @param {number} step */
  latest(module, step) {
    for (let i = step; i >= 0; i -= 1) {
      const event = this.tape.events[i];
      if (event.kind === "call_enter" && this.tape.calls[event.call].module === module) return event.call;
    }
    return null;
  }
}
