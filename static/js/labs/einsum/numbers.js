/** The operands' numbers: typed by the learner, or small digits, counting, or ones. No DOM. */

import { elements } from "./sizes.js";

/** @typedef {"digits" | "count" | "ones" | "own"} Fill */

export const FILLS = /** @type {const} */ (["own", "digits", "count", "ones"]);

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Digits that look random and are the same each time (a linear congruential generator). @param {number} seed @param {number} n */
function digits(seed, n) {
  let state = (seed * 2654435761 + 40503) % 4294967296;
  return Array.from({ length: n }, () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return Math.floor((state / 4294967296) * 10);
  });
}

/** The numbers that were typed for each operand; what is none is left out. @param {string} text operands with ; between them */
export const typed = (text) =>
  text.split(/[;；]/).map((part) =>
    part
      .split(/[\s,，]+/)
      .filter((each) => NUMBER.test(each) && Number.isFinite(Number(each)))
      .map(Number),
  );

/** What was typed and is no number. @param {string} text */
export const untyped = (text) =>
  text.split(/[\s,，;；]+/).find((each) => each !== "" && !(NUMBER.test(each) && Number.isFinite(Number(each)))) ??
  null;

/** Flat numbers of every operand, row by row. Where too few were typed, digits follow. @param {Fill} fill @param {string} own @param {number} seed @param {readonly (readonly number[])[]} shapes @returns {number[][]} */
export function filled(fill, own, seed, shapes) {
  const given = fill === "own" ? typed(own) : [];
  return shapes.map((shape, i) => {
    const n = elements(shape);
    if (fill === "count") return Array.from({ length: n }, (_, k) => k);
    if (fill === "ones") return Array(n).fill(1);
    const mine = (given[i] ?? []).slice(0, n);
    return [...mine, ...digits(seed + i + 1, n).slice(mine.length)];
  });
}
