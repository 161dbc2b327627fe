/** The functions and operators that the AD lab knows: how each is written in torch, in mathematics, and where it has no value or no derivative. */

import { t } from "../../language/index.js";

/**
 * @typedef {{torch: string, arity: number, shows: (...args: string[]) => string, partials: (self: string, ...args: string[]) => string[],
 *   domain?: (...args: number[]) => string | null, kink?: (...args: number[]) => string | null}} Known
 *   `partials`: the derivative by each argument, of the result and the arguments; `domain`: why there is no finite value at these arguments; `kink`: what PyTorch takes where the derivative does not exist
 */

/** @param {string} name @returns {Known["shows"]} */
const called =
  (name) =>
  (...args) =>
    `${name}(${args.join(", ")})`;

/** @param {"max" | "min"} name @param {string} torch @returns {Known} */
const ofTwo = (name, torch) => ({
  torch,
  arity: 2,
  shows: called(name),
  partials: (_, a, b) => (name === "max" ? [`[${a} > ${b}]`, `[${b} > ${a}]`] : [`[${a} < ${b}]`, `[${b} < ${a}]`]),
  kink: (a, b) =>
    a === b ? t("Both arguments of {name} are equal: PyTorch gives each half of the derivative.", { name }) : null,
});

/** @type {Record<string, Known>} */
export const FUNCTIONS = {
  ln: {
    torch: "torch.log",
    arity: 1,
    partials: (_, a) => [`1 / ${a}`],
    shows: called("ln"),
    domain: (a) => (a > 0 ? null : t("ln is defined for numbers above 0")),
  },
  exp: {
    torch: "torch.exp",
    arity: 1,
    partials: (y) => [y],
    shows: called("exp"),
    domain: (a) => (a > 709 ? t("exp of more than 709 is beyond float64") : null),
  },
  sin: { torch: "torch.sin", arity: 1, partials: (_, a) => [`cos(${a})`], shows: called("sin") },
  cos: { torch: "torch.cos", arity: 1, partials: (_, a) => [`(−sin(${a}))`], shows: called("cos") },
  tan: { torch: "torch.tan", arity: 1, partials: (y) => [`(1 + ${y}²)`], shows: called("tan") },
  tanh: { torch: "torch.tanh", arity: 1, partials: (y) => [`(1 − ${y}²)`], shows: called("tanh") },
  sqrt: {
    torch: "torch.sqrt",
    arity: 1,
    partials: (y) => [`1 / (2 · ${y})`],
    shows: called("√"),
    domain: (a) => (a < 0 ? t("a square root is defined for numbers from 0 on") : null),
    kink: (a) => (a === 0 ? t("At 0 the square root is infinitely steep: its derivative is inf.") : null),
  },
  sigmoid: { torch: "torch.sigmoid", arity: 1, partials: (y) => [`${y} · (1 − ${y})`], shows: called("σ") },
  relu: {
    torch: "torch.relu",
    arity: 1,
    partials: (_, a) => [`[${a} > 0]`],
    shows: called("relu"),
    kink: (a) => (a === 0 ? t("relu has no derivative at 0: PyTorch takes 0.") : null),
  },
  abs: {
    torch: "torch.abs",
    arity: 1,
    partials: (_, a) => [`sign(${a})`],
    shows: (a) => `|${a}|`,
    kink: (a) => (a === 0 ? t("abs has no derivative at 0: PyTorch takes 0.") : null),
  },
  max: ofTwo("max", "torch.maximum"),
  min: ofTwo("min", "torch.minimum"),
};

/** Other names of the same. */
const ALIASES = /** @type {Record<string, string>} */ ({ log: "ln", σ: "sigmoid", maximum: "max", minimum: "min" });

/** @param {string} name */
export const functionNamed = (name) => {
  const own = ALIASES[name] ?? name;
  return Object.hasOwn(FUNCTIONS, own) ? own : null;
};

/** a ^ b by a: with a number as the exponent it is worked out. @param {string} a @param {string} b */
function powerRule(a, b) {
  const number = Number(b);
  if (Number.isNaN(number)) return `${b} · ${a} ^ (${b} − 1)`;
  return number === 2 ? `2 · ${a}` : `${b} · ${a} ^ ${number - 1}`;
}

/** @type {Record<string, Known>} */
export const OPERATORS = {
  "+": { torch: "+", arity: 2, partials: () => ["1", "1"], shows: (a, b) => `${a} + ${b}` },
  "-": { torch: "-", arity: 2, partials: () => ["1", "−1"], shows: (a, b) => `${a} − ${b}` },
  "*": { torch: "*", arity: 2, partials: (_, a, b) => [b, a], shows: (a, b) => `${a} · ${b}` },
  "/": {
    torch: "/",
    arity: 2,
    partials: (_, a, b) => [`1 / ${b}`, `(−${a} / ${b}²)`],
    shows: (a, b) => `${a} / ${b}`,
    domain: (_, b) => (b === 0 ? t("nothing can be divided by 0") : null),
  },
  "**": {
    torch: "**",
    arity: 2,
    partials: (y, a, b) => [powerRule(a, b), `${y} · ln(${a})`],
    shows: (a, b) => `${a} ^ ${b}`,
    domain: (a, b) =>
      a < 0 && !Number.isInteger(b)
        ? t("a negative number has no real power that is not whole")
        : a === 0 && b < 0
          ? t("0 has no negative power")
          : null,
  },
  neg: { torch: "-", arity: 1, partials: () => ["−1"], shows: (a) => `−${a}` },
};

/** @param {string} op */
export const known = (op) => FUNCTIONS[op] ?? OPERATORS[op];
