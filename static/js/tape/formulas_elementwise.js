/** Formulas of what works element by element. */

import { t } from "../language/index.js";

/** @typedef {import("./formulas_scope.js").Entry} Entry */
/** @typedef {import("./formulas_scope.js").Scope} Scope */

/** A function of one tensor: `y = f(x)`. @param {string} name @param {string} forward @param {string} backward @param {Partial<Entry>} [more] @returns {Entry} */
const unary = (name, forward, backward, more = {}) => ({
  ops: [name],
  nodes: [name[0].toUpperCase() + name.slice(1)],
  forward,
  backward: { x: backward },
  ...more,
});

/** @param {Scope} s @param {string} role */
const plainly = (s, role) => Number(s.constant(role) ?? 1) === 1;
const TIES = t("Where both are equal, each gets half.");
/** What a condition in brackets counts for. */
export const HOLDS = t("[…] is 1 where it holds, else 0.");
const INNER = "sqrt(2 / π) * (x + 0.044715 * x^3)";

/** @type {Entry[]} */
const ARITHMETIC = [
  {
    ops: ["add"],
    nodes: ["Add"],
    broadcast: true,
    forward: (s) => (plainly(s, "alpha") ? "x + o" : "x + alpha * o"),
    backward: { x: "~y", o: (s) => (plainly(s, "alpha") ? "~y" : "alpha * ~y") },
  },
  {
    ops: ["sub", "subtract"],
    nodes: ["Sub"],
    broadcast: true,
    forward: (s) => (plainly(s, "alpha") ? "x - o" : "x - alpha * o"),
    backward: { x: "~y", o: (s) => (plainly(s, "alpha") ? "-~y" : "-alpha * ~y") },
  },
  {
    ops: ["rsub"],
    nodes: ["Rsub"],
    broadcast: true,
    forward: (s) => (plainly(s, "alpha") ? "o - x" : null),
    backward: { x: "-~y", o: "~y" },
  },
  {
    ops: ["mul", "multiply"],
    nodes: ["Mul"],
    broadcast: true,
    forward: "x * o",
    backward: { x: "~y * o", o: "~y * x" },
  },
  {
    ops: ["div", "divide", "true_divide"],
    nodes: ["Div"],
    broadcast: true,
    forward: (s) => (s.constant("rounding_mode") === null ? "x / o" : null),
    backward: { x: "~y / o", o: "-~y * x / o^2" },
  },
  {
    ops: ["rtruediv", "rdiv"],
    nodes: [],
    forward: "o / x",
    backward: { x: "-~y * o / x^2" },
  },
  unary("neg", "-x", "-~y"),
  {
    ops: ["pow"],
    nodes: ["Pow"],
    broadcast: true,
    roles: { n: ["exponent"] },
    edges: (node) => (node === "PowBackward2" ? ["n"] : ["x", "n"]),
    forward: (s) => (s.has("n") && s.has("x") ? "x^n" : null),
    backward: {
      x: (s) => (Number(s.constant("n")) === 2 ? "~y * 2 * x" : "~y * n * x^(n - 1)"),
      n: "~y * y * log(x)",
    },
  },
  {
    ops: ["rpow"],
    nodes: ["Pow"],
    own: true,
    roles: { n: ["exponent"] },
    forward: "n^x",
    backward: { x: "~y * y * log(n)" },
  },
  { ops: ["square"], nodes: ["Pow"], own: true, forward: "x^2", backward: { x: "~y * 2 * x" } },
  unary("reciprocal", "1 / x", "-~y * y^2"),
  unary("sqrt", "sqrt(x)", "~y / (2 * y)"),
  unary("rsqrt", "1 / sqrt(x)", "-~y * y^3 / 2"),
  unary("exp", "exp(x)", "~y * y"),
  unary("expm1", "exp(x) - 1", "~y * (y + 1)"),
  unary("log", "log(x)", "~y / x"),
  unary("log2", "log(x) / log(2)", "~y / (x * log(2))"),
  unary("log10", "log(x) / log(10)", "~y / (x * log(10))"),
  unary("log1p", "log(1 + x)", "~y / (1 + x)", { nodes: ["Log1P"] }),
  unary("sin", "sin(x)", "~y * cos(x)"),
  unary("cos", "cos(x)", "-~y * sin(x)"),
  unary("tan", "tan(x)", "~y * (1 + y^2)"),
  unary("sinh", "sinh(x)", "~y * cosh(x)"),
  unary("cosh", "cosh(x)", "~y * sinh(x)"),
  unary("atan", "atan(x)", "~y / (1 + x^2)", { ops: ["atan", "arctan"] }),
  unary("erf", "erf(x)", "~y * 2 / sqrt(π) * exp(-x^2)"),
  unary("abs", "abs(x)", "~y * sign(x)", { ops: ["abs", "absolute"] }),
];

