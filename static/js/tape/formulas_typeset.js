/** A formula as it is set on the page: with names, with numbers, with shapes, as one line of plain text. */

import { middle } from "./short.js";
import { formatNumber } from "./words.js";

/** @typedef {import("./formulas_notation.js").Term} Term */
/** @typedef {string | {name: string} | {letter: string} | {bar: string, of: string} | {value: string} | {above: Setting} | {below: string} | {top: Setting, bottom: Setting} | {root: Setting}} Piece */
/** @typedef {Piece[]} Setting */
/**
 * What a formula is set with. `wide`: the role holds more than one number; `letter`: its name is the formula's own, not the program's.
 * @typedef {{name: (role: string) => string, gradient: (role: string) => string, wide: (role: string) => boolean, letter: (role: string) => boolean,
 *   constant: (role: string) => string | null, number: (role: string, gradient: boolean) => number | null, shape: (role: string) => readonly number[] | null}} Names
 */

const MINUS = "\u2212";
/** The longest name inside a subscript, and the longest constant. */
export const LONGEST = 30;
const ARITHMETIC = new Set(["+", "-", "*", "@", "⊗"]);
/** Functions of many numbers that are written without parentheses. */
const GREAT = new Set(["Σ", "Π"]);

/** A number on the page. @param {number} number */
export const shown = (number) => formatNumber(number).replace(/^-/, MINUS);

/** A constant as the program gave it, without a superfluous `.0`. @param {string} text */
const written = (text) =>
  text.trim() === "" || Number.isNaN(Number(text)) ? middle(text, LONGEST) : shown(Number(text));

/** Names and program text inside subscripts and indexes. @param {string} text @param {Names} names */
export const filled = (text, names) =>
  middle(
    text.replace(
      /\$([\p{L}][\p{L}\p{M}\p{N}]*)/gu,
      (_, role) => names.constant(role) ?? middle(names.name(role), LONGEST),
    ),
    2 * LONGEST,
  );

/** @param {Term} term */
export const bare = (term) => (term.kind === "group" ? term.of : term);

/** The terms that a term is made of. @param {Term} term @returns {Term[]} */
function within(term) {
  if (term.kind === "binary") return [term.left, term.right];
  if (term.kind === "power") return [term.base, term.exponent];
  if (term.kind === "call") return term.args;
  return "of" in term ? [term.of] : [];
}

/** Whether a formula is about single elements. @param {Term} term @returns {boolean} */
const isIndexed = (term) => term.kind === "below" || within(term).some(isIndexed);

/** Whether a term stands for more than one number. @param {Term} term @param {Names} names @returns {boolean} */
function isWide(term, names) {
  if (term.kind === "role" || term.kind === "gradient") return names.wide(term.name);
  if (term.kind === "binary") return isWide(term.left, names) || isWide(term.right, names);
  if (term.kind === "call") return !GREAT.has(term.name) && term.args.some((each) => isWide(each, names));
  if (term.kind === "power") return isWide(term.base, names);
  return "of" in term && term.kind !== "below" && isWide(term.of, names);
}

/** @param {Term} term */
const isSum = (term) => (term.kind === "binary" && (term.sign === "+" || term.sign === "-")) || term.kind === "minus";

/** A formula with the names in it or, on `numbers`, with this step's numbers. @param {Term} term @param {Names} names @param {boolean} [numbers] @param {boolean} [indexed] it is about single elements @returns {Setting} */
export function typeset(term, names, numbers = false, indexed = isIndexed(term)) {
  /** @param {Term} each */
  const set = (each) => typeset(each, names, numbers, indexed);
  /** A part that may have to stand in parentheses: a negative number, a sum. @param {Term} each @returns {Setting} */
  const inner = (each) => {
    const parts = set(each);
    const first = parts[0];
    const negative = typeof first === "object" && "value" in first && first.value.startsWith(MINUS);
    return negative ? ["(", ...parts, ")"] : parts;
  };
  switch (term.kind) {
    case "number":
      return [term.text];
    case "words":
      return [term.text];
    case "role":
    case "gradient":
      return [leaf(term, names, numbers)];
    case "minus":
      return [MINUS, ...(isSum(term.of) ? ["(", ...set(term.of), ")"] : inner(term.of))];
    case "group":
      return ["(", ...set(term.of), ")"];
    case "holds":
      return ["[", ...set(term.of), "]"];
    case "transpose":
      return transposed(set(term.of));
    case "power":
      return [
        ...(term.base.kind === "call" && term.base.name === "exp" ? ["(", ...set(term.base), ")"] : inner(term.base)),
        { above: set(bare(term.exponent)) },
      ];
    case "below":
      return numbers ? set(term.of) : [...set(term.of), { below: filled(term.text, names) }];
    case "at":
      return [...set(term.of), `[${filled(term.text, names)}]`];
    case "binary": {
      if (term.sign === "/") return [{ top: set(bare(term.left)), bottom: set(bare(term.right)) }];
      return [
        ...set(term.left),
        ` ${signed(term, names, indexed)} `,
        ...(ARITHMETIC.has(term.sign) ? inner(term.right) : set(term.right)),
      ];
    }
    case "call":
      return call(term, names, numbers, indexed);
  }
}

