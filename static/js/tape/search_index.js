/** The words by which every thing of a tape can be found, each written down once with the things that it stands for. */

import { firstStep } from "./first.js";
import { hookKind, hookTarget } from "./hook_words.js";
import { nodeSpan } from "./source.js";
import { formatDtype, formatShape, gradientOf, tensorName, typeName } from "./words.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {"parameter" | "op" | "node" | "tensor" | "module" | "call" | "hook" | "optimizer"} Kind what a search tells apart */
/** @typedef {{thing: string, kind: Kind}} Entry */
/** @typedef {{text: string, own: number[], beside: number[]}} Term what are called so, and what have to do with it: indices of entries */
/** @typedef {{entries: Entry[], order: Map<string, number>, terms: Term[], shapes: {text: string, entries: number[]}[], lines: Map<number, number[]>}} Index entries stand in the order of the tape */
/** @typedef {(string | null | undefined)[]} Words */

/** @type {WeakMap<Tape, Index>} */
const known = new WeakMap();

/** @param {Tape} tape @returns {Index} */
export function searchIndex(tape) {
  let found = known.get(tape);
  if (!found) known.set(tape, (found = new Builder(tape).build()));
  return found;
}

/** Every thing of a tape, in the order in which they first happened. @param {Tape} tape @returns {Entry[]} */
function entriesOf(tape) {
  /** @param {string} name @param {Kind} kind @param {readonly {id: number}[]} rows @returns {Entry[]} */
  const all = (name, kind, rows) => rows.map(({ id }) => ({ thing: `${name}:${id}`, kind }));
  const parameters = tape.tensors.filter(({ role }) => role === "parameter");
  const others = tape.tensors.filter(({ role }) => role !== "parameter");
  return [
    ...all("tensor", "parameter", parameters),
    ...all("module", "module", tape.modules),
    ...all("call", "call", tape.calls),
    ...all("op", "op", tape.ops),
    ...all("tensor", "tensor", others),
    ...all("node", "node", tape.nodes),
    ...all("hook", "hook", tape.hooks),
    ...all("optimizer", "optimizer", tape.optimizers),
  ]
    .map((entry) => ({ entry, at: firstStep(tape, entry.thing) ?? Infinity }))
    .sort((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    .map(({ entry }) => entry);
}

class Builder {
  /** @param {Tape} tape */
  constructor(tape) {
    this.tape = tape;
    /** @type {Map<string, Term>} */
    this.terms = new Map();
    /** @type {Map<string, number[]>} */
    this.shapes = new Map();
    /** @type {Map<number, number[]>} */
    this.lines = new Map();
    this.at = 0;
  }

  /** @returns {Index} */
  build() {
    const entries = entriesOf(this.tape);
    for (const [at, { thing }] of entries.entries()) {
      this.at = at;
      this.read(thing);
    }
    return {
      entries,
      order: new Map(entries.map(({ thing }, at) => [thing, at])),
      terms: [...this.terms.values()],
      shapes: [...this.shapes].map(([text, found]) => ({ text, entries: found })),
      lines: this.lines,
    };
  }

  /** @param {string} thing */
  read(thing) {
    const [kind, number] = thing.split(":");
    const id = Number(number);
    if (kind === "op") this.op(id);
    else if (kind === "node") this.node(id);
    else if (kind === "tensor") this.tensor(id);
    else if (kind === "module") this.module(id);
    else if (kind === "call") this.call(id);
    else if (kind === "hook") this.hook(id);
    else this.optimizer(id);
  }

  /** @param {number} id */
  op(id) {
    const { tape } = this;
    const { label, name, call, span } = tape.ops[id];
    const written = tape.writes(id);
    this.own([label, name]);
    this.beside(written.map((tensor) => tape.tensors[tensor].name));
    this.inside(call);
    for (const tensor of written) this.tensorShape(tensor);
    this.line(span);
  }

  /** @param {number} id */
  node(id) {
    const { tape } = this;
    const { name, op, inputs } = tape.nodes[id];
    const gradient = gradientOf(tape, id);
    this.own([name]);
    this.beside([gradient === null ? null : tape.tensors[gradient].name, op === null ? null : tape.ops[op].label]);
    this.inside(op === null ? null : tape.ops[op].call);
    for (const { shape, dtype } of inputs) this.shape(shape, dtype);
    this.line(nodeSpan(tape, id));
  }

  /** @param {number} id */
  tensor(id) {
    const { tape } = this;
    const { role, op, span } = tape.tensors[id];
    this.own([tensorName(tape, id)]);
    this.beside([role]);
    this.inside(op === null ? null : tape.ops[op].call);
    this.tensorShape(id);
    this.line(op === null ? span : tape.ops[op].span);
  }

  /** @param {number} id */
  module(id) {
    const { path, name, type, constructed } = this.tape.modules[id];
    this.own([path, name, typeName(type), type]);
    this.line(constructed);
  }

  /** @param {number} id */
  call(id) {
    const { module, outputs, span } = this.tape.calls[id];
    const { path, name, type } = this.tape.modules[module];
    this.own([path, name, typeName(type), type]);
    for (const tensor of outputs) this.tensorShape(tensor);
    this.line(span);
  }

  /** @param {number} id */
  hook(id) {
    const { name, kind, span } = this.tape.hooks[id];
    this.own([name, hookKind(kind), kind]);
    this.beside([hookTarget(this.tape, id)]);
    this.line(span);
  }

  /** @param {number} id */
  optimizer(id) {
    const { name, type } = this.tape.optimizers[id];
    this.own([name, typeName(type), type]);
  }

  /** The innermost module that something ran in. @param {number | null} call */
  inside(call) {
    if (call === null) return;
    const { path, type } = this.tape.modules[this.tape.calls[call].module];
    this.beside([path, typeName(type)]);
  }

  /** @param {number} id */
  tensorShape(id) {
    const { shape, dtype } = this.tape.tensors[id];
    this.shape(shape, dtype);
  }

  /** @param {readonly number[]} shape @param {string} dtype */
  shape(shape, dtype) {
    const text = formatShape(shape);
    const list = this.shapes.get(text);
    if (!list) this.shapes.set(text, [this.at]);
    else if (list.at(-1) !== this.at) list.push(this.at);
    this.beside([text, dtype, dtype.replace(/^torch\./, ""), formatDtype(dtype)]);
  }

  /** @param {number | null} span */
  line(span) {
    if (span === null) return;
    const { line } = this.tape.spans[span];
    const list = this.lines.get(line);
    if (list) list.push(this.at);
    else this.lines.set(line, [this.at]);
  }

  /** What the thing itself is called. @param {Words} words */
  own(words) {
    for (const word of words) if (word) this.note(word, "own");
  }

  /** What it has to do with. @param {Words} words */
  beside(words) {
    for (const word of words) if (word) this.note(word, "beside");
  }

  /** @param {string} word @param {"own" | "beside"} how */
  note(word, how) {
    const text = word.toLowerCase();
    let term = this.terms.get(text);
    if (!term) this.terms.set(text, (term = { text, own: [], beside: [] }));
    if (term[how].at(-1) !== this.at) term[how].push(this.at);
  }
}
