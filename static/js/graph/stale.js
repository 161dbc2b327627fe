/** Saved tensors that were changed in place after they were saved: the node that wants them will refuse. */

import { shorten } from "../tape/words.js";
import { groupName, groupsAround } from "./nesting.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {{node: number, saved: import("../tape/format.js").Saved, from: number, until: number}} Risk `from`, `until`: the steps between which it matters */

export class Stale {
  /** @param {import("./types.js").Tape} tape @param {import("./types.js").Facts} facts */
  constructor(tape, facts) {
    this.tape = tape;
    /** @type {Map<string, Risk[]>} by unit and by call, of those alone that ever become stale */
    this.risks = new Map();
    /** @type {Map<number, number>} */
    const latest = new Map();
    /** @type {Map<number, number>} */
    const exits = new Map();
    tape.events.forEach((event, step) => {
      if (event.kind === "op")
        tape
          .writes(event.op)
          .forEach((tensor, i) => latest.set(tensor, Math.max(latest.get(tensor) ?? 0, event.versions[i] ?? 0)));
      else if (event.kind === "param_update")
        latest.set(event.tensor, Math.max(latest.get(event.tensor) ?? 0, event.version));
      else if (event.kind === "node_exit" && !exits.has(event.node)) exits.set(event.node, step);
    });
    for (const node of tape.nodes) {
      const unit = facts.units.get(facts.unitsOfNode.get(node.id)?.[0] ?? "");
      if (!unit) continue;
      for (const saved of node.saved) {
        if (saved.tensor === null || (latest.get(saved.tensor) ?? 0) <= saved.version) continue;
        const risk = {
          node: node.id,
          saved,
          from: node.op === null ? 0 : (facts.stepOfOp.get(node.op) ?? 0),
          until: exits.get(node.id) ?? Infinity,
        };
        this.note(unit.id, risk);
        for (const group of groupsAround(facts, unit.id)) this.note(groupName(facts, group), risk);
      }
    }
  }

  /** @param {string} id @param {Risk} risk */
  note(id, risk) {
    const list = this.risks.get(id);
    if (list) list.push(risk);
    else this.risks.set(id, [risk]);
  }

  /** What to warn of: `! b v0 ≠ v1`, or nothing. Once its node has run, what it saved no longer matters. @param {string} unit @param {State} state */
  warning(unit, state) {
    const risks = (this.risks.get(unit) ?? []).filter(
      ({ saved, from, until }) =>
        state.step >= from && state.step < until && this.version(saved, state) > saved.version,
    );
    if (!risks.length) return "";
    const [{ saved }] = risks;
    const name = saved.tensor === null ? null : this.tape.tensors[saved.tensor].name;
    return `! ${shorten(name?.split(".").at(-1) ?? saved.slot, 10)} v${saved.version} ≠ v${this.version(saved, state)}${risks.length > 1 ? ` +${risks.length - 1}` : ""}`;
  }

  /** @param {import("../tape/format.js").Saved} saved @param {State} state */
  version(saved, state) {
    return saved.tensor === null ? saved.version : state.tensor(saved.tensor).version;
  }
}
