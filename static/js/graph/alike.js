/**
 * What is built alike: a number for each module call and each op, the same for those that do the same with the same shapes.
 *
 * Two calls are alike if their modules are of one type and the same things ran inside them, in the same order, on values
 * of the same shapes from the same places. Names play no part.
 */

/** @typedef {import("./types.js").Tape} Tape */

export class Alike {
  /** @param {Tape} tape @param {ReadonlyMap<number | null, readonly Bead[]>} beads what ran in each call, in order */
  constructor(tape, beads) {
    this.tape = tape;
    this.beads = beads;
    /** @type {Map<string, number>} */
    this.numbers = new Map();
    /** @type {Map<number, number>} */
    this.known = new Map();
  }

  /** What a call does, whichever module of its type does it. @param {number} call @returns {number} */
  call(call) {
    let number = this.known.get(call);
    if (number === undefined) {
      const { type } = this.tape.modules[this.tape.calls[call].module];
      const first = this.firstOp(call);
      const inside = (this.beads.get(call) ?? []).map((bead) =>
        bead.call === null ? this.op(bead.op, first) : `${this.call(bead.call)}${this.given(bead.call, first)}`,
      );
      number = this.number(`${type}[${inside.join()}]`);
      this.known.set(call, number);
    }
    return number;
  }

  /** A call, or an op at one place of the program; an op of which no place is known is like no other. @param {Bead} bead @returns {number} */
  kin(bead) {
    if (bead.call !== null) return this.call(bead.call);
    const { span } = this.tape.ops[bead.op];
    return this.number(span === null ? `op ${bead.op}` : `${span} ${this.op(bead.op, Infinity)}`);
  }

  /** @param {number} id @param {number} first the first op that counts as near @returns {string} */
  op(id, first) {
    const { name, inputs, outputs, mutates } = this.tape.ops[id];
    const from = inputs.map((input) => this.source(input.tensor, id, first));
    return `${name}(${from.join()})${[...outputs, ...mutates].map((tensor) => this.tape.tensors[tensor].shape.join("×"))}`;
  }

  /** @param {number} call @param {number} first */
  given(call, first) {
    const at = this.firstOp(call);
    return `(${this.tape.calls[call].inputs.map((tensor) => this.source(tensor, at, first)).join()})`;
  }

  /** Where a value comes from: so many ops before, or from outside. @param {number} tensor @param {number} at @param {number} first */
  source(tensor, at, first) {
    const { op } = this.tape.tensors[tensor];
    return op !== null && op >= first ? at - op : "";
  }

  /** @param {number} call @returns {number} */
  firstOp(call) {
    const bead = this.beads.get(call)?.[0];
    return !bead ? Infinity : bead.call === null ? bead.op : this.firstOp(bead.call);
  }

  /** @param {string} text */
  number(text) {
    let number = this.numbers.get(text);
    if (number === undefined) this.numbers.set(text, (number = this.numbers.size));
    return number;
  }
}

/** @typedef {{id: string, order: number, op: number, call: number | null}} Bead something that ran: an op, or a call with all that is in it (`op` is then −1) */
