/**
 * The notation of the formulas, and the tree that a formula in it says.
 *
 * `x` is the tensor or constant in that role, `~x` its gradient; `*` multiplies element by element, `@` is the product of matrices, `'`
 * transposes, `_i` and `_{i, j}` are subscripts, `[0:3]` right behind something is Python's indexing, `[x > 0]` alone is 1 where it holds
 * and else 0; a name in quotes is a function's, other text in quotes is words. In subscripts and indexes `$x` is the name of a role.
 */

/** @typedef {"+=" | "=" | "==" | ">" | "<" | "≥" | "≤" | "+" | "-" | "*" | "@" | "⊗" | "/"} Sign */
/**
 * @typedef {{kind: "number", text: string} | {kind: "words", text: string} | {kind: "role", name: string} | {kind: "gradient", name: string}
 *   | {kind: "minus", of: Term} | {kind: "group", of: Term} | {kind: "holds", of: Term} | {kind: "transpose", of: Term}
 *   | {kind: "binary", sign: Sign, left: Term, right: Term} | {kind: "power", base: Term, exponent: Term}
 *   | {kind: "below", of: Term, text: string} | {kind: "at", of: Term, text: string}
 *   | {kind: "call", name: string, below: string | null, args: Term[]}} Term
 */

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:e-?\d+)?)|(~?[\p{L}][\p{L}\p{M}\p{N}]*)|"([^"]*)"|_\{([^}]*)\}|_([\p{L}\p{N}])|(\+=|==|[=><≥≤+\-*@⊗/^'()[\],]))/uy;

/** How tightly what stands between two things binds. */
const BINDS = /** @type {Record<string, number>} */ ({
  "+=": 1,
  "=": 1,
  "==": 2,
  ">": 2,
  "<": 2,
  "≥": 2,
  "≤": 2,
  "+": 3,
  "-": 3,
  "*": 4,
  "@": 4,
  "⊗": 4,
  "/": 4,
});

/** @type {Map<string, Term>} */
const known = new Map();

/** What a formula says; the same text is read once. @param {string} text @returns {Term} */
export function parse(text) {
  let term = known.get(text);
  if (!term) known.set(text, (term = new Reader(text).whole()));
  return term;
}

/** Reads one formula from left to right. */
class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.next();
  }

  next() {
    TOKEN.lastIndex = this.at;
    const found = TOKEN.exec(this.text);
    if (!found && this.text.slice(this.at).trim()) throw new SyntaxError(`${this.text} at ${this.at}`);
    this.begin = this.at;
    this.at = found ? TOKEN.lastIndex : this.text.length;
    const [, number, name, words, wide, narrow, sign] = found ?? [];
    this.token = { number, name, words, below: wide ?? narrow, sign };
  }

  /** @param {string} sign */
  take(sign) {
    if (this.token?.sign !== sign) throw new SyntaxError(`${this.text} lacks ${sign} at ${this.begin}`);
    this.next();
  }

  whole() {
    const term = this.expression(0);
    if (this.text.slice(this.begin).trim()) throw new SyntaxError(`${this.text} goes on at ${this.begin}`);
    return term;
  }

  /** @param {number} least @returns {Term} */
  expression(least) {
    let left = this.signed();
    for (;;) {
      const sign = this.token?.sign ?? "";
      const binds = BINDS[sign] ?? 0;
      if (binds <= least) return left;
      this.next();
      left = { kind: "binary", sign: /** @type {Sign} */ (sign), left, right: this.expression(binds) };
    }
  }

  /** @returns {Term} */
  signed() {
    if (this.token?.sign !== "-") return this.followed(this.atom());
    this.next();
    return { kind: "minus", of: this.signed() };
  }

  /** What stands right behind something. @param {Term} of @returns {Term} */
  followed(of) {
    const { below, sign } = this.token ?? {};
    if (below !== undefined) {
      this.next();
      return this.followed({ kind: "below", of, text: below });
    }
    if (sign === "'") {
      this.next();
      return this.followed({ kind: "transpose", of });
    }
    if (sign === "[" && this.text[this.begin ?? 0] === "[")
      return this.followed({ kind: "at", of, text: this.index() });
    if (sign !== "^") return of;
    this.next();
    return this.followed({ kind: "power", base: of, exponent: this.token?.sign === "-" ? this.signed() : this.atom() });
  }

  /** The text of an index up to its bracket. */
  index() {
    const from = (this.begin ?? 0) + 1;
    let depth = 1;
    for (this.at = from; depth > 0; this.at += 1) {
      const letter = this.text[this.at];
      if (letter === undefined) throw new SyntaxError(`${this.text} lacks ]`);
      depth += letter === "[" ? 1 : letter === "]" ? -1 : 0;
    }
    const text = this.text.slice(from, this.at - 1);
    this.next();
    return text;
  }

  /** @returns {Term} */
  atom() {
    const { number, name, words, sign } = this.token ?? {};
    this.next();
    if (number !== undefined) return { kind: "number", text: number };
    if (name?.startsWith("~")) return { kind: "gradient", name: name.slice(1) };
    if (name !== undefined || words !== undefined)
      return this.called(/** @type {string} */ (name ?? words), words !== undefined);
    const closing = sign === "(" ? ")" : "]";
    if (sign !== "(" && sign !== "[") throw new SyntaxError(`${this.text} has ${sign ?? "nothing"} at ${this.begin}`);
    const of = this.expression(0);
    this.take(closing);
    return { kind: sign === "(" ? "group" : "holds", of };
  }

  /** A function with its arguments, or a name alone. @param {string} name @param {boolean} quoted @returns {Term} */
  called(name, quoted) {
    const below = this.token?.below ?? null;
    const after = below === null ? this.begin : this.at;
    if (this.text[after ?? 0] !== "(") return quoted ? { kind: "words", text: name } : { kind: "role", name };
    if (below !== null) this.next();
    this.take("(");
    const args = [this.expression(0)];
    while (this.token?.sign === ",") {
      this.next();
      args.push(this.expression(0));
    }
    this.take(")");
    return { kind: "call", name, below, args };
  }
}
