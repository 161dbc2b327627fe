/**
 * The adjoint contractions: what an einsum sends back to each operand is again an einsum, of the output's cotangent
 * and the other operands. Three things need more than letters: an index that only this operand has (the gradient is
 * repeated along it), one that broadcasts (it is summed), and one that the operand has twice (it lies on a diagonal).
 */

import { operandName } from "./equation.js";

/** @typedef {import("./equation.js").Equation} Equation */
/** @typedef {{name: string, labels: string[], eye: number | null}} Factor `eye`: the identity matrix of this size, which no operand is */
/**
 * @typedef {{operand: number, factors: Factor[], labels: string[], inserted: {dim: number, label: string}[], expanded: boolean,
 *   repeated: string[], broadcast: string[], diagonal: string[], stretched: string[], spelled: [string, string][], equation: string}} Adjoint
 *   `labels`: of the contraction's own output; `inserted`: dimensions that are put in after it; `repeated`, `broadcast`, `diagonal`, `stretched`: the indices that need more than letters; `spelled`: which letter of the equation stands for which index, where that is another
 */

const SPARE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A letter for every label: its own; for what an ellipsis covers and for the second index of a diagonal one that is not in use. @param {Iterable<string>} labels @returns {Map<string, string>} */
export function letters(labels) {
  const all = [...new Set(labels)];
  const used = new Set(all.filter((label) => label.length === 1));
  const spare = [...SPARE].filter((letter) => !used.has(letter));
  return new Map(all.map((label) => [label, label.length === 1 ? label : /** @type {string} */ (spare.shift())]));
}

/** @param {Equation} equation @param {readonly (readonly number[])[]} shapes @param {number} operand @returns {Adjoint} */
export function adjointOf({ terms, output, sizes }, shapes, operand) {
  const own = terms[operand].indices.map(({ label }) => label);
  const others = terms.flatMap(({ indices }, n) =>
    n === operand ? [] : [{ name: operandName(n), labels: indices.map(({ label }) => label), eye: null }],
  );
  /** @type {Factor[]} */
  const factors = [{ name: "g", labels: output.map(({ label }) => label), eye: null }, ...others];
  const [labels, inserted] = /** @type {[string[], {dim: number, label: string}[]]} */ ([[], []]);
  const [repeated, broadcast, diagonal] = /** @type {[string[], string[], string[]]} */ ([[], [], []]);

  own.forEach((label, dim) => {
    const size = shapes[operand][dim];
    const before = own.slice(0, dim).filter((each) => each === label).length;
    if (size === 1 && sizes.get(label) !== 1) {
      inserted.push({ dim, label });
      if (!before) broadcast.push(label);
    } else if (before) {
      const second = `${label}${"′".repeat(before)}`;
      factors.push({ name: "eye", labels: [label, second], eye: size });
      labels.push(second);
      if (before === 1) diagonal.push(label);
    } else if (own.lastIndexOf(label) > dim || factors.some((factor) => factor.labels.includes(label)))
      labels.push(label);
    else {
      inserted.push({ dim, label });
      repeated.push(label);
    }
  });
  const stretched = labels.filter((label) => !reaches(label, factors, shapes, terms, sizes));
  const expanded = repeated.length > 0 || stretched.length > 0;
  const name = letters([...factors.flatMap((factor) => factor.labels), ...labels]);
  const spelled = [...name].filter(([label, letter]) => label !== letter);
  const spell = (/** @type {string[]} */ of) => of.map((label) => name.get(label)).join("");
  const equation = `${factors.map((factor) => spell(factor.labels)).join(",")}->${spell(labels)}`;
  return { operand, factors, labels, inserted, expanded, repeated, broadcast, diagonal, stretched, spelled, equation };
}

/** Whether some factor has the index at its full size; where all others have it at size 1 the result must be expanded. @param {string} label @param {Factor[]} factors @param {readonly (readonly number[])[]} shapes @param {import("./equation.js").Term[]} terms @param {Map<string, number>} sizes */
function reaches(label, factors, shapes, terms, sizes) {
  if (factors.some(({ name, eye, labels }) => (name === "g" || eye !== null) && labels.includes(label))) return true;
  return terms.some(
    ({ indices }, n) =>
      factors.some(({ name }) => name === operandName(n)) &&
      indices.some((index, dim) => index.label === label && shapes[n][dim] === sizes.get(label)),
  );
}
