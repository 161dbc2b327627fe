/** Formulas of what makes fewer numbers of many, or a running sum: reductions, softmax, cumsum. */

import { t } from "../language/index.js";
import { HOLDS } from "./formulas_elementwise.js";

/** @typedef {import("./formulas_scope.js").Entry} Entry */
/** @typedef {import("./formulas_scope.js").Scope} Scope */

/** How many numbers went into one. @param {Scope} s */
const many = (s) => s.count("x") / Math.max(1, s.count("y"));

/** Where it reduces along some dimensions only. @param {Scope} s */
function along(s) {
  const dim = s.constant("dim");
  if (dim === null || s.count("y") * many(s) !== s.count("x")) return [];
  return [
    /[,]/.test(dim)
      ? t("Over the dimensions {dims}.", { dims: dim.replace(/[()[\]]/g, "").replace(/,$/, "") })
      : t("Over dimension {dim}.", { dim }),
  ];
}

/** The correction of a variance: 1 unless the program says otherwise. @param {Scope} s */
function correction(s) {
  if (s.constant("unbiased") === "False") return 0;
  return Number(s.constant("correction") ?? 1);
}

const EVEN = t("Where several are the largest, they share the gradient evenly.");
const EUCLIDEAN = new Set(["2", "2.0", "fro", null]);
const DIM = ["dim", "axis", "names", "out"];

/** The norms that are known by their own formulas. @param {Scope} s @param {string} euclidean @param {string} absolute */
function norm(s, euclidean, absolute) {
  const order = s.constant("order");
  if (order === "1" || order === "1.0") return absolute;
  return EUCLIDEAN.has(order) ? euclidean : null;
}

/** @type {(name: "max" | "min") => Entry} */
const extreme = (name) => ({
  ops: [name, `a${name}`],
  nodes: [name === "max" ? "Max" : "Min", name === "max" ? "Amax" : "Amin"],
  own: true,
  roles: { dim: DIM },
  forward: `"${name}"_i(x_i)`,
  backward: {
    x: (s) => (s.writes > 1 ? `~x_i += ~y * [i == "arg${name}"(x)]` : "~x_i += ~y * [x_i == y] / Σ_j([x_j == y])"),
  },
  symbols: { i: "i" },
  notes: (s) => [
    ...along(s),
    HOLDS,
    ...(s.writes > 1 ? [] : [EVEN.replace("largest", name === "max" ? "largest" : "smallest")]),
  ],
});

/** @type {Entry[]} */
export const REDUCING = [
  {
    ops: ["sum"],
    nodes: ["Sum"],
    roles: { dim: DIM },
    forward: "Σ_i(x_i)",
    backward: { x: "~x_i += ~y" },
    notes: (s) => [...along(s), t("Every number gets the whole gradient.")],
  },
  {
    ops: ["mean"],
    nodes: ["Mean"],
    roles: { dim: DIM },
    computed: { n: many },
    forward: "Σ_i(x_i) / n",
    backward: { x: "~x_i += ~y / n" },
    notes: along,
  },
  {
    ops: ["var"],
    nodes: ["Var"],
    own: true,
    roles: { dim: DIM },
    computed: { m: (s) => many(s) - correction(s) },
    symbols: { μ: "μ" },
    where: () => ({ μ: '"mean"(x)' }),
    forward: "Σ_i((x_i - μ)^2) / m",
    backward: { x: "~x_i += ~y * 2 * (x_i - μ) / m" },
    notes: along,
  },
  {
    ops: ["std"],
    nodes: ["Std"],
    own: true,
    roles: { dim: DIM },
    computed: { m: (s) => many(s) - correction(s) },
    symbols: { μ: "μ" },
    where: () => ({ μ: '"mean"(x)' }),
    forward: "sqrt(Σ_i((x_i - μ)^2) / m)",
    backward: { x: "~x_i += ~y * (x_i - μ) / (m * y)" },
    notes: along,
  },
  extreme("max"),
  extreme("min"),
  {
    ops: ["norm", "vector_norm"],
    nodes: ["LinalgVectorNorm"],
    own: true,
    roles: { dim: DIM, order: ["p", "ord"] },
    forward: (s) => norm(s, "sqrt(Σ_i(x_i^2))", "Σ_i(abs(x_i))"),
    backward: { x: (s) => norm(s, "~x_i += ~y * x_i / y", "~x_i += ~y * sign(x_i)") },
    notes: along,
  },
  {
    ops: ["prod"],
    nodes: ["Prod"],
    roles: { dim: DIM },
    forward: "Π_i(x_i)",
    backward: { x: "~x_i += ~y * Π_{j ≠ i}(x_j)" },
    notes: along,
  },
  {
    ops: ["logsumexp"],
    nodes: ["Logsumexp"],
    roles: { dim: DIM },
    forward: "log(Σ_i(exp(x_i)))",
    backward: { x: "~x_i += ~y * exp(x_i - y)" },
    notes: along,
  },
  {
    ops: ["softmax"],
    nodes: ["Softmax"],
    roles: { dim: DIM },
    forward: "y_i = exp(x_i) / Σ_j(exp(x_j))",
    backward: { x: "~x_i += y_i * (~y_i - Σ_j(~y_j * y_j))" },
    notes: along,
  },
  {
    ops: ["log_softmax"],
    nodes: ["LogSoftmax"],
    roles: { dim: DIM },
    forward: "y_i = x_i - log(Σ_j(exp(x_j)))",
    backward: { x: "~x_i += ~y_i - exp(y_i) * Σ_j(~y_j)" },
    notes: along,
  },
  {
    ops: ["cumsum"],
    nodes: ["Cumsum"],
    roles: { dim: DIM },
    forward: "y_i = Σ_{j ≤ i}(x_j)",
    backward: { x: "~x_i += Σ_{j ≥ i}(~y_j)" },
    notes: along,
  },
];
