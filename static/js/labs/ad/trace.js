/**
 * From trees to an evaluation trace, as Baydin et al. (2018) number it: inputs v₁₋ₙ … v₀, then one vᵢ for every
 * operation, those first that need the fewest operations before them. One vᵢ is one op on the tape.
 */

import { t } from "../../language/index.js";
import { Fault } from "./fault.js";
import { known } from "./functions.js";
import { names, parse } from "./parse.js";

/** @typedef {import("./parse.js").Tree} Tree */
/** @typedef {{row: number} | {number: number}} Operand a row of the trace, or a number as it is written */
/** @typedef {{kind: "input" | "constant" | "op", index: number, name: string, op: string, args: Operand[], value?: number}} Row `index`: the i of vᵢ; `name`: what it is called in the program */
/** @typedef {{rows: Row[], inputs: number[], outputs: {name: string, row: number}[]}} Trace `inputs` and `outputs`: rows */

export const LIMITS = Object.freeze({ letters: 400, inputs: 6, outputs: 4, ops: 40 });

const PYTHON = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield torch math".split(
    " ",
  ),
);

const naturally = new Intl.Collator("en", { numeric: true }).compare;

/** A text to its trace; raises a Fault. @param {string} text @returns {Trace} */
export function traced(text) {
  if (text.length > LIMITS.letters)
    throw new Fault(
      t("This is too long for the lab: at most {n} characters.", { n: LIMITS.letters }),
      LIMITS.letters,
      text.length,
    );
  const lines = parse(text);
  /** @type {Map<string, import("./parse.js").Line>} */
  const defined = new Map();
  for (const line of lines) {
    if (defined.has(line.name))
      throw new Fault(t("{name} is set twice: give one of them another name.", { name: line.name }), line.at, line.end);
    if (line.named) checkName(line.name, line.at, line.end);
    defined.set(line.name, line);
  }
  const used = lines.flatMap(({ tree }) => [...names(tree)]);
  const builder = new Builder(inputsOf(used, defined));
  for (const line of lines) builder.line(line, defined);
  const inner = new Set(used.map(({ name }) => name));
  const outputs = lines.filter(({ name }) => !inner.has(name)).map(({ name }) => ({ name, row: builder.rowOf(name) }));
  if (outputs.length > LIMITS.outputs)
    throw new Fault(
      t("The lab follows at most {n} outputs.", { n: LIMITS.outputs }),
      lines[LIMITS.outputs].at,
      text.length,
    );
  return ordered(builder.rows, outputs);
}

/** Inputs, constants, operations by depth; of the same depth as they are written. @param {Row[]} rows @param {{name: string, row: number}[]} outputs @returns {Trace} */
function ordered(rows, outputs) {
  /** @type {number[]} */
  const depths = [];
  rows.forEach(({ kind, args }, i) => {
    const before = args.map((arg) => ("row" in arg ? depths[arg.row] : 0));
    depths[i] = kind === "input" ? -1 : kind === "constant" ? 0 : 1 + Math.max(0, ...before);
  });
  const order = rows.map((_, i) => i).sort((a, b) => depths[a] - depths[b] || a - b);
  const place = new Map(order.map((old, i) => [old, i]));
  const moved = (/** @type {number} */ old) => /** @type {number} */ (place.get(old));
  let ops = 0;
  const sorted = order.map((old) => {
    const row = rows[old];
    const args = row.args.map((arg) => ("row" in arg ? { row: moved(arg.row) } : arg));
    if (row.kind !== "op") return { ...row, args };
    ops += 1;
    return { ...row, args, index: ops, name: `v${ops}` };
  });
  return {
    rows: sorted,
    inputs: sorted.flatMap((row, i) => (row.kind === "input" ? [i] : [])),
    outputs: outputs.map(({ name, row }) => ({ name, row: moved(row) })),
  };
}

/** The free names, x2 before x10. @param {Extract<Tree, {kind: "name"}>[]} used @param {Map<string, unknown>} defined */
function inputsOf(used, defined) {
  const free = used.filter(({ name }) => !defined.has(name));
  const found = [...new Set(free.map(({ name }) => name))].sort(naturally);
  for (const { name, at, end } of free) checkName(name, at, end);
  if (found.length > LIMITS.inputs) {
    const { at, end } = /** @type {{at: number, end: number}} */ (
      free.find(({ name }) => name === found[LIMITS.inputs])
    );
    throw new Fault(t("The lab follows at most {n} inputs.", { n: LIMITS.inputs }), at, end);
  }
  if (!found.length)
    throw new Fault(
      t("There is no variable in it, so there is nothing to differentiate by: write x1 somewhere."),
      0,
      1,
    );
  return found;
}

/** Names go into the program as they are. @param {string} name @param {number} at @param {number} end */
function checkName(name, at, end) {
  if (/^[vc]\d+$/.test(name))
    throw new Fault(
      t("v1, v2, … and c1, c2, … are what the lab calls its own steps: choose another name.", {}),
      at,
      end,
    );
  if (PYTHON.has(name)) throw new Fault(t("{name} is a word of Python's own: choose another name.", { name }), at, end);
}

