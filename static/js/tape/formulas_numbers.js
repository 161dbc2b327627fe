/** What a formula comes to where every tensor in it is one number: it proves a formula against the tape, and replaces nothing on it. */

/** @typedef {import("./formulas_notation.js").Term} Term */
/** @typedef {(role: string, gradient: boolean) => number | null} Numbers */

/** The error function, by its series and, far out, by its continued fraction. @param {number} x @returns {number} */
function erf(x) {
  if (x < 0) return -erf(-x);
  if (x > 3) {
    let tail = 0;
    for (let k = 60; k > 0; k -= 1) tail = k / 2 / (x + tail);
    return 1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + tail));
  }
  let [term, sum] = [x, x];
  for (let k = 1; k < 80; k += 1) {
    term *= (-x * x) / k;
    sum += term / (2 * k + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** @param {number} x */
const same = (x) => x;

const FUNCTIONS = /** @type {Record<string, (...numbers: number[]) => number>} */ ({
  exp: Math.exp,
  log: Math.log,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  tanh: Math.tanh,
  sinh: Math.sinh,
  cosh: Math.cosh,
  atan: Math.atan,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  max: Math.max,
  min: Math.min,
  erf,
  σ: (x) => 1 / (1 + Math.exp(-x)),
  Φ: (x) => (1 + erf(x / Math.SQRT2)) / 2,
  φ: (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI),
  where: (condition, yes, no) => (Number.isNaN(condition) ? NaN : condition ? yes : no),
  not: (condition) => (condition ? 0 : 1),
  // Of a single number:
  Σ: same,
  Π: same,
  mean: same,
});

/** Functions that leave their numbers as they are. */
const MOVES = new Set("clone detach reshape expand transpose permute squeeze unsqueeze contiguous to".split(" "));

const SIGNS = /** @type {Record<string, (a: number, b: number) => number>} */ ({
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "@": (a, b) => a * b,
  "⊗": (a, b) => a * b,
  "/": (a, b) => a / b,
  "==": (a, b) => Number(a === b),
  ">": (a, b) => Number(a > b),
  "<": (a, b) => Number(a < b),
  "≥": (a, b) => Number(a >= b),
  "≤": (a, b) => Number(a <= b),
});

/** The number that a formula comes to; NaN where something in it is not one number. @param {Term} term @param {Numbers} numbers @returns {number} */
export function evaluate(term, numbers) {
  /** @param {Term} part */
  const of = (part) => evaluate(part, numbers);
  switch (term.kind) {
    case "number":
      return Number(term.text);
    case "role":
      return term.name === "π" ? Math.PI : (numbers(term.name, false) ?? NaN);
    case "gradient":
      return numbers(term.name, true) ?? NaN;
    case "minus":
      return -of(term.of);
    case "group":
    case "holds":
    case "transpose":
    case "below":
      return of(term.of);
    case "power":
      return of(term.base) ** of(term.exponent);
    case "binary": {
      const [left, right] = [of(term.left), of(term.right)];
      return Number.isNaN(left) || Number.isNaN(right) ? NaN : (SIGNS[term.sign]?.(left, right) ?? NaN);
    }
    case "call": {
      const found = FUNCTIONS[term.name] ?? (MOVES.has(term.name) ? same : null);
      return found ? found(...term.args.map(of)) : NaN;
    }
    default:
      return NaN;
  }
}

/** Whether a computed number is the tape's own, as closely as a 32-bit float tells. @param {number} computed @param {number} seen */
export function agrees(computed, seen) {
  return Object.is(computed, seen) || Math.abs(computed - seen) <= 1e-5 * Math.max(Math.abs(seen), Math.abs(computed));
}
