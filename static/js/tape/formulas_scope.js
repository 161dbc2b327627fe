/** Who plays which role in a formula: the tensors, constants and gradients of one op or one node, at one step. */

import { parse } from "./formulas_notation.js";
import { evaluate } from "./formulas_numbers.js";
import { relations } from "./relations.js";
import { barred, formatDtype, formatNumber, gradientOf, tensorName, toNumber } from "./words.js";

/** @typedef {import("./state.js").History} History */
/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {string | ((scope: Scope) => string | null)} Template a formula, in the notation of formulas_notation.js */
/**
 * One formula and its backward. `ops` are labels of torch's functions, `nodes` the names of autograd nodes without `Backward0`; `own`: the
 * nodes are meant only where one of the ops made them, or one of `within`, which hands its constants on. `roles` are the names of arguments and saved tensors; `edges` the roles in the order of
 * `next_functions`; `computed` roles are numbers, `symbols` letters of the formula itself, `where` what some of them stand for.
 * `broadcast` gradients are summed over dimensions that their tensor lacks, `batch` ones only over those before the last two.
 * @typedef {{ops: string[], nodes: string[], own?: boolean, within?: string[], roles?: Record<string, string[]>, edges?: (node: string) => string[],
 *   forward: Template, backward: Record<string, Template>, where?: Record<string, string> | ((scope: Scope) => Record<string, string>),
 *   computed?: Record<string, (scope: Scope) => number | null>, symbols?: Record<string, string>, defaults?: Record<string, string>,
 *   unless?: (scope: Scope) => boolean, notes?: (scope: Scope) => string[], broadcast?: boolean, batch?: boolean}} Entry
 */
/** @typedef {{name: string, shape: readonly number[] | null, dtype: string, value: number | null}} Player what plays a role */

const ROLES = /** @type {Record<string, string[]>} */ ({
  x: ["input", "self", "tensor"],
  o: ["other"],
  w: ["weight"],
  b: ["bias"],
  y: ["result", "output"],
});
/** Nodes whose output has the same numbers as their input, or those of its transpose. */
const PASSING = new Set(
  "View UnsafeView ReshapeAlias Expand Squeeze Unsqueeze Permute Transpose ToCopy Clone Alias T".split(" "),
);
const UNNAMED = ["u", "v", "s", "r"];

/** `MulBackward0` → `Mul`; null for a node that is not torch's own. @param {string} name */
export function stem(name) {
  const found = /^(\w+?)(?:Backward\d+|Backwards)$/.exec(name);
  return found ? found[1] : null;
}

/** The one number of a value. @param {Tape} tape @param {number | null | undefined} id */
export function numberOf(tape, id) {
  const data = id === null || id === undefined ? null : tape.values[id]?.data;
  return data?.length === 1 ? toNumber(data[0]) : null;
}

/** The number that all of a value are. @param {Tape} tape @param {number | null} id */
export function uniformOf(tape, id) {
  const data = id === null ? null : tape.values[id]?.data;
  return data?.length && data.every((each) => each === data[0]) ? toNumber(data[0]) : null;
}

/** @param {readonly number[]} shape */
const size = (shape) => shape.reduce((product, length) => product * length, 1);

/** The tensor whose gradient arrives at a node's input: its name, also where it exists only inside an op. @param {Tape} tape @param {number} node @param {number} input @param {number} [depth] @returns {string | null} */
export function arrivingName(tape, node, input, depth = 0) {
  const tensor = gradientOf(tape, node, input);
  if (tensor !== null && isIts(tape, tensor, node)) return tensorName(tape, tensor);
  const { name, next_functions: next } = tape.nodes[node];
  const kind = stem(name);
  if (!kind || !PASSING.has(kind) || depth > 6 || !next[0] || next[0].node === null) return null;
  const inner = arrivingName(tape, next[0].node, next[0].input, depth + 1);
  return inner === null ? null : kind === "T" ? `${inner}ᵀ` : inner;
}

/** Whether the tensor itself came out of the node, and not out of another one of the same op. @param {Tape} tape @param {number} tensor @param {number} node */
function isIts(tape, tensor, node) {
  return (
    tape.nodes[node].variable === tensor || tape.tensors[tensor].node === node || tape.tensors[tensor].node === null
  );
}

export class Scope {
  #passed = /** @type {Map<string, Player | null>} */ (new Map());
  #inner = /** @type {string[]} */ ([]);

