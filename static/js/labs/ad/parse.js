/** From lines of mathematics to trees: a parser by precedence, whose complaints point at a character. */

import { t } from "../../language/index.js";
import { Fault } from "./fault.js";
import { FUNCTIONS, functionNamed } from "./functions.js";
import { tokens } from "./tokens.js";

/** @typedef {import("./tokens.js").Token} Token */
/**
 * @typedef {{kind: "number", value: number, at: number, end: number} | {kind: "name", name: string, at: number, end: number}
 *   | {kind: "op", op: string, args: Tree[], at: number, end: number}} Tree
 */
/** @typedef {{name: string, named: boolean, tree: Tree, at: number, end: number}} Line one line: what it is called, and whether the learner called it so */

/** How strongly an operator binds; `**` binds to the right, and more strongly than the minus before it. */
const BINDING = /** @type {Record<string, number>} */ ({ "+": 1, "-": 1, "*": 2, "/": 2, "**": 4 });
const MINUS = 3;
/** Brackets in brackets; deeper is no expression that anybody reads. */
const DEEPEST = 60;

/** What begins where a value must stand. @param {Token} token */
const begins = (token) => token.kind === "number" || token.kind === "name" || token.text === "(";

class Parser {
  /** @param {Token[]} all */
  constructor(all) {
    this.all = all;
    this.i = 0;
    this.depth = 0;
  }

  get now() {
    return this.all[this.i];
  }

  take() {
    const token = this.now;
    this.i += 1;
    return token;
  }

  /** @param {number} least @returns {Tree} */
  sum(least) {
    if ((this.depth += 1) > DEEPEST)
      throw new Fault(t("This is nested too deeply: give a part of it a line of its own."), this.now.at, this.now.end);
    let left = this.prefix();
    while (this.now.kind === "sign" && BINDING[this.now.text] >= least) {
      const { text } = this.take();
      const right = this.sum(text === "**" ? BINDING[text] - 0.5 : BINDING[text] + 1);
      left = { kind: "op", op: text, args: [left, right], at: left.at, end: right.end };
    }
    this.depth -= 1;
    return left;
  }

  /** @returns {Tree} */
  prefix() {
    const token = this.now;
    if (token.text === "+" && token.kind === "sign") {
      this.take();
      return this.sum(MINUS);
    }
    if (token.text !== "-" || token.kind !== "sign") return this.value();
    this.take();
    const of = this.sum(MINUS);
    if (of.kind === "number") return { ...of, value: -of.value, at: token.at };
    return { kind: "op", op: "neg", args: [of], at: token.at, end: of.end };
  }

  /** @returns {Tree} */
  value() {
    const token = this.take();
    if (token.kind === "number") return { kind: "number", value: Number(token.text), at: token.at, end: token.end };
    if (token.kind === "name") return this.now.text === "(" ? this.call(token) : named(token, this.now);
    if (token.text === "(") {
      const inner = this.sum(0);
      this.close(token);
      return inner;
    }
    throw missing(token, this.all[this.i - 2]);
  }

  /** @param {Token} name @returns {Tree} */
  call(name) {
    const op = functionNamed(name.text);
    if (!op) throw unknownFunction(name);
    const open = this.take();
    const args = [];
    if (this.now.text !== ")") args.push(this.sum(0));
    while (this.now.text === ",") {
      this.take();
      args.push(this.sum(0));
    }
    const end = this.close(open);
    const { arity } = FUNCTIONS[op];
    if (args.length !== arity) throw new Fault(wrongCount(name.text, arity, args.length), name.at, end);
    return { kind: "op", op, args, at: name.at, end };
  }

  /** @param {Token} open */
  close(open) {
    if (this.now.text === ")") return this.take().end;
    if (this.now.kind === "end") throw new Fault(t("This bracket is never closed: add a )."), open.at, open.end);
    throw between(this.all[this.i - 1], this.now);
  }

  /** The whole of a line. @returns {Tree} */
  whole() {
    const tree = this.sum(0);
    if (this.now.text === ")") throw new Fault(t("There is no ( for this ): take it away."), this.now.at, this.now.end);
    if (this.now.text === "=")
      throw new Fault(t("An = stands once in a line, after a single name: y = …"), this.now.at, this.now.end);
    if (this.now.text === ",")
      throw new Fault(
        t("A comma stands between the arguments of max and min only; a second output goes on a line of its own."),
        this.now.at,
        this.now.end,
      );
    if (this.now.kind !== "end") throw between(this.all[this.i - 1], this.now);
    return tree;
  }
}

