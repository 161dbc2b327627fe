/** Formulas of layers and losses: normalisation, pooling, embedding, attention, cross entropy and its like. */

import { t } from "../language/index.js";
import { HOLDS } from "./formulas_elementwise.js";

/** @typedef {import("./formulas_scope.js").Entry} Entry */
/** @typedef {import("./formulas_scope.js").Scope} Scope */

const WEIGHTS = ["weight", "pos"];
const TARGET = { t: ["target"], weight: ["weight"], pos: ["pos_weight"] };

/** @param {Scope} s */
const isOfRows = (s) => s.constant("reduction") === "batchmean";

/** Whether a loss is the mean (over all, or over rows) or the sum, or neither. @param {Scope} s */
const reduction = (s) => (isOfRows(s) ? "mean" : (s.constant("reduction") ?? "mean"));

/** A loss over all numbers: its terms, and each one's derivative, whose denominator stands behind a bar. @param {string[]} ops @param {string[]} nodes @param {string} term @param {Record<string, string>} slopes @param {Record<string, string>} [defaults] @returns {Entry} */
const loss = (ops, nodes, term, slopes, defaults = {}) => ({
  ops,
  defaults,
  nodes,
  own: true,
  roles: TARGET,
  unless: (s) => s.shape("x")?.join() !== s.shape("t")?.join() || WEIGHTS.some((role) => s.has(role)),
  computed: { n: (s) => s.count("x") },
  edges: () => ["x", "t"],
  forward: (s) => ({ mean: `Σ_i(${term}) / n`, sum: `Σ_i(${term})`, none: `y_i = ${term}` })[reduction(s)] ?? null,
  backward: Object.fromEntries(
    Object.entries(slopes).map(([role, slope]) => {
      const [top, bottom] = slope.split("|");
      const own = bottom ? ` / (${bottom})` : "";
      const part = (/** @type {string} */ gradient) => `~${role}_i += ${gradient} * ${top}`;
      return [
        role,
        (/** @type {Scope} */ s) =>
          ({
            mean: `${part("~y")} / ${bottom ? `(n * ${bottom})` : "n"}`,
            sum: `${part("~y")}${own}`,
            none: `${part("~y_i")}${own}`,
          })[reduction(s)] ?? null,
      ];
    }),
  ),
});

/** The slope of a parabola that goes on straight. @param {string} near @param {string} far @param {string} bend */
const bent = (near, far, bend) => ({
  x: `(where(abs(x_i - t_i) < ${bend}, ${near}, ${far}))`,
  t: `(where(abs(x_i - t_i) < ${bend}, -${near}, -${far}))`,
});

/** @param {Scope} s */
const plainClasses = (s) => !s.has("weight") && s.isWhole("t") && Number(s.constant("label_smoothing") ?? 0) === 0;

/** Of a loss over classes. @param {Scope} s @param {string} mean @param {string} sum @param {string} none */
const classes = (s, mean, sum, none) => (plainClasses(s) ? ({ mean, sum, none }[reduction(s)] ?? null) : null);

/** @param {Scope} s */
const rows = (s) => [
  ...(reduction(s) === "mean" ? [t("N: the targets that count, without those to be ignored.")] : []),
  HOLDS,
];
const SYMBOLS = { N: "N", n: "n", c: "c", p: "p" };