  /**
   * @param {History} history @param {number} step @param {Entry} entry
   * @param {number | null} op the op whose arguments the roles are; null where a node stands for a part of an op only
   * @param {number | null} node
   * @param {readonly import("./format.js").Constant[]} [constants] of the op that the node is a part of
   */
  constructor(history, step, entry, op, node, constants = []) {
    this.history = history;
    this.step = step;
    this.tape = history.tape;
    this.entry = entry;
    this.row = op === null ? null : this.tape.ops[op];
    this.constants = this.row?.constants ?? constants;
    this.node = node === null ? null : this.tape.nodes[node];
    this.edges = entry.edges?.(this.node?.name ?? "") ?? Object.keys(entry.backward);
    const ran = op === null ? undefined : relations(this.tape).steps.get(`op:${op}`)?.[0];
    /** The step at which the op ran, where it has run by now. */
    this.ran = ran !== undefined && ran <= step ? ran : null;
    const receives = node ?? (this.row?.outputs.length ? this.tape.tensors[this.row.outputs[0]].node : null);
    this.state = receives === null ? null : history.at(step).node(receives);
    /** @type {Record<string, string>} */
    this.defined = {};
    this.defined = typeof entry.where === "function" ? entry.where(this) : (entry.where ?? {});
  }

  /** The op's label without the marks of its in-place and reflected forms. */
  get op() {
    return this.row === null ? "" : plainLabel(this.row.label);
  }

  get inputs() {
    return this.row?.inputs.length ?? 0;
  }

  get writes() {
    return this.row === null ? (this.node?.inputs.length ?? 1) : this.row.outputs.length;
  }

  /** @param {string} role */
  has(role) {
    return this.constant(role) !== null || this.#given(role) !== null;
  }

