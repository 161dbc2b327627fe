/**
 * Reading an einsum equation as torch reads it (`aten/src/ATen/native/Linear.cpp`): terms, output, free and summed
 * indices, sizes; or the first thing that is wrong, in torch's order of looking, with what to change. No DOM.
 */

import { t } from "../../language/index.js";

/** @typedef {{label: string, at: number}} Index `label`: a letter, or `…1`, `…2` for what an ellipsis covers, counted from the right; `at`: its place in the equation */
/** @typedef {{indices: Index[], at: number, end: number, dots: number | null}} Term `dots`: how many indices stand before the ellipsis */
/** @typedef {{at: number, end: number, message: string}} Fault */
/**
 * @typedef {{terms: Term[], output: Index[], implicit: boolean, sizes: Map<string, number>, free: string[], summed: string[],
 *   fault: null}} Equation
 */
/** @typedef {{fault: Fault}} Wrong */

const LETTER = /^[a-zA-Z]$/;

/** Raised while reading. */
class Found extends Error {
  /** @param {string} message @param {number} at @param {number} [end] */
  constructor(message, at, end = at + 1) {
    super(message);
    this.fault = { at, end, message };
  }
}

/** @param {number} n the operand's position */
export const operandName = (n) => "abcdefgh"[n];

/** @param {string} equation @param {readonly (readonly number[])[]} shapes of the operands @returns {Equation | Wrong} */
export function read(equation, shapes) {
  try {
    return readOrRaise(equation, shapes);
  } catch (error) {
    if (error instanceof Found) return { fault: error.fault };
    throw error;
  }
}

/** @param {string} equation @param {readonly (readonly number[])[]} shapes @returns {Equation} */
function readOrRaise(equation, shapes) {
  const arrow = equation.indexOf("->");
  const left = arrow < 0 ? equation : equation.slice(0, arrow);
  const raw = termsOf(left, shapes.length);
  const terms = raw.map((term, n) => unfolded(term, shapes[n], n));
  const hidden = Math.max(0, ...terms.map(({ indices }) => indices.filter(({ label }) => label[0] === "…").length));
  const output = arrow < 0 ? implied(terms, hidden) : written(equation, arrow + 2, terms, hidden);
  const sizes = sizesOf(terms, shapes);
  const kept = new Set(output.map(({ label }) => label));
  const all = [...new Set(terms.flatMap(({ indices }) => indices.map(({ label }) => label)))];
  const free = output.map(({ label }) => label);
  const summed = all.filter((label) => !kept.has(label));
  return { terms, output, implicit: arrow < 0, sizes, free, summed, fault: null };
}

/** Letters and dots of the left side, term by term. @param {string} left @param {number} operands @returns {Term[]} */
function termsOf(left, operands) {
  /** @type {Term[]} */
  const terms = [{ indices: [], at: 0, end: 0, dots: null }];
  for (let i = 0; i < left.length; i += 1) {
    const letter = left[i];
    const term = terms[terms.length - 1];
    term.end = i;
    if (letter === " ") continue;
    if (letter === ".") {
      term.dots = dotsAt(left, i, term, t("operand {name}", { name: operandName(terms.length - 1) }));
      i += 2;
    } else if (letter === ",") {
      if (terms.length >= operands) throw new Found(tooMany(left.split(",").length, operands), i, left.length);
      terms.push({ indices: [], at: i + 1, end: i + 1, dots: null });
    } else if (LETTER.test(letter)) term.indices.push({ label: letter, at: i });
    else throw new Found(noIndex(left, i), i);
  }
  terms[terms.length - 1].end = left.length;
  if (terms.length < operands) throw new Found(tooFew(terms.length, operands), 0, Math.max(1, left.length));
  return terms;
}

/** An ellipsis at a place: three dots, once a term. @param {string} text @param {number} i @param {Term} term @param {string} where @returns {number} */
function dotsAt(text, i, term, where) {
  if (term.dots !== null)
    throw new Found(
      t("There is a second ellipsis in {where}: one is all a term can have, take this one away.", { where }),
      i,
      dotsEnd(text, i),
    );
  if (text.slice(i, i + 3) !== "...")
    throw new Found(
      t("A dot stands alone in {where}: an ellipsis is written with exactly three dots, as in ...ij.", { where }),
      i,
      dotsEnd(text, i),
    );
  return term.indices.length;
}

/** @param {string} text @param {number} i */
const dotsEnd = (text, i) => i + (/^\.+/.exec(text.slice(i))?.[0].length ?? 1);

/** @param {number} terms @param {number} operands */
const tooMany = (terms, operands) =>
  t("The equation has {terms} terms, but there are only {operands} operands: take a term away, or add a shape.", {
    terms,
    operands,
  });

/** @param {number} terms @param {number} operands */
const tooFew = (terms, operands) =>
  t("The equation has {terms} terms for {operands} operands: every operand needs a term, with a comma between them.", {
    terms,
    operands,
  });

/** Why a character is no index. @param {string} text @param {number} i */
function noIndex(text, i) {
  const letter = String.fromCodePoint(text.codePointAt(i) ?? 0);
  if (letter === "-" || letter === ">")
    return t("“{letter}” is only half of an arrow: write -> without a space, once.", { letter });
  if (letter === "…") return t("An ellipsis is three single dots here: write ... instead of “{letter}”.", { letter });
  if (/\d/.test(letter))
    return t("“{letter}” is no index: an index is one letter from a to z or A to Z; sizes stand in the shapes.", {
      letter,
    });
  return t("“{letter}” is no index: an index is one letter from a to z or A to Z.", { letter });
}

