/** What a learner has set in the einsum lab: the equation as it reads, the numbers, the program; or what to change. No DOM. */

import { t } from "../../language/index.js";
import { operandName, read } from "./equation.js";
import { FILLS, filled, typed, untyped } from "./numbers.js";
import { elements, LIMITS, shapesOf } from "./sizes.js";
import { program } from "./source.js";

/** @typedef {import("./equation.js").Equation} Equation */
/** @typedef {{at: number, end: number, message: string}} Fault */
/**
 * @typedef {{text: string, shapesText: string, shapes: number[][], shapesFault: Fault | null, equation: Equation | null, fault: Fault | null,
 *   limit: string, numbers: number[][], note: string, program: import("./source.js").Program | null}} Setup
 *   `fault`: what torch refuses, too; `limit`: what only the lab does; `note`: what became of typed numbers
 */

/** The notes' own matrices. */
export const DEFAULTS = Object.freeze({
  eq: "ik,kj->ij",
  sh: "2x3, 3x5",
  v: "own",
  own: "6 0 5 6 4 8; 6 5 2 3 1 4 8 1 8 5 0 6 7 6 7",
  seed: "0",
  g: "ones",
});

const LONGEST = 60;

/** @param {import("../edits.js").Fields} fields @returns {Setup} */
export function setupOf({ eq, sh, v, own, seed, g }) {
  const { shapes, fault: shapesFault } = shapesOf(sh);
  const found = shapesFault ? null : read(eq, shapes);
  const equation = found && !found.fault ? found : null;
  const limit = limitOf(eq, equation);
  const fill = FILLS.find((each) => each === v) ?? "own";
  const numbers = shapesFault ? [] : filled(fill, own, Number(seed) || 0, shapes);
  const written =
    shapesFault || limit ? null : program(eq, equation, shapes, numbers, g === "count" ? "count" : "ones");
  const note = fill === "own" && !shapesFault ? noteOf(own, shapes) : "";
  return {
    text: eq,
    shapesText: sh,
    shapes,
    shapesFault,
    equation,
    fault: found?.fault ?? null,
    limit,
    numbers,
    note,
    program: written,
  };
}

/** What torch would do and a page cannot show. @param {string} text @param {Equation | null} equation */
function limitOf(text, equation) {
  if (text.length > LONGEST) return t("The lab takes equations of at most {n} characters.", { n: LONGEST });
  if (!equation) return "";
  const size = elements(equation.output.map(({ label }) => equation.sizes.get(label) ?? 1));
  if (size > LIMITS.elements)
    return t("The output would have {has} elements; the lab shows at most {most}: make a size smaller.", {
      has: size,
      most: LIMITS.elements,
    });
  const products = elements([...equation.sizes.values()]);
  return products > LIMITS.products
    ? t("The loops would take {has} products; the lab plays at most {most}: make a size smaller.", {
        has: products,
        most: LIMITS.products,
      })
    : "";
}

/** @param {string} own @param {readonly (readonly number[])[]} shapes */
function noteOf(own, shapes) {
  const odd = untyped(own);
  if (odd !== null)
    return t("“{text}” is no number and is left out: write numbers with spaces between them, and ; between operands.", {
      text: odd,
    });
  const given = typed(own);
  const i = shapes.findIndex((shape, n) => (given[n]?.length ?? 0) !== elements(shape));
  if (i < 0) return "";
  return t(
    "Operand {name} has {needs} places and {has} numbers: missing ones are filled with digits, surplus ones are left out.",
    { name: operandName(i), needs: elements(shapes[i]), has: given[i]?.length ?? 0 },
  );
}