/** @type {Entry[]} */
const LOSSES = [
  {
    ops: ["nll_loss"],
    nodes: ["NllLoss", "NllLossNd", "NllLoss2D"],
    roles: TARGET,
    own: true,
    symbols: SYMBOLS,
    forward: (s) => classes(s, "-Σ_n(x_{n, $t[n]}) / N", "-Σ_n(x_{n, $t[n]})", "y_n = -x_{n, $t[n]}"),
    backward: {
      x: (s) =>
        classes(
          s,
          "~x_{n, c} += -~y * [c == t_n] / N",
          "~x_{n, c} += -~y * [c == t_n]",
          "~x_{n, c} += -~y_n * [c == t_n]",
        ),
    },
    notes: rows,
  },
  {
    ops: ["cross_entropy"],
    nodes: ["CrossEntropyLoss"],
    own: true,
    roles: TARGET,
    symbols: SYMBOLS,
    where: () => ({ p: '"softmax"(x)' }),
    forward: (s) => classes(s, "-Σ_n(log(p_{n, $t[n]})) / N", "-Σ_n(log(p_{n, $t[n]}))", "y_n = -log(p_{n, $t[n]})"),
    backward: {
      x: (s) =>
        classes(
          s,
          "~x_{n, c} += ~y * (p_{n, c} - [c == t_n]) / N",
          "~x_{n, c} += ~y * (p_{n, c} - [c == t_n])",
          "~x_{n, c} += ~y_n * (p_{n, c} - [c == t_n])",
        ),
    },
    notes: rows,
  },
  loss(["mse_loss"], ["MseLoss"], "(x_i - t_i)^2", { x: "2 * (x_i - t_i)", t: "2 * (t_i - x_i)" }),
  loss(["l1_loss"], ["L1Loss"], "abs(x_i - t_i)", { x: "sign(x_i - t_i)", t: "sign(t_i - x_i)" }),
  loss(["binary_cross_entropy"], ["BinaryCrossEntropy"], "(-t_i * log(x_i) - (1 - t_i) * log(1 - x_i))", {
    x: "(x_i - t_i)|x_i * (1 - x_i)",
  }),
  loss(["binary_cross_entropy_with_logits"], ["BinaryCrossEntropyWithLogits"], "(log(1 + exp(x_i)) - t_i * x_i)", {
    x: "(σ(x_i) - t_i)",
  }),
  loss(
    ["smooth_l1_loss"],
    ["SmoothL1Loss"],
    "(where(abs(x_i - t_i) < beta, (x_i - t_i)^2 / (2 * beta), abs(x_i - t_i) - beta / 2))",
    bent("(x_i - t_i) / beta", "sign(x_i - t_i)", "beta"),
    { beta: "1" },
  ),
  loss(
    ["huber_loss"],
    ["HuberLoss"],
    "(where(abs(x_i - t_i) < delta, (x_i - t_i)^2 / 2, delta * (abs(x_i - t_i) - delta / 2)))",
    bent("(x_i - t_i)", "delta * sign(x_i - t_i)", "delta"),
    { delta: "1" },
  ),
  {
    ...loss(["kl_div"], [], "t_i * (log(t_i) - x_i)", {}),
    computed: { n: (s) => (isOfRows(s) ? (s.shape("x")?.[0] ?? null) : s.count("x")) },
    unless: (s) => s.constant("log_target") === "True" || s.shape("x")?.join() !== s.shape("t")?.join(),
    edges: () => ["x"],
    backward: {
      x: (s) =>
        ({ mean: "~x_i += -~y * t_i / n", sum: "~x_i += -~y * t_i", none: "~x_i += -~y_i * t_i" })[reduction(s)] ??
        null,
    },
    notes: (s) => [
      t("x is the logarithm of a distribution, t is one."),
      ...(isOfRows(s) ? [t("n is the number of rows.")] : []),
    ],
  },
];

/** What all normalisations have in common: mean μ and variance v of what belongs together, and the normalised numbers x̂. */
const NORMALISED = { x̂: "(x - μ) / sqrt(v + eps)" };
const LAYER = { ops: /** @type {string[]} */ ([]), own: true, edges: () => ["x", "w", "b"], defaults: { eps: "1e-5" } };

/** @param {Scope} s @param {string} of */
const affine = (s, of) => `${s.has("w") ? "w * " : ""}${of}${s.has("b") ? " + b" : ""}`;

/** @param {Scope} s */
const isTraining = (s) => s.constant("training") === "True" || s.constant("use_input_stats") === "True";

/** What normalises within each sample: the same formulas, over other dimensions. @satisfies {Partial<Entry>} */
const WITHIN_SAMPLES = {
  ...LAYER,
  symbols: { μ: "μ", v: "v", x̂: "x̂", g: "g" },
  where: (s) => ({ ...NORMALISED, g: s.has("w") ? "w * ~y" : "~y" }),
  forward: (s) => affine(s, "x̂"),
  backward: {
    x: '1 / sqrt(v + eps) * (g - "mean"(g) - x̂ * "mean"(g * x̂))',
    w: "Σ(~y * x̂)",
    b: "Σ(~y)",
  },
};

