/** Values and names in the few characters that a wire or a box has room for. */

import { t } from "../language/index.js";
import {
  barred,
  formatNumber,
  formatShape,
  formatValue,
  isSilent,
  shorten,
  tensorName,
  toNumber,
} from "../tape/words.js";

/** @typedef {import("./types.js").Tape} Tape */

export class Texts {
  /** @param {Tape} tape */
  constructor(tape) {
    this.tape = tape;
  }

  /** `10 + 20 = 30` where something was there before. @param {number} added @param {number} total */
  sum(added, total) {
    const [a, t] = [this.scalar(added), this.scalar(total)];
    return a === null || t === null || Math.abs(a - t) < 1e-12
      ? ""
      : `${formatNumber(t - a)} + ${formatNumber(a)} = ${formatNumber(t)}`;
  }

  /** @param {number} value */
  scalar(value) {
    const { data } = this.tape.values[value];
    return data?.length === 1 ? toNumber(data[0]) : null;
  }

  /** @param {number | null} value */
  orEmpty(value) {
    return value === null ? (isSilent(this.tape) ? "" : "–") : this.short(value, "= ");
  }

  /** Small values in full, others by shape; a tape without numbers says nothing. @param {number | null} value @param {string} sign put before numbers */
  short(value, sign = "") {
    const row = value === null ? undefined : this.tape.values[value];
    if (value === null || !row) return isSilent(this.tape) ? "" : "none";
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

  /** @param {string} name @param {number | null} value */
  labelled(name, value) {
    if (value === null) return name;
    const text = this.short(value, "= ");
    return name ? `${name} ${text}` : text.replace(/^= /, "");
  }

  /** `3 + 2 = 5` while the parts of a gradient arrive. @param {(number | null)[]} parts @param {string} name */
  parts(parts, name) {
    const numbers = parts.map((part) => (part === null ? null : this.scalar(part)));
    if (numbers.some((number) => number === null))
      return `${name ? `${name} ` : ""}${t("{n} parts", { n: parts.length })}`;
    const known = /** @type {number[]} */ (numbers);
    return `${known.map((number) => formatNumber(number)).join(" + ")} = ${formatNumber(known.reduce((sum, number) => sum + number, 0))}`;
  }

  /** @param {number} node @param {number} input */
  gradientName(node, input) {
    const { variable, op } = this.tape.nodes[node];
    const tensor =
      variable ??
      (op === null
        ? null
        : (this.tape.ops[op].outputs.find(
            (id) => this.tape.tensors[id].node === node && this.tape.tensors[id].node_output === input,
          ) ?? null));
    if (tensor === null || this.tape.tensors[tensor].name === null) return "";
    return barred(variable === null ? this.name(tensor) : this.leafName(tensor));
  }
}
