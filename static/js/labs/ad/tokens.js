/** From a line of mathematics to tokens: numbers, names, operators, brackets. */

import { t } from "../../language/index.js";
import { Fault } from "./fault.js";

/** @typedef {{kind: "number" | "name" | "sign" | "end", text: string, at: number, end: number}} Token */

/** What is typed on other keyboards for the same sign. */
const SAME = /** @type {Record<string, string>} */ ({
  "×": "*",
  "·": "*",
  "⋅": "*",
  "∗": "*",
  "÷": "/",
  "−": "-",
  "–": "-",
  "＋": "+",
  "（": "(",
  "）": ")",
  "，": ",",
  "＝": "=",
  "^": "**",
});
const NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;
const NAME = /^\p{L}[\p{L}\p{Nd}_₀-₉]*/u;
const SIGN = /^(?:\*\*|[-+*/^(),=×·⋅∗÷−–＋（），＝])/;
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** x₁ is x1; letters that Python takes for the same are the same. @param {string} name */
const plain = (name) => name.replace(/[₀-₉]/g, (digit) => String(SUBSCRIPTS.indexOf(digit))).normalize("NFKC");

/** @param {string} line @param {number} [offset] where the line stands in the whole text @returns {Token[]} the last one is the end */
export function tokens(line, offset = 0) {
  /** @type {Token[]} */
  const found = [];
  let i = 0;
  while (i < line.length) {
    const rest = line.slice(i);
    const space = /^\s+/.exec(rest);
    if (space) {
      i += space[0].length;
      continue;
    }
    const token = one(rest, offset + i);
    found.push(token);
    i += token.end - token.at;
  }
  return [
    ...found,
    { kind: "end", text: "", at: offset + line.trimEnd().length, end: offset + line.trimEnd().length + 1 },
  ];
}

/** @param {string} rest @param {number} at @returns {Token} */
function one(rest, at) {
  const number = NUMBER.exec(rest)?.[0];
  if (number) return measured(number, rest, at);
  const name = NAME.exec(rest)?.[0];
  if (name) return { kind: "name", text: plain(name), at, end: at + name.length };
  const sign = SIGN.exec(rest)?.[0];
  if (sign) return { kind: "sign", text: SAME[sign] ?? sign, at, end: at + sign.length };
  const letter = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  throw new Fault(
    t("“{letter}” means nothing here: use + − * / ^, brackets, numbers, names and functions such as sin(x).", {
      letter,
    }),
    at,
    at + letter.length,
  );
}

/** A number must be one: not 1.2.3, not beyond what float64 holds. @param {string} text @param {string} rest @param {number} at @returns {Token} */
function measured(text, rest, at) {
  if (/^\.\d/.test(rest.slice(text.length)) || rest[text.length] === ".") {
    const end = at + (/^[\d.]+/.exec(rest)?.[0].length ?? text.length);
    throw new Fault(t("A number has one decimal point: write 1.5, not 1.5.2."), at, end);
  }
  if (!Number.isFinite(Number(text)))
    throw new Fault(
      t("{text} is more than float64 can hold; write a number below 1.7e308.", { text }),
      at,
      at + text.length,
    );
  return { kind: "number", text, at, end: at + text.length };
}
