/** A formula as it is spoken: in words, from left to right. */

import { LONGEST, bare, filled } from "./formulas_typeset.js";
import { middle } from "./short.js";
import { formatNumber } from "./words.js";

/** @typedef {import("./formulas_notation.js").Term} Term */
/** @typedef {import("./formulas_typeset.js").Names} Names */

const SPOKEN_SIGNS = /** @type {Record<string, string>} */ ({
  "+=": "gets",
  "=": "is",
  "==": "is",
  ">": "is greater than",
  "<": "is less than",
  "≥": "is at least",
  "≤": "is at most",
  "+": "plus",
  "-": "minus",
  "*": "times",
  "@": "matrix times",
  "⊗": "outer product with",
  "/": "divided by",
});
const SPOKEN_CALLS = /** @type {Record<string, string>} */ ({
  Σ: "the sum of",
  Π: "the product of",
  σ: "sigmoid of",
  Φ: "the normal distribution function of",
  φ: "the normal density of",
  exp: "e to the power",
  sqrt: "the square root of",
  abs: "the size of",
  max: "the larger of",
  min: "the smaller of",
});

/** A formula aloud. @param {Term} term @param {Names} names @param {boolean} [numbers] @returns {string} */
export function spoken(term, names, numbers = false) {
  /** @param {Term} each */
  const say = (each) => spoken(each, names, numbers);
  switch (term.kind) {
    case "number":
    case "words":
      return term.text;
    case "role":
    case "gradient": {
      const number = numbers ? names.number(term.name, term.kind === "gradient") : null;
      if (number !== null) return formatNumber(number).replace(/^-/, "minus ");
      const name = middle(names.constant(term.name) ?? names.name(term.name), 2 * LONGEST);
      return term.kind === "gradient" ? `the gradient of ${name}` : name.replace(/^-/, "minus ");
    }
    case "minus":
      return `minus ${say(term.of)}`;
    case "group":
      return `the quantity ${say(term.of)},`;
    case "holds":
      return `1 where ${say(term.of)}, else 0`;
    case "transpose":
      return `${say(term.of)} transposed`;
    case "power":
      return term.exponent.kind === "number" && term.exponent.text === "2"
        ? `${say(term.base)} squared`
        : `${say(term.base)} to the power ${say(bare(term.exponent))}`;
    case "below":
      return numbers ? say(term.of) : `${say(term.of)} at ${filled(term.text, names)}`;
    case "at":
      return `${say(term.of)} at ${filled(term.text, names)}`;
    case "binary":
      return `${say(term.left)} ${SPOKEN_SIGNS[term.sign]} ${say(term.right)}`;
    case "call": {
      const args = term.args.map(say);
      if (term.name === "where") return `${args[1]} where ${args[0]}, else ${args[2]}`;
      if (term.name === "not") return `not ${args[0]}`;
      return `${SPOKEN_CALLS[term.name] ?? `${term.name} of`} ${args.join(" and ")}`;
    }
  }
}
