/** From the text of a field to the value in the spec and back; a text that is none goes as it is, and the server says what it should be. No DOM. */

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** @param {string} text @returns {number | null} */
function numberOf(text) {
  const plain = text.trim().replace(/^[−–]/, "-");
  const number = NUMBER.test(plain) ? Number(plain) : NaN;
  return Number.isFinite(number) ? number : null;
}

/** `3, 3`, `(3, 3)`, `[3 3]`, `3×3` → [3, 3]. @param {string} text @returns {number[] | null} */
function numbersOf(text) {
  const inner = text
    .trim()
    .replace(/^[([](.*)[)\]]$/, "$1")
    .trim();
  if (!inner) return [];
  const numbers = inner
    .replace(/[,，;]\s*$/, "")
    .split(/\s*[,，;×]\s*|\s+|(?<=\d)x(?=\d)/)
    .map(numberOf);
  return numbers.every((one) => one !== null) ? /** @type {number[]} */ (numbers) : null;
}

/** @param {string} text @param {string} type of the argument @returns {unknown} undefined: nothing is said, torch's own default */
export function argumentOf(text, type) {
  const plain = text.trim();
  if (!plain) return undefined;
  if (/^(None|null)$/.test(plain)) return null;
  if (type === "str") return plain.replace(/^(["'])(.*)\1$/, "$2");
  const number = numberOf(plain);
  if (number !== null) return number;
  if (type === "sizes") return numbersOf(plain) ?? plain;
  return plain;
}

/** As it is written in a field. @param {unknown} value @returns {string} */
export function textOf(value) {
  if (value === undefined) return "";
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Torch's own default, as Python writes it: in an empty field. @param {unknown} value */
export const defaultOf = (value) => (Array.isArray(value) ? `(${textOf(value)})` : textOf(value));

/** @param {string} text @returns {unknown} a list of sizes */
export function shapeOf(text) {
  const plain = text.trim();
  return plain ? (numbersOf(plain) ?? plain) : undefined;
}

/** @param {unknown} shape */
export const shapeText = (shape) => (Array.isArray(shape) && !shape.length ? "()" : textOf(shape));

/** Numbers, row by row: `[[1, 2], [3, 4]]` as in Python, or only `1, 2`. @param {string} text @returns {unknown} */
export function tableOf(text) {
  const plain = text.trim();
  if (!plain) return undefined;
  try {
    return JSON.parse(plain);
  } catch {
    return numbersOf(plain) ?? plain;
  }
}

/** @param {unknown} values */
export const tableText = (values) =>
  values === undefined ? "" : typeof values === "string" ? values : JSON.stringify(values).replaceAll(",", ", ");

/** What is right in place of a text, where torch takes only some. */
const CHOICES = /** @type {Record<string, string[]>} */ ({
  padding_mode: ["zeros", "reflect", "replicate", "circular"],
  nonlinearity: ["tanh", "relu"],
  approximate: ["none", "tanh"],
  reduction: ["mean", "sum", "none"],
  mode: ["nearest", "linear", "bilinear", "bicubic", "trilinear", "nearest-exact"],
});

/** @param {import("./reading.js").Argument} argument @returns {string[] | null} */
export const choicesOf = ({ name, type }) => (type === "str" ? (CHOICES[name] ?? null) : null);