/** @type {Entry[]} */
const ACTIVATIONS = [
  unary("tanh", "tanh(x)", "~y * (1 - y^2)"),
  unary("sigmoid", "σ(x)", "~y * y * (1 - y)"),
  unary("relu", "max(0, x)", "~y * [y > 0]", { notes: () => [HOLDS] }),
  {
    ops: ["gelu"],
    nodes: ["Gelu"],
    own: true,
    where: (s) => /** @type {Record<string, string>} */ (s.constant("approximate") === "tanh" ? { k: INNER } : {}),
    forward: (s) => (s.constant("approximate") === "tanh" ? "x / 2 * (1 + tanh(k))" : "x * Φ(x)"),
    backward: {
      x: (s) =>
        s.constant("approximate") === "tanh"
          ? "~y * ((1 + tanh(k)) / 2 + x / 2 * (1 - tanh(k)^2) * sqrt(2 / π) * (1 + 0.134145 * x^2))"
          : "~y * (Φ(x) + x * φ(x))",
    },
    notes: (s) =>
      s.constant("approximate") === "tanh"
        ? []
        : [t("Φ is the distribution function of the normal distribution, φ its density.")],
  },
  unary("silu", "x * σ(x)", "~y * σ(x) * (1 + x * (1 - σ(x)))", { ops: ["silu", "swish"] }),
  {
    ops: ["softplus"],
    nodes: ["Softplus"],
    own: true,
    forward: (s) => (plainly(s, "beta") ? "log(1 + exp(x))" : "log(1 + exp(beta * x)) / beta"),
    backward: { x: (s) => (plainly(s, "beta") ? "~y * σ(x)" : "~y * σ(beta * x)") },
  },
  {
    ops: ["leaky_relu"],
    nodes: ["LeakyRelu"],
    own: true,
    roles: { a: ["negative_slope"] },
    defaults: { a: "0.01" },
    forward: "where(x > 0, x, a * x)",
    backward: { x: "~y * (where(x > 0, 1, a))" },
  },
  {
    ops: ["elu"],
    nodes: ["Elu"],
    own: true,
    defaults: { alpha: "1" },
    forward: (s) => `where(x > 0, x, ${plainly(s, "alpha") ? "exp(x) - 1" : "alpha * (exp(x) - 1)"})`,
    backward: { x: (s) => `~y * (where(x > 0, 1, ${plainly(s, "alpha") ? "exp(x)" : "alpha * exp(x)"}))` },
  },
  {
    ops: ["selu"],
    nodes: ["Elu"],
    own: true,
    where: { λ: "1.05070099", α: "1.67326324" },
    forward: "λ * (where(x > 0, x, α * (exp(x) - 1)))",
    backward: { x: "~y * λ * (where(x > 0, 1, α * exp(x)))" },
  },
  unary("mish", "x * tanh(k)", "~y * (tanh(k) + x * σ(x) * (1 - tanh(k)^2))", { where: { k: "log(1 + exp(x))" } }),
  unary("hardswish", "x * min(max(x + 3, 0), 6) / 6", "~y * (where(x > 3, 1, x / 3 + 1 / 2)) * [x ≥ -3]", {
    notes: () => [HOLDS],
  }),
  unary("hardsigmoid", "min(max(x + 3, 0), 6) / 6", "~y / 6 * [x > -3] * [x < 3]", { notes: () => [HOLDS] }),
  unary("logsigmoid", "log(σ(x))", "~y * (1 - σ(x))", { nodes: ["LogSigmoid"] }),
  ...["hardtanh", "relu6"].map((name) => ({
    ops: [name],
    nodes: ["Hardtanh"],
    own: true,
    roles: { low: ["min_val"], high: ["max_val"] },
    defaults: name === "relu6" ? { low: "0", high: "6" } : { low: "-1", high: "1" },
    forward: "min(max(x, low), high)",
    backward: { x: "~y * [x > low] * [x < high]" },
    notes: () => [HOLDS],
  })),
  {
    ops: ["clamp", "clip"],
    nodes: ["Clamp"],
    own: true,
    roles: { low: ["min"], high: ["max"] },
    edges: () => ["x", "low", "high"],
    forward: (s) => (!s.has("high") ? "max(x, low)" : s.has("low") ? "min(max(x, low), high)" : "min(x, high)"),
    backward: {
      x: (s) => `~y${s.has("low") ? " * [x ≥ low]" : ""}${s.has("high") ? " * [x ≤ high]" : ""}`,
    },
    notes: () => [HOLDS],
  },
  {
    ops: ["maximum"],
    nodes: ["Maximum"],
    roles: { o: ["other", "out"] },
    broadcast: true,
    forward: "max(x, o)",
    backward: { x: "~y * [x > o]", o: "~y * [o > x]" },
    notes: () => [TIES],
  },
  {
    ops: ["minimum"],
    nodes: ["Minimum"],
    roles: { o: ["other", "out"] },
    broadcast: true,
    forward: "min(x, o)",
    backward: { x: "~y * [x < o]", o: "~y * [o < x]" },
    notes: () => [TIES],
  },
];