/** @type {Entry[]} */
const NORMS = [
  {
    ...LAYER,
    ops: ["batch_norm", "instance_norm"],
    nodes: ["NativeBatchNorm", "CudnnBatchNorm", "MiopenBatchNorm"],
    symbols: { μ: "μ", v: "v", x̂: "x̂" },
    where: (s) => (isTraining(s) ? NORMALISED : { x̂: '(x - "running_mean") / sqrt("running_var" + eps)' }),
    forward: (s) => affine(s, "x̂"),
    backward: {
      x: (s) => {
        const scale = s.has("w") ? "w / " : "1 / ";
        return isTraining(s)
          ? `${scale}sqrt(v + eps) * (~y - "mean"(~y) - x̂ * "mean"(~y * x̂))`
          : `~y * ${scale}sqrt("running_var" + eps)`;
      },
      w: "Σ(~y * x̂)",
      b: "Σ(~y)",
    },
    notes: (s) =>
      isTraining(s)
        ? [
            s.op === "instance_norm"
              ? t("μ, v and mean are over all places, for each channel of each sample.")
              : t("μ, v, mean and Σ are over the batch and all places, for each channel."),
          ]
        : [t("In evaluation mode the running statistics are constants.")],
  },
  {
    ...WITHIN_SAMPLES,
    ops: ["layer_norm"],
    nodes: ["NativeLayerNorm"],
    notes: (s) => {
      const sizes = s.constant("normalized_shape")?.replace(/[()[\]]|,(?=\))/g, "");
      return [
        t("μ, v and mean are over the normalised dimensions{sizes}, Σ over all others.", {
          sizes: sizes ? ` ${sizes}` : "",
        }),
      ];
    },
  },
  {
    ...WITHIN_SAMPLES,
    ops: ["group_norm"],
    nodes: ["NativeGroupNorm"],
    notes: (s) => [
      t("μ, v and mean are over each of the {n} groups of channels of a sample, Σ over all others.", {
        n: s.constant("num_groups") ?? "",
      }),
    ],
  },
];

/** @param {Scope} s */
const isOwnEps = (s) => !["None", null].includes(s.constant("eps"));

/** Only the scale is set: what these functions are made of has nodes of its own. @type {Entry[]} */
const SCALES = [
  {
    ops: ["rms_norm"],
    nodes: [],
    own: true,
    symbols: { r: "r", x̂: "x̂", g: "g" },
    where: (s) => ({
      r: `sqrt("mean"(x^2) + ${isOwnEps(s) ? "eps" : '"eps"'})`,
      x̂: "x / r",
      g: s.has("w") ? "w * ~y" : "~y",
    }),
    forward: (s) => affine(s, "x̂"),
    backward: { x: '(g - x̂ * "mean"(g * x̂)) / r', w: "Σ(~y * x̂)" },
    notes: (s) => [
      t("The mean is over the normalised dimensions, Σ over all others."),
      ...(isOwnEps(s) ? [] : [t("eps is the smallest step of the dtype at 1: torch.finfo(x.dtype).eps.")]),
    ],
  },
  {
    ops: ["normalize"],
    nodes: [],
    own: true,
    defaults: { eps: "1e-12" },
    symbols: { r: "r" },
    unless: (s) => Number(s.constant("p") ?? 2) !== 2,
    where: { r: "max(sqrt(Σ(x^2)), eps)" },
    forward: "x / r",
    backward: { x: "(~y - y * Σ(~y * y)) / r" },
    notes: (s) => [t("Σ is along dimension {dim}.", { dim: s.constant("dim") ?? "1" }), HOLDS],
  },
];

/** The numbers in a window, where it is plain. @param {Scope} s */
function windowSize(s) {
  if (s.constant("ceil_mode") === "True" || s.constant("divisor_override") !== null) return null;
  if (s.constant("count_include_pad") === "False") return null;
  const sizes = s.constant("kernel_size")?.match(/\d+/g)?.map(Number);
  const dimensions = Number(/\d/.exec(s.op)?.[0] ?? 2);
  if (!sizes) return null;
  return sizes.length === 1 ? sizes[0] ** dimensions : sizes.reduce((a, b) => a * b, 1);
}