/** Adds row to row. */
class Builder {
  /** @param {string[]} inputs */
  constructor(inputs) {
    /** @type {Row[]} */
    this.rows = inputs.map((name, i) => ({ kind: "input", index: i + 1 - inputs.length, name, op: "", args: [] }));
    /** @type {Map<string, number>} */
    this.named = new Map(inputs.map((name, i) => [name, i]));
    this.ops = 0;
    this.constants = 0;
  }

  /** @param {import("./parse.js").Line} line @param {Map<string, {at: number, end: number}>} defined */
  line({ name, tree }, defined) {
    this.defined = defined;
    const operand = this.operand(tree);
    this.named.set(name, "row" in operand ? operand.row : this.constant(operand.number));
  }

  /** @param {string} name @returns {number} */
  rowOf(name) {
    return /** @type {number} */ (this.named.get(name));
  }

  /** @param {Tree} tree @returns {Operand} */
  operand(tree) {
    if (tree.kind === "number") return { number: tree.value };
    if (tree.kind === "name") return { row: this.known(tree) };
    const args = tree.args.map((arg) => this.operand(arg));
    if (this.ops >= LIMITS.ops)
      throw new Fault(t("The lab shows at most {n} operations.", { n: LIMITS.ops }), tree.at, tree.end);
    const torch = known(tree.op).torch;
    // torch's functions take tensors only, and Python would do away with an operation on two numbers before torch sees it.
    const tensors = torch.startsWith("torch.") || args.every((arg) => "number" in arg);
    const given = tensors ? args.map((arg) => ("number" in arg ? { row: this.constant(arg.number) } : arg)) : args;
    this.ops += 1;
    return { row: this.add({ kind: "op", index: this.ops, name: `v${this.ops}`, op: tree.op, args: given }) };
  }

  /** @param {Extract<Tree, {kind: "name"}>} tree */
  known({ name, at, end }) {
    const row = this.named.get(name);
    if (row === undefined)
      throw new Fault(t("{name} is used before the line that sets it: move that line up.", { name }), at, end);
    return row;
  }

  /** @param {number} value */
  constant(value) {
    this.constants += 1;
    return this.add({ kind: "constant", index: this.constants, name: `c${this.constants}`, op: "", args: [], value });
  }

  /** @param {Row} row */
  add(row) {
    this.rows.push(row);
    return this.rows.length - 1;
  }
}

const DIGITS = "₀₁₂₃₄₅₆₇₈₉";

const MARKS = Object.freeze({ "": "", dot: "\u0307", bar: "\u0304" });

/** v₋₁, c₁; with a dot it is the tangent, with a bar the adjoint. @param {Row} row @param {keyof typeof MARKS} [mark] */
export function symbol({ kind, index }, mark = "") {
  const digits = [...String(Math.abs(index))].map((digit) => DIGITS[Number(digit)]).join("");
  return `${kind === "constant" ? "c" : "v"}${MARKS[mark]}${index < 0 ? "₋" : ""}${digits}`;
}

/** The operation in mathematics: v₋₁ · v₀. @param {Trace} trace @param {number} at */
export function formula({ rows }, at) {
  const row = rows[at];
  if (row.kind === "input") return row.name;
  if (row.kind === "constant") return String(row.value);
  return known(row.op).shows(...argumentsOf(rows, row));
}

/** @param {Row[]} rows @param {Row} row */
const argumentsOf = (rows, row) => row.args.map((arg) => ("row" in arg ? symbol(rows[arg.row]) : written(arg.number)));

/** ∂vᵢ by each of its arguments, in mathematics: "1", "−1", "cos(v₀)"; null for a number. @param {Trace} trace @param {number} at @returns {(string | null)[]} */
export function partials({ rows }, at) {
  const row = rows[at];
  if (row.kind !== "op") return [];
  const texts = known(row.op).partials(symbol(row), ...argumentsOf(rows, row));
  return row.args.map((arg, i) => ("row" in arg && rows[arg.row].kind !== "constant" ? texts[i] : null));
}

/** A partial derivative times what it is multiplied by. @param {string} partial @param {string} by */
export function times(partial, by) {
  if (partial === "1") return by;
  if (partial === "−1") return `−${by}`;
  return partial.startsWith("1 / ") ? `${by} ${partial.slice(2)}` : `${by} · ${partial}`;
}

/** The tangent of a row, by the chain rule: v̇₋₁ · v₀ + v̇₀ · v₋₁. @param {Trace} trace @param {number} at */
export function tangentFormula(trace, at) {
  const { args } = trace.rows[at];
  const terms = partials(trace, at).flatMap((partial, i) => {
    const arg = args[i];
    return partial !== null && "row" in arg ? [times(partial, symbol(trace.rows[arg.row], "dot"))] : [];
  });
  return terms.join(" + ").replaceAll("+ −", "− ") || "0";
}

/** A negative number among operators stands in brackets. @param {number} number */
const written = (number) => (number < 0 ? `(−${-number})` : String(number));
