/** Forward mode on the wires: the tangents of a value, one for each seed, where they are few numbers. */

import { formatNumber, toNumber } from "../tape/words.js";

/** The most seeds whose tangents have room on a wire. */
const MOST = 3;

export class Tangents {
  /** @param {import("./types.js").Tape} tape */
  constructor(tape) {
    this.tape = tape;
    /** @type {Map<number, {step: number, column: string, value: number | null}[]>} */
    this.known = new Map();
    const columns = new Set(/** @type {string[]} */ ([]));
    tape.events.forEach((event, step) => {
      if (event.kind !== "tangent") return;
      const column = `${event.seed}.${event.element}`;
      columns.add(column);
      const list = this.known.get(event.tensor) ?? [];
      this.known.set(event.tensor, [...list, { step, column, value: event.value }]);
    });
    this.columns = [...columns];
  }

  /** `∂ 5.5, 2`: the latest tangents of a tensor by seed, once all are there; one that never comes is zero. @param {number} tensor @param {number} step */
  of(tensor, step) {
    const list = this.known.get(tensor) ?? [];
    if (!list.length || this.columns.length > MOST) return "";
    const numbers = this.columns.map((column) => {
      const own = list.filter((each) => each.column === column);
      return own.length ? this.number(own.findLast((each) => each.step <= step)?.value ?? null) : "0";
    });
    return numbers.includes(null) ? "" : `∂ ${numbers.join(", ")}`;
  }

  /** @param {number | null} value */
  number(value) {
    const data = value === null ? null : this.tape.values[value].data;
    return data?.length === 1 ? formatNumber(toNumber(data[0]), 3) : null;
  }
}