const WINDOW = t("W(p) is the window of place p, in each channel of each sample.");

/** @param {number} dimensions @returns {Entry[]} */
const pools = (dimensions) => [
  {
    ops: [`max_pool${dimensions}d`, `adaptive_max_pool${dimensions}d`],
    nodes: [`MaxPool${dimensions}DWithIndices`, `AdaptiveMaxPool${dimensions}D`],
    symbols: { i: "i" },
    forward: 'y_p = "max"_{i ∈ W(p)}(x_i)',
    backward: { x: "~x_i += Σ_{p: i is the largest in W(p)}(~y_p)" },
    notes: () => [WINDOW],
  },
  {
    ops: [`avg_pool${dimensions}d`],
    nodes: [`AvgPool${dimensions}D`],
    own: true,
    computed: { k: windowSize },
    symbols: { k: "k" },
    forward: "y_p = Σ_{i ∈ W(p)}(x_i) / k",
    backward: { x: "~x_i += Σ_{p: i ∈ W(p)}(~y_p) / k" },
    notes: () => [WINDOW],
  },
  {
    ops: [`adaptive_avg_pool${dimensions}d`],
    nodes: [`AdaptiveAvgPool${dimensions}D`],
    symbols: { k: "|W(p)|" },
    forward: "y_p = Σ_{i ∈ W(p)}(x_i) / k",
    backward: { x: "~x_i += Σ_{p: i ∈ W(p)}(~y_p / k)" },
    notes: () => [WINDOW],
  },
];

const ROOT = 'sqrt("d")';

/** @type {Entry[]} */
const LOOKUPS = [
  {
    ops: ["embedding"],
    nodes: ["Embedding"],
    roles: { t: ["input", "indices"], w: ["weight"] },
    edges: () => ["w"],
    forward: "y_i = w[$t[i]]",
    backward: { w: "~w[j] += Σ_{i: $t[i] = j}(~y_i)" },
    notes: (s) => {
      const padding = s.constant("padding_idx");
      return [
        t("A row that was looked up twice gets both gradients; a row that was not looked up gets 0."),
        ...(padding !== null && !padding.startsWith("-")
          ? [t("Row {n} is padding and gets none.", { n: padding })]
          : []),
      ];
    },
  },
  {
    ops: ["scaled_dot_product_attention"],
    nodes: [
      "ScaledDotProductFlashAttentionForCpu",
      "ScaledDotProductFlashAttention",
      "ScaledDotProductEfficientAttention",
      "ScaledDotProductCudnnAttention",
      "ScaledDotProductFusedAttentionOverrideable",
    ],
    own: true,
    roles: { q: ["query"], k: ["key"], v: ["value"], mask: ["attn_mask"] },
    edges: () => ["q", "k", "v"],
    symbols: { P: "P", D: "D", S: "S" },
    unless: (s) =>
      s.constant("scale") !== null || s.constant("enable_gqa") === "True" || Number(s.constant("dropout_p") ?? 0) > 0,
    where: (s) => ({
      P: `"softmax"(q @ k' / ${ROOT}${s.has("mask") ? " + mask" : ""})`,
      D: "~y @ v'",
      S: "P * (D - Σ_j(D * P))",
    }),
    forward: "P @ v",
    backward: { q: `S @ k / ${ROOT}`, k: `S' @ q / ${ROOT}`, v: "P' @ ~y" },
    notes: (s) => [
      t("For each of the batch and each head; d = {d}, Σ is along each row.", {
        d: s.shape("q")?.at(-1) ?? t("the last dimension"),
      }),
      ...(s.constant("is_causal") === "True" ? [t("is_causal: no place looks at later ones; there P is 0.")] : []),
    ],
  },
];

export const LAYERS = [...LOSSES, ...NORMS, ...SCALES, ...[1, 2, 3].flatMap(pools), ...LOOKUPS];