/** A term with its ellipsis made into indices, one for each dimension that it covers. @param {Term} term @param {readonly number[]} shape @param {number} n @returns {Term} */
function unfolded(term, shape, n) {
  const { indices, dots, at, end } = term;
  const name = operandName(n);
  const [has, dims] = [indices.length, shape.length];
  if (dots === null && has !== dims)
    throw new Found(
      t(
        "Operand {name} has {dims} dimensions, its term has {has} indices: write one index for each dimension, or ... for the rest.",
        { name, dims, has },
      ),
      at,
      Math.max(end, at + 1),
    );
  if (has > dims)
    throw new Found(
      t("Operand {name} has only {dims} dimensions, its term has {has} indices: take some away.", { name, dims, has }),
      at,
      end,
    );
  const hidden =
    dots === null ? [] : Array.from({ length: dims - has }, (_, i) => ({ label: `…${dims - has - i}`, at: at + dots }));
  return { ...term, indices: [...indices.slice(0, dots ?? has), ...hidden, ...indices.slice(dots ?? has)] };
}

/** Without an arrow: the ellipsis first, then what occurs exactly once, sorted. @param {Term[]} terms @param {number} hidden @returns {Index[]} */
function implied(terms, hidden) {
  const all = terms.flatMap(({ indices }) => indices).filter(({ label }) => label[0] !== "…");
  const once = all.filter(({ label }) => all.filter((other) => other.label === label).length === 1);
  // Capitals come before small letters, as in ASCII.
  const sorted = once.sort((a, b) => (a.label < b.label ? -1 : 1));
  return [...ellipsis(hidden, -1), ...sorted];
}

/** @param {number} hidden @param {number} at @returns {Index[]} */
const ellipsis = (hidden, at) => Array.from({ length: hidden }, (_, i) => ({ label: `…${hidden - i}`, at }));

/** What stands after the arrow. @param {string} text @param {number} from @param {Term[]} terms @param {number} hidden @returns {Index[]} */
function written(text, from, terms, hidden) {
  const known = new Set(terms.flatMap(({ indices }) => indices.map(({ label }) => label)));
  /** @type {Term} */
  const term = { indices: [], at: from, end: text.length, dots: null };
  /** @type {Index[]} */
  const found = [];
  for (let i = from; i < text.length; i += 1) {
    const label = text[i];
    if (label === " ") continue;
    if (label === ".") {
      term.dots = dotsAt(text, i, term, t("the output"));
      found.push(...ellipsis(hidden, i));
      i += 2;
      continue;
    }
    if (!LETTER.test(label))
      throw new Found(label === "," ? t("There is one output only: take the comma away.") : noIndex(text, i), i);
    if (found.some((each) => each.label === label))
      throw new Found(
        t(
          "Index {label} stands twice in the output: an output has each index once. Take one away; a diagonal can be read (ii->i), not written.",
          { label },
        ),
        i,
      );
    if (!known.has(label))
      throw new Found(
        t("Index {label} is in the output and in no operand, so there is nothing to put there: use one of {known}.", {
          label,
          known: [...known].filter((each) => each[0] !== "…").join(", ") || t("none"),
        }),
        i,
      );
    found.push({ label, at: i });
  }
  return found;
}

/** How far each index runs; sizes must agree, and 1 goes with everything. @param {Term[]} terms @param {readonly (readonly number[])[]} shapes */
function sizesOf(terms, shapes) {
  /** @type {Map<string, {size: number, name: string}>} */
  const seen = new Map();
  terms.forEach(({ indices, at, end }, n) => {
    /** @type {Map<string, number>} */
    const own = new Map();
    indices.forEach((index, dim) => {
      const size = shapes[n][dim];
      const name = operandName(n);
      const place = index.label[0] === "…" ? { at, end } : { at: index.at, end: index.at + 1 };
      const before = own.get(index.label);
      if (before !== undefined && before !== size)
        throw new Found(
          t(
            "Index {label} stands twice in operand {name}, for its diagonal, but its dimensions are {before} and {size}: make them equal, or use two letters.",
            { label: index.label, name, before, size },
          ),
          place.at,
          place.end,
        );
      own.set(index.label, size);
      const other = seen.get(index.label);
      if (other && other.size !== size && other.size !== 1 && size !== 1)
        throw new Found(clash(index.label, name, size, other), place.at, place.end);
      if (!other || other.size === 1) seen.set(index.label, { size, name });
    });
  });
  return new Map([...seen].map(([label, { size }]) => [label, size]));
}

/** @param {string} label @param {string} name @param {number} size @param {{size: number, name: string}} other */
function clash(label, name, size, other) {
  const values = { label, name, size, other: other.name, before: other.size };
  return label[0] === "…"
    ? t(
        "The ellipsis covers a dimension of {before} in operand {other} and of {size} in operand {name}: they must be equal, or one of them 1.",
        values,
      )
    : t(
        "Index {label} runs to {before} in operand {other} and to {size} in operand {name}: give both the same size, or use another letter in one of them.",
        values,
      );
}