  /** The text of a role that is no tensor; null where there is none. @param {string} role @returns {string | null} */
  constant(role) {
    const made = this.entry.computed?.[role]?.(this);
    if (made !== undefined && made !== null) return formatNumber(made);
    if (this.isSymbol(role)) return null;
    const found = this.constants.find((each) => this.#names(role).includes(each.name));
    const text = found?.text.replace(/^'(.*)'$/, "$1") ?? null;
    if (text !== null) return text === "None" ? null : text;
    const given = this.#given(role);
    if (given === null) return this.entry.defaults?.[role] ?? null;
    // A number of the program that torch made a tensor of.
    const needed = role === "y" || (this.node?.next_functions[this.edges.indexOf(role)]?.node ?? null) !== null;
    const wrapped = !needed && given.name === "" ? numberOf(this.tape, given.value) : null;
    return wrapped === null ? null : String(wrapped);
  }

  /** @param {string} role */
  isSymbol(role) {
    return role === "π" || role in (this.entry.symbols ?? {}) || role in this.defined;
  }

  /** Whether a role's name is a letter of the formula's own. @param {string} role */
  letter(role) {
    return this.isSymbol(role) || !this.#given(role)?.name;
  }

  /** @param {string} role */
  shape(role) {
    return this.#given(role)?.shape ?? null;
  }

  /** @param {string} role */
  count(role) {
    const shape = this.shape(role);
    return shape ? size(shape) : NaN;
  }

  /** @param {string} role */
  dtype(role) {
    return formatDtype(this.#given(role)?.dtype ?? "");
  }

  /** @param {string} role */
  isWhole(role) {
    return /^[iu]\d+$/.test(this.dtype(role));
  }

  /** @param {string} role */
  wide(role) {
    if (this.isSymbol(role)) return role !== "π" && this.count("y") !== 1;
    return this.constant(role) === null && this.count(role) !== 1;
  }

  /** @param {string} role @returns {string} */
  name(role) {
    if (this.isSymbol(role)) return this.entry.symbols?.[role] ?? role;
    const name = this.#given(role)?.name;
    if (name) return name;
    if (!this.#inner.includes(role)) this.#inner.push(role);
    return UNNAMED[this.#inner.indexOf(role)] ?? role;
  }

  /** @param {string} role */
  gradient(role) {
    return barred(this.name(role));
  }

  /** The roles that no tensor on the tape plays, as they are named. */
  get unnamed() {
    return this.#inner.map((role) => this.name(role));
  }

  /** The one number in a role, or of its gradient, at this step. @param {string} role @param {boolean} gradient @returns {number | null} */
  number(role, gradient) {
    if (gradient) return numberOf(this.tape, this.received(role));
    const text = this.constant(role);
    if (text !== null) return text.trim() === "" || Number.isNaN(Number(text)) ? null : Number(text);
    if (role in this.defined) return this.come(parse(this.defined[role]));
    return this.isSymbol(role) ? null : numberOf(this.tape, this.#given(role)?.value);
  }

  /** What a formula comes to; null where something in it is not one number. @param {import("./formulas_notation.js").Term} term @returns {number | null} */
  come(term) {
    const computed = evaluate(term, (role, gradient) => this.number(role, gradient));
    return Number.isNaN(computed) ? null : computed;
  }

  /** The gradient that arrived for one of the outputs. @param {string} role @returns {number | null} */
  received(role) {
    const index = /^y\d*$/.test(role) ? Number(role.slice(1)) : null;
    return index === null ? null : (this.state?.received[index] ?? null);
  }

  /** The gradient that went to an input. @param {string} role @returns {number | null} */
  sent(role) {
    const edge = this.edges.indexOf(role);
    return edge < 0 || this.node === null ? null : (this.state?.sent[edge] ?? null);
  }

  /** The tensor that the op was given for a role. @param {string} role @returns {number | null} */
  argument(role) {
    const found = this.#names(role).map((name) => this.row?.inputs.find((each) => each.name === name));
    return found.find((each) => each !== undefined)?.tensor ?? null;
  }

  /** What a role is played by. @param {string} role @returns {Player | null} */
  #given(role) {
    const known = this.#passed.get(role);
    if (known !== undefined) return known;
    const found = this.isSymbol(role) ? null : (this.#fromOp(role) ?? this.#fromNode(role));
    this.#passed.set(role, found);
    return found;
  }

  /** @param {string} role */
  #names(role) {
    return this.entry.roles?.[role] ?? ROLES[role] ?? [role];
  }

  /** @param {string} role @returns {Player | null} */
  #fromOp(role) {
    if (this.row === null) return null;
    const output = /^y\d*$/.test(role) ? Number(role.slice(1)) : null;
    if (output !== null) return this.#written(this.row, output);
    const given = this.argument(role);
    if (given === null) return null;
    const value = this.ran === null ? null : this.history.at(this.ran - 1).tensor(given);
    const again = this.tape.writes(this.row.id).includes(given) && value !== null;
    // A leaf from before the recording is seen where it is saved.
    const saved = this.ran === null ? undefined : this.node?.saved.find(({ tensor }) => tensor === given);
    return this.#tensor(given, value?.value ?? saved?.value ?? null, again ? `@v${value.version}` : "");
  }

  /** @param {import("./format.js").Op} row @param {number} output @returns {Player | null} */
  #written(row, output) {
    const written = this.tape.writes(row.id);
    const tensor = written[output];
    if (tensor === undefined) return null;
    const event = this.ran === null ? null : this.tape.events[this.ran];
    const seen = event?.kind === "op" ? event : null;
    const again = seen !== null && row.inputs.some((each) => each.tensor === tensor);
    return this.#tensor(tensor, seen?.values[output] ?? null, again ? `@v${seen.versions[output] ?? 0}` : "");
  }

  /** @param {number} id @param {number | null} value @param {string} version @returns {Player} */
  #tensor(id, value, version) {
    const { shape, dtype, name, op, grad_of, role } = this.tape.tensors[id];
    const nameless = name === null && op === null && grad_of === null && role !== "input" && role !== "parameter";
    return { name: nameless ? "" : `${tensorName(this.tape, id)}${version}`, shape, dtype, value };
  }

  /** @param {string} role @returns {Player | null} */
  #fromNode(role) {
    if (this.node === null) return null;
    const names = this.#names(role);
    const saved = this.node.saved.find((each) => names.includes(each.slot));
    if (role === "y") {
      const { shape, dtype } = this.node.inputs[0] ?? { shape: null, dtype: "" };
      return { name: arrivingName(this.tape, this.node.id, 0) ?? "", shape, dtype, value: saved?.value ?? null };
    }
    const edge = this.node.next_functions[this.edges.indexOf(role)];
    const target = edge?.node === null || edge === undefined ? null : edge.node;
    const arriving = target === null ? null : arrivingName(this.tape, target, edge.input);
    if (saved && saved.tensor !== null) {
      const player = this.#tensor(saved.tensor, saved.value, "");
      return { ...player, name: arriving ?? player.name };
    }
    if (target === null) return saved ? { name: "", shape: null, dtype: "", value: saved.value } : null;
    const metadata = this.tape.nodes[target].inputs[edge.input];
    const { variable } = this.tape.nodes[target];
    const { shape, dtype } = metadata ?? (variable === null ? { shape: null, dtype: "" } : this.tape.tensors[variable]);
    return { name: arriving ?? "", shape, dtype, value: saved?.value ?? null };
  }
}

/** `__iadd__`, `add_` → `add`. @param {string} label */
export function plainLabel(label) {
  return label.replace(/^__i?(?=\w+__$)|__$|(?<=\w)_$/g, "");
}
