/** A formula as it is spoken: in words, from left to right. */

import { t } from "../language/index.js";
import { LONGEST, bare, filled } from "./formulas_typeset.js";
import { middle } from "./short.js";
import { formatNumber } from "./words.js";

/** @typedef {import("./formulas_notation.js").Term} Term */
/** @typedef {import("./formulas_typeset.js").Names} Names */

const SPOKEN_SIGNS = /** @type {Record<string, string>} */ ({
  "+=": t("gets"),
  "=": t("is"),
  "==": t("is"),
  ">": t("is greater than"),
  "<": t("is less than"),
  "≥": t("is at least"),
  "≤": t("is at most"),
  "+": t("plus"),
  "-": t("minus"),
  "*": t("times"),
  "@": t("matrix times"),
  "⊗": t("outer product with"),
  "/": t("divided by"),
});
const SPOKEN_CALLS = /** @type {Record<string, string>} */ ({
  Σ: t("the sum of"),
  Π: t("the product of"),
  σ: t("sigmoid of"),
  Φ: t("the normal distribution function of"),
  φ: t("the normal density of"),
  exp: t("e to the power"),
  sqrt: t("the square root of"),
  abs: t("the size of"),
  max: t("the larger of"),
  min: t("the smaller of"),
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
      if (number !== null) return formatNumber(number).replace(/^-/, `${t("minus")} `);
      const name = middle(names.constant(term.name) ?? names.name(term.name), 2 * LONGEST);
      return term.kind === "gradient" ? t("the gradient of {name}", { name }) : name.replace(/^-/, `${t("minus")} `);
    }
    case "minus":
      return t("minus {x}", { x: say(term.of) });
    case "group":
      return t("the quantity {x},", { x: say(term.of) });
    case "holds":
      return t("1 where {x}, else 0", { x: say(term.of) });
    case "transpose":
      return t("{x} transposed", { x: say(term.of) });
    case "power":
      return term.exponent.kind === "number" && term.exponent.text === "2"
        ? t("{x} squared", { x: say(term.base) })
        : t("{x} to the power {y}", { x: say(term.base), y: say(bare(term.exponent)) });
    case "below":
      return numbers ? say(term.of) : t("{x} at {place}", { x: say(term.of), place: filled(term.text, names) });
    case "at":
      return t("{x} at {place}", { x: say(term.of), place: filled(term.text, names) });
    case "binary":
      return `${say(term.left)} ${SPOKEN_SIGNS[term.sign]} ${say(term.right)}`;
    case "call": {
      const args = term.args.map(say);
      if (term.name === "where")
        return t("{x} where {condition}, else {y}", { x: args[1], condition: args[0], y: args[2] });
      if (term.name === "not") return t("not {x}", { x: args[0] });
      return `${SPOKEN_CALLS[term.name] ?? t("{name} of", { name: term.name })} ${args.join(t(" and "))}`;
    }
  }
}
