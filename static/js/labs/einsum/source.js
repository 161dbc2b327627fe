/** From an equation, shapes and numbers to the program that the einsum lab records. */

import { adjointOf } from "./adjoint.js";
import { operandName } from "./equation.js";

/** @typedef {import("./equation.js").Equation} Equation */
/** @typedef {import("./adjoint.js").Adjoint} Adjoint */
/** @typedef {{source: string, lines: {operands: number[], y: number, g: number | null, backward: number | null, adjoints: {adjoint: Adjoint, line: number, whole: number}[]}}} Program lines from 1; `line`: of the contraction, `whole`: of the gradient it becomes */

/** @param {number} number */
const float = (number) => (/[.e]/.test(String(number)) ? String(number) : `${number}.`);

/** Nested lists. @param {readonly number[]} numbers @param {readonly number[]} shape @returns {string} */
export function nested(numbers, shape) {
  if (!shape.length) return float(numbers[0]);
  const [first, ...rest] = shape;
  const each = numbers.length / first;
  const parts = Array.from({ length: first }, (_, i) => nested(numbers.slice(i * each, (i + 1) * each), rest));
  return `[${parts.join(", ")}]`;
}

/** What torch is given may be no equation at all; JSON's strings are Python's, too. @param {string} text */
const quoted = (text) => JSON.stringify(text);

/** @param {string} text as it was typed @param {Equation | null} equation null where torch will refuse it @param {readonly (readonly number[])[]} shapes @param {readonly (readonly number[])[]} numbers @param {"ones" | "count"} cotangent @returns {Program} */
export function program(text, equation, shapes, numbers, cotangent) {
  const page = ["import torch", ""];
  const add = (/** @type {string} */ line) => page.push(line);
  const names = shapes.map((_, n) => operandName(n));
  const operands = shapes.map((shape, n) =>
    add(`${names[n]} = torch.tensor(${nested(numbers[n], shape)}, dtype=torch.float64, requires_grad=True)`),
  );
  add("");
  const y = add(`y = torch.einsum(${quoted(text)}, ${names.join(", ")})`);
  if (!equation)
    return { source: `${page.join("\n")}\n`, lines: { operands, y, g: null, backward: null, adjoints: [] } };
  const g = add(
    cotangent === "ones" ? "g = torch.ones_like(y)" : "g = torch.arange(1, y.numel() + 1, dtype=y.dtype).view_as(y)",
  );
  const backward = add("y.backward(g)");
  page.push("", "with torch.no_grad():  # the adjoint contractions, written out");
  const adjoints = shapes.map((_, n) => {
    const adjoint = adjointOf(equation, shapes, n);
    const bar = `${names[n]}_bar`;
    const line = add(
      `    ${bar} = torch.einsum(${quoted(adjoint.equation)}, ${adjoint.factors.map(factor).join(", ")})`,
    );
    const more = [
      ...adjoint.inserted.map(({ dim }) => `.unsqueeze(${dim})`),
      adjoint.expanded ? `.expand_as(${names[n]})` : "",
    ].join("");
    return { adjoint, line, whole: more ? add(`    ${bar} = ${bar}${more}`) : line };
  });
  return { source: `${page.join("\n")}\n`, lines: { operands, y, g, backward, adjoints } };
}

/** @param {import("./adjoint.js").Factor} of */
const factor = ({ name, eye }) => (eye === null ? name : `torch.eye(${eye}, dtype=torch.float64)`);