/** @param {Extract<Term, {kind: "binary"}>} term @param {Names} names @param {boolean} indexed */
function signed({ sign, left, right }, names, indexed) {
  if (sign === "-") return MINUS;
  if (sign === "==") return "=";
  if (sign === "@") return "·";
  if (sign === "*") return !indexed && isWide(left, names) && isWide(right, names) ? "⊙" : "·";
  return sign;
}

/** @param {Extract<Term, {kind: "role" | "gradient"}>} term @param {Names} names @param {boolean} numbers @returns {Piece} */
function leaf({ kind, name }, names, numbers) {
  const constant = kind === "role" ? names.constant(name) : null;
  if (constant !== null) return { value: written(constant) };
  const number = numbers ? names.number(name, kind === "gradient") : null;
  if (number !== null) return { value: shown(number) };
  if (kind === "gradient") return { bar: names.gradient(name), of: names.name(name) };
  return names.letter(name) ? { letter: names.name(name) } : { name: names.name(name) };
}

/** @param {Extract<Term, {kind: "call"}>} term @param {Names} names @param {boolean} numbers @param {boolean} indexed @returns {Setting} */
function call({ name, below, args }, names, numbers, indexed) {
  const sets = args.map((each) => typeset(each, names, numbers, indexed));
  if (name === "exp") return ["e", { above: sets[0] }];
  if (name === "sqrt") return [{ root: sets[0] }];
  if (name === "abs") return ["|", ...sets[0], "|"];
  if (name === "not") return ["not ", ...sets[0]];
  if (name === "where") return [...sets[1], " where ", ...sets[0], ", else ", ...sets[2]];
  const commas = sets.flatMap((set, i) => (i ? [", ", ...set] : set));
  const sub = below === null || numbers ? [] : [{ below: filled(below, names) }];
  if (!GREAT.has(name)) return [name, ...sub, "(", ...commas, ")"];
  if (numbers) return isSum(args[0]) ? ["(", ...commas, ")"] : commas;
  return [name, ...sub, " ", ...(isSum(args[0]) ? ["(", ...commas, ")"] : commas)];
}

/** Transposing what is a transpose already takes its mark away. @param {Setting} set @returns {Setting} */
function transposed(set) {
  const [piece] = set;
  if (set.length === 1 && typeof piece === "object") {
    if ("name" in piece && piece.name.endsWith("ᵀ")) return [{ name: piece.name.slice(0, -1) }];
  }
  return [...set, { above: ["T"] }];
}

/** One line of text; a fraction in it has a slash. @param {Setting} set @returns {string} */
export function plain(set) {
  return set
    .map((piece) => {
      if (typeof piece === "string") return piece;
      if ("name" in piece) return piece.name;
      if ("letter" in piece) return piece.letter;
      if ("bar" in piece) return piece.bar;
      if ("value" in piece) return piece.value;
      if ("above" in piece) return plain(piece.above) === "T" ? "ᵀ" : `^${grouped(piece.above)}`;
      if ("below" in piece) return `_${piece.below.length > 1 ? `{${piece.below}}` : piece.below}`;
      if ("root" in piece) return `√${grouped(piece.root)}`;
      return `${grouped(piece.top)} / ${grouped(piece.bottom)}`;
    })
    .join("");
}

/** @param {Setting} set */
function grouped(set) {
  const alone = set.length === 1 && !(typeof set[0] === "object" && "top" in set[0]);
  return alone ? plain(set) : `(${plain(set)})`;
}

/** Whether a formula still reads well with a shape for every name. @param {Term} term @returns {boolean} */
function isSimple(term) {
  if (term.kind === "binary") return ARITHMETIC.has(term.sign) && isSimple(term.left) && isSimple(term.right);
  if (term.kind === "minus") return isSimple(term.of);
  if (term.kind === "transpose") return term.of.kind === "role" || term.of.kind === "gradient";
  return term.kind === "role" || term.kind === "gradient" || term.kind === "number";
}

/** @param {Term} term @returns {string[]} the tensors in it, each once, in order */
function rolesIn(term) {
  const own = term.kind === "role" || term.kind === "gradient" ? [term.name] : [];
  return [...new Set([...own, ...within(term).flatMap(rolesIn)])];
}

/** @param {readonly number[]} shape */
const bracketed = (shape) => `[${shape.join(", ")}]`;

/** A formula with shapes for names; what is transposed has the shape that it then has. @param {Term} term @param {Names} names @returns {string} */
function withShapes(term, names) {
  if (term.kind === "binary")
    return `${withShapes(term.left, names)} ${signed(term, names, false)} ${withShapes(term.right, names)}`;
  if (term.kind === "minus") return `${MINUS}${withShapes(term.of, names)}`;
  if (term.kind === "transpose") {
    const shape = "name" in term.of ? (names.shape(term.of.name) ?? []) : [];
    return bracketed([...shape.slice(0, -2), ...shape.slice(-2).reverse()]);
  }
  if (term.kind !== "role" && term.kind !== "gradient") return "text" in term ? term.text : "";
  return names.constant(term.name) ?? bracketed(names.shape(term.name) ?? []);
}

/** `[32, 64] · [64, 10]`. @param {Term} term @param {Names} names @returns {string} */
export function shapes(term, names) {
  const roles = rolesIn(term);
  if (isSimple(term) && roles.every((role) => names.constant(role) !== null || names.shape(role) !== null))
    return withShapes(term, names);
  return roles
    .map((role) => names.shape(role))
    .filter((shape) => shape !== null)
    .map(bracketed)
    .join(", ");
}
