/** The shapes of the operands as a learner types them: 2×3, 3×5. No DOM. */

import { t } from "../../language/index.js";

/** @typedef {{shapes: number[][], fault: {at: number, end: number, message: string} | null}} Shapes */

/** What the tape holds inline, and what a page can show. */
export const LIMITS = Object.freeze({ elements: 64, size: 16, rank: 6, operands: 4, products: 1000 });

/** @param {readonly number[]} shape */
export const elements = (shape) => shape.reduce((count, size) => count * size, 1);

/** 2×3; a scalar has none. @param {readonly number[]} shape */
export const written = (shape) => (shape.length ? shape.join("x") : "()");

/** @param {string} text @returns {Shapes} */
export function shapesOf(text) {
  const parts = [...text.matchAll(/[^,;，；]+/g)];
  if (!parts.length) return wrong(t("Type the shape of every operand, such as 2x3, 3x5."), 0, Math.max(1, text.length));
  if (parts.length > LIMITS.operands)
    return wrong(
      t("The lab takes at most {n} operands.", { n: LIMITS.operands }),
      /** @type {number} */ (parts[LIMITS.operands].index),
      text.length,
    );
  /** @type {number[][]} */
  const shapes = [];
  for (const part of parts) {
    const at = /** @type {number} */ (part.index) + (part[0].length - part[0].trimStart().length);
    const end = at + Math.max(1, part[0].trim().length);
    const [shape, message] = one(part[0].trim());
    if (message) return wrong(message, at, end);
    shapes.push(shape);
  }
  return { shapes, fault: null };
}

/** @param {string} message @param {number} at @param {number} end @returns {Shapes} */
const wrong = (message, at, end) => ({ shapes: [], fault: { at, end, message } });

/** @param {string} text @returns {[number[], string]} a shape, and what is wrong with it */
function one(text) {
  if (/^(\(\s*\)|scalar|标量)$/.test(text)) return [[], ""];
  if (!/^\d+(\s*[x×*·\s]\s*\d+)*$/i.test(text))
    return [
      [],
      t("“{text}” is no shape: write sizes with an x between them, such as 2x3, and () for a scalar.", { text }),
    ];
  const shape = text.split(/[^\d]+/).map(Number);
  const odd = shape.find((size) => size < 1 || size > LIMITS.size);
  if (odd !== undefined)
    return [shape, t("The size {odd} is not shown here: use sizes from 1 to {most}.", { odd, most: LIMITS.size })];
  if (shape.length > LIMITS.rank) return [shape, t("The lab shows at most {n} dimensions.", { n: LIMITS.rank })];
  if (elements(shape) > LIMITS.elements)
    return [
      shape,
      t("{text} has {has} elements; the lab shows at most {most}, which the tape holds one by one. Make it smaller.", {
        text,
        has: elements(shape),
        most: LIMITS.elements,
      }),
    ];
  return [shape, ""];
}
