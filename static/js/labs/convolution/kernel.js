/** The kernel as it is written: rows of weights, each a decimal number or a fraction, and the kernels one may begin with. */

import { t } from "../../language/index.js";

/** @typedef {{value: number, python: string}} Weight */

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?$/i;
const FRACTION = /^([+-]?\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)$/;

export const MOST = 7;

/** The cells' texts. @param {string} text @returns {string[][]} */
export const cellsOf = (text) => text.split(";").map((row) => row.split(",").map((cell) => cell.trim()));

/** @param {readonly (readonly string[])[]} cells */
export const textOf = (cells) => cells.map((row) => row.map((cell) => cell.replace(/[,;]/g, ".")).join(",")).join(";");

/** A weight, or null where the text is no number. @param {string} text @returns {Weight | null} */
export function weightOf(text) {
  // A minus sign as people type it in a text.
  const plain = text.trim().replace(/^[−–]/, "-");
  const [, above, below] = FRACTION.exec(plain) ?? [];
  if (below !== undefined)
    return Number(below) === 0
      ? null
      : { value: Number(above) / Number(below), python: `${Number(above)} / ${Number(below)}` };
  if (!DECIMAL.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value)
    ? { value, python: Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value) }
    : null;
}

/** The kernel in another size: what is in the middle stays there, what is new is 0. @param {readonly (readonly string[])[]} cells @param {number} rows @param {number} [columns] @returns {string[][]} */
export function resized(cells, rows, columns = rows) {
  const down = Math.floor((cells.length - rows) / 2);
  const right = Math.floor((cells[0].length - columns) / 2);
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => cells[i + down]?.[j + right] ?? "0"),
  );
}

/** Kernels to begin with, by what people call them. */
export const PRESETS = /** @type {const} */ ([
  { slug: "identity", name: t("identity"), kernel: "0,0,0;0,1,0;0,0,0" },
  { slug: "blur", name: t("blur"), kernel: "1/9,1/9,1/9;1/9,1/9,1/9;1/9,1/9,1/9" },
  { slug: "sharpen", name: t("sharpen"), kernel: "0,-1,0;-1,5,-1;0,-1,0" },
  { slug: "edges", name: t("edges"), kernel: "-1,-1,-1;-1,8,-1;-1,-1,-1" },
  { slug: "sobel-x", name: t("Sobel x"), kernel: "-1,0,1;-2,0,2;-1,0,1" },
  { slug: "sobel-y", name: t("Sobel y"), kernel: "-1,-2,-1;0,0,0;1,2,1" },
  { slug: "emboss", name: t("emboss"), kernel: "-2,-1,0;-1,1,1;0,1,2" },
  { slug: "notes", name: t("centre 1, around it −1/9"), kernel: "-1/9,-1/9,-1/9;-1/9,1,-1/9;-1/9,-1/9,-1/9" },
]);

/** The preset that a kernel is. @param {string} kernel */
export const presetOf = (kernel) => PRESETS.find((each) => each.kernel === kernel) ?? null;