/** @type {Entry[]} */
const CHOICES = [
  {
    ops: ["where"],
    nodes: ["Where"],
    broadcast: true,
    roles: { c: ["condition"], x: ["x", "input", "self"], o: ["y", "other"] },
    forward: (s) => (s.has("x") ? "where(c, x, o)" : null),
    backward: { x: "~y * [c]", o: "~y * [not(c)]" },
    notes: () => [HOLDS],
  },
  {
    ops: ["masked_fill"],
    nodes: ["MaskedFill"],
    broadcast: true,
    roles: { m: ["mask"], v: ["value"] },
    forward: (s) => (s.has("v") ? "where(m, v, x)" : null),
    backward: { x: "~y * [not(m)]", v: "Σ(~y * [m])" },
    notes: () => [HOLDS],
  },
  {
    ops: ["lerp"],
    nodes: ["Lerp"],
    own: true,
    broadcast: true,
    roles: { o: ["end"], w: ["weight"] },
    edges: () => ["x", "o", "w"],
    forward: "x + w * (o - x)",
    backward: { x: "~y * (1 - w)", o: "~y * w", w: "~y * (o - x)" },
  },
  {
    ops: ["addcmul"],
    nodes: ["Addcmul"],
    own: true,
    broadcast: true,
    roles: { o: ["tensor1"], p: ["tensor2"], v: ["value"] },
    forward: (s) => (plainly(s, "v") ? "x + o * p" : "x + v * o * p"),
    backward: {
      x: "~y",
      o: (s) => (plainly(s, "v") ? "~y * p" : "~y * v * p"),
      p: (s) => (plainly(s, "v") ? "~y * o" : "~y * v * o"),
    },
  },
  {
    ops: ["dropout"],
    nodes: ["NativeDropout"],
    roles: { p: ["p"] },
    defaults: { p: "0.5" },
    forward: (s) => (s.constant("training") === "False" ? "x" : "x * m"),
    backward: { x: (s) => (s.constant("training") === "False" ? "~y" : "~y * m") },
    symbols: { m: "m" },
    notes: (s) =>
      s.constant("training") === "False"
        ? [t("Not in training: nothing is dropped.")]
        : [
            t("The mask m is 0 with probability p = {p}, else 1 / (1 − p). Backward uses the same one.", {
              p: s.constant("p") ?? "p",
            }),
          ],
  },
];

export const ELEMENTWISE = [...ARITHMETIC, ...ACTIVATIONS, ...CHOICES];