/** @param {string} name @param {number} wants @param {number} has */
const wrongCount = (name, wants, has) =>
  wants === 1
    ? t("{name} takes one argument, and here it has {has}.", { name, has })
    : t("{name} takes two arguments, with a comma between them, and here it has {has}.", { name, has });

/** @param {Token} token @param {Token} next @returns {Tree} */
function named(token, next) {
  if (functionNamed(token.text)) {
    const argument = begins(next) ? next.text : "x";
    throw new Fault(
      t("Write the argument of {name} in brackets: {name}({argument}).", { name: token.text, argument }),
      token.at,
      token.end,
    );
  }
  return { kind: "name", name: token.text, at: token.at, end: token.end };
}

/** @param {Token} name */
function unknownFunction(name) {
  const sentence =
    name.text.length === 1 || /^[a-z]\d+$/.test(name.text)
      ? t("There is no function {name}; if you mean a product, write {name} * ( … ).", { name: name.text })
      : t("There is no function {name} here. There are: {functions}.", {
          name: name.text,
          functions: Object.keys(FUNCTIONS).join(", "),
        });
  return new Fault(sentence, name.at, name.end);
}

/** Two values without a sign. @param {Token} left @param {Token} right */
const between = (left, right) =>
  begins(right)
    ? new Fault(
        t("A sign is missing between {left} and {right}: for a product write {left} * {right}.", {
          left: left.text,
          right: right.text,
        }),
        left.at,
        right.end,
      )
    : new Fault(t("“{text}” cannot stand here.", { text: right.text }), right.at, right.end);

/** A value must stand where this token is. @param {Token} token @param {Token | undefined} before */
function missing(token, before) {
  if (token.kind === "end")
    return before
      ? new Fault(
          t("Something must follow “{text}”: a number, a name or a bracket.", { text: before.text }),
          before.at,
          before.end,
        )
      : new Fault(t("Type an expression, such as ln(x1) + x1 * x2 - sin(x2)."), token.at, token.end);
  if (token.text === ")")
    return new Fault(t("There is nothing before this ): a number or a name is missing."), token.at, token.end);
  return new Fault(
    t("A number, a name or a bracket must stand before “{text}”.", { text: token.text }),
    token.at,
    token.end,
  );
}

/** `y = …`, or the expression alone. @param {Token[]} all @returns {Line} */
function line(all) {
  const equals = all.findIndex((token) => token.text === "=");
  if (equals < 0) return { name: "", named: false, tree: new Parser(all).whole(), at: all[0].at, end: all[0].end };
  const [name] = all;
  if (equals !== 1 || name.kind !== "name")
    throw new Fault(t("On the left of = stands a single name: y = …"), all[0].at, all[equals].end);
  if (functionNamed(name.text))
    throw new Fault(
      t("{name} is a function here: call the output something else, such as y1.", { name: name.text }),
      name.at,
      name.end,
    );
  if (all.length === 3) throw missing(all[2], all[1]);
  return { name: name.text, named: true, tree: new Parser(all.slice(2)).whole(), at: name.at, end: name.end };
}

/** Every name in a tree. @param {Tree} tree @returns {Generator<Extract<Tree, {kind: "name"}>>} */
export function* names(tree) {
  if (tree.kind === "name") yield tree;
  if (tree.kind === "op") for (const arg of tree.args) yield* names(arg);
}

/** Lines without a name get one that means nothing else in the text. @param {Line[]} lines @returns {Line[]} */
function christened(lines) {
  const taken = new Set(lines.flatMap(({ name, tree }) => [name, ...[...names(tree)].map((each) => each.name)]));
  const nameless = lines.filter((each) => !each.named);
  return lines.map((each) => {
    if (each.named) return each;
    const i = nameless.indexOf(each);
    const number = nameless.length > 1 ? String(i + 1) : "";
    const name = ["y", "f", "z", "out"].map((stem) => stem + number).find((one) => !taken.has(one)) ?? `output${i + 1}`;
    return { ...each, name };
  });
}

/** Every line of a text; raises a Fault. @param {string} text @returns {Line[]} */
export function parse(text) {
  /** @type {Token[][]} */
  const rows = [];
  let offset = 0;
  for (const each of text.split("\n")) {
    const found = tokens(each, offset);
    if (found.length > 1) rows.push(found);
    offset += each.length + 1;
  }
  if (!rows.length) throw missing({ kind: "end", text: "", at: 0, end: 1 }, undefined);
  return christened(rows.map(line));
}
