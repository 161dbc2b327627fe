/** Formulas of products of matrices, of einsum and of convolutions. */

import { t } from "../language/index.js";

/** @typedef {import("./formulas_scope.js").Entry} Entry */
/** @typedef {import("./formulas_scope.js").Scope} Scope */

const BATCH = t("For each of the batch.");

/** @param {Scope} s @param {string} role */
const rank = (s, role) => s.shape(role)?.length ?? 0;

/** @param {Scope} s */
const batched = (s) => (Math.max(rank(s, "x"), rank(s, "o")) > 2 ? [BATCH] : []);

/** What `x @ o` sends, by the number of dimensions of both. @param {Scope} s @param {"x" | "o"} role */
function sent(s, role) {
  const [left, right] = [rank(s, "x"), rank(s, "o")];
  if (left === 1 && right === 1) return role === "x" ? "~y * o" : "~y * x";
  if (right === 1) return role === "x" ? "~y ⊗ o" : left === 2 ? "x' @ ~y" : "Σ(x' @ ~y)";
  if (left === 1) return role === "o" ? "x ⊗ ~y" : right === 2 ? "o @ ~y" : "Σ(o @ ~y)";
  return role === "x" ? "~y @ o'" : "x' @ ~y";
}

/** @type {Entry} */
const MATMUL = {
  ops: ["matmul", "mm", "bmm", "mv", "rmatmul"],
  nodes: ["Mm", "Bmm", "Mv"],
  roles: { o: ["other", "mat2", "vec"] },
  batch: true,
  forward: (s) => (rank(s, "x") === 1 && rank(s, "o") === 1 ? "Σ_i(x_i * o_i)" : "x @ o"),
  backward: { x: (s) => sent(s, "x"), o: (s) => sent(s, "o") },
  notes: batched,
};

/** `y = β c + α a b`; factors of one are left out. @param {Scope} s @param {"alpha" | "beta"} role */
const factor = (s, role) => (Number(s.constant(role) ?? 1) === 1 ? "" : `${role} * `);

/** @type {Entry} */
const ADDMM = {
  ops: ["addmm", "baddbmm"],
  nodes: ["Addmm", "Baddbmm"],
  broadcast: true,
  roles: { p: ["mat1", "batch1"], q: ["mat2", "batch2"] },
  edges: () => ["x", "p", "q"],
  forward: (s) => `${factor(s, "beta")}x + ${factor(s, "alpha")}p @ q`,
  backward: {
    x: (s) => `${factor(s, "beta")}~y`,
    p: (s) => `${factor(s, "alpha")}~y @ q'`,
    q: (s) => `${factor(s, "alpha")}p' @ ~y`,
  },
  notes: (s) => (rank(s, "p") > 2 ? [BATCH] : []),
};

/** @type {Entry[]} */
const PRODUCTS = [
  MATMUL,
  ADDMM,
  {
    ops: ["linear"],
    nodes: ["Linear"],
    broadcast: true,
    own: true,
    edges: () => ["x", "w", "b"],
    forward: (s) => (s.has("b") ? "x @ w' + b" : "x @ w'"),
    backward: { x: "~y @ w", w: (s) => (rank(s, "x") === 1 ? "~y ⊗ x" : "~y' @ x"), b: "~y" },
    notes: (s) => (rank(s, "x") > 2 ? [t("All leading dimensions of the input count as one.")] : []),
  },
  {
    ops: ["dot", "inner", "vdot"],
    nodes: ["Dot"],
    roles: { o: ["other", "tensor"], x: ["input", "self"] },
    forward: (s) => (rank(s, "x") === 1 && rank(s, "o") === 1 ? "Σ_i(x_i * o_i)" : null),
    backward: { x: "~y * o", o: "~y * x" },
  },
  {
    ops: ["outer", "ger"],
    nodes: [],
    roles: { o: ["vec2"] },
    forward: "x ⊗ o",
    backward: { x: "~y @ o", o: "~y' @ x" },
  },
];

/** Letters of an equation that can be told apart in a formula. @param {string} text */
const apart = (text) => [...text].join(", ");

/** Operands and result of an einsum; null for what has no plain sum: dots, or a letter twice in one operand. @param {Scope} s */
function equation(s) {
  const [given, to] = (s.constant("equation") ?? "").replace(/\s/g, "").split("->");
  const operands = given.split(",");
  if (!given || /[^a-zA-Z,]/.test(given) || operands.length > 4) return null;
  if (operands.some((each) => new Set(each).size < each.length)) return null;
  const letters = [...given.replace(/,/g, "")];
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)).sort();
  return { operands, result: to ?? once.join("") };
}

/** @param {string} over the letters that are summed over @param {string[]} factors */
const summed = (over, factors) => (over ? `Σ_{${apart(over)}}(${factors.join(" * ")})` : factors.join(" * "));

/** @param {string} name @param {string} letters */
const indexed = (name, letters) => (letters ? `${name}_{${apart(letters)}}` : name);

/** The letters of some texts that another one lacks, each once. @param {string[]} texts @param {string} lacks */
const missing = (texts, lacks) => [...new Set(texts.join(""))].filter((letter) => !lacks.includes(letter)).join("");

/** @param {Scope} s */
function einsumForward(s) {
  const found = equation(s);
  if (!found) return null;
  const factors = found.operands.map((letters, i) => indexed(`x${i}`, letters));
  return `${indexed("y", found.result)} = ${summed(missing(found.operands, found.result), factors)}`;
}

/** @param {Scope} s @param {number} i */
function einsumBackward(s, i) {
  const found = equation(s);
  if (!found || i >= found.operands.length) return null;
  const own = found.operands[i];
  const others = found.operands.map((letters, k) => ({ letters, k })).filter(({ k }) => k !== i);
  const factors = [indexed("~y", found.result), ...others.map(({ letters, k }) => indexed(`x${k}`, letters))];
  const over = missing([found.result, ...others.map(({ letters }) => letters)], own);
  return `${indexed(`~x${i}`, own)} += ${summed(over, factors)}`;
}

const OPERANDS = [0, 1, 2, 3];

/** @type {Entry} */
const EINSUM = {
  ops: ["einsum"],
  nodes: [],
  roles: Object.fromEntries(OPERANDS.map((i) => [`x${i}`, [`arg${i + 1}`, `operands[${i}]`, `arg1[${i}]`]])),
  forward: einsumForward,
  backward: Object.fromEntries(OPERANDS.map((i) => [`x${i}`, (/** @type {Scope} */ s) => einsumBackward(s, i)])),
};

/** One number for all dimensions of a stride or padding; null where they differ or it is a word. @param {string | null} text @param {number} otherwise */
function single(text, otherwise) {
  if (text === null) return otherwise;
  const all = new Set(text.match(/\d+/g));
  return all.size === 1 && !/[a-z]/i.test(text) ? Number([...all][0]) : null;
}

/** Where the kernel reads: `2p + k − 1`. @param {Scope} s */
function reads(s) {
  const [stride, padding, dilation] = [
    single(s.constant("stride"), 1),
    single(s.constant("padding"), 0),
    single(s.constant("dilation"), 1),
  ];
  const by = (/** @type {number | null} */ n, /** @type {string} */ symbol) =>
    n === 1 ? "" : n === null ? `${symbol}·` : `${n}·`;
  const back = padding === 0 ? "" : ` − ${padding ?? "padding"}`;
  return `${by(stride, "stride")}p + ${by(dilation, "dilation")}k${back}`;
}

/** @param {Scope} s */
function places(s) {
  const spatial = rank(s, "w") - 2;
  const groups = s.constant("groups");
  return [
    spatial > 1
      ? t(
          "n: sample, o: channel out, c: channel in, p: place, k: place in the kernel, each of them in {n} dimensions.",
          { n: spatial },
        )
      : t("n: sample, o: channel out, c: channel in, p: place, k: place in the kernel."),
    ...(groups && groups !== "1"
      ? [t("In {groups} groups: o sees only the channels c of its own group.", { groups })]
      : []),
  ];
}

/** @param {number} dimensions @returns {Entry[]} */
const convolutions = (dimensions) => [
  {
    ops: [`conv${dimensions}d`],
    nodes: ["Convolution", "MkldnnConvolution"],
    own: true,
    edges: () => ["x", "w", "b"],
    forward: (s) =>
      rank(s, "x") === dimensions + 2
        ? `y_{n, o, p} = ${s.has("b") ? "b_o + " : ""}Σ_{c, k}(w_{o, c, k} * x_{n, c, ${reads(s)}})`
        : null,
    backward: {
      x: `"conv_transpose${dimensions}d"(~y, w)`,
      w: (s) => `~w_{o, c, k} += Σ_{n, p}(~y_{n, o, p} * x_{n, c, ${reads(s)}})`,
      b: "~b_o += Σ_{n, p}(~y_{n, o, p})",
    },
    notes: places,
  },
  {
    ops: [`conv_transpose${dimensions}d`],
    nodes: ["Convolution", "MkldnnConvolution"],
    own: true,
    edges: () => ["x", "w", "b"],
    forward: (s) =>
      rank(s, "x") === dimensions + 2
        ? `y_{n, o, q} = ${s.has("b") ? "b_o + " : ""}Σ_{c, p, k}(w_{c, o, k} * x_{n, c, p} * [q == "${reads(s)}"])`
        : null,
    backward: {
      x: `"conv${dimensions}d"(~y, w)`,
      w: (s) => `~w_{c, o, k} += Σ_{n, p}(x_{n, c, p} * ~y_{n, o, ${reads(s)}})`,
      b: "~b_o += Σ_{n, q}(~y_{n, o, q})",
    },
    symbols: { q: "q" },
    notes: places,
  },
];

export const MULTIPLYING = [...PRODUCTS, EINSUM, ...[1, 2, 3].flatMap(convolutions)];
