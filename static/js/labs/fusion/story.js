/** The steps of a fusion in words, each with the numbers of this recording. */

import { t } from "../../language/index.js";
import { formatNumber, toNumber } from "../../tape/words.js";

/** @typedef {import("./choices.js").Choices} Choices */
/** @typedef {import("./reading.js").Reading} Reading */
/** @typedef {import("../values.js").Numbers} Numbers */
/** @typedef {{choices: Readonly<Choices>, reading: Reading, values: ReadonlyMap<number, Numbers>}} Told */

/** @param {number | null} n */
export const short = (n) => (n === null ? "–" : formatNumber(n, 4).replace("-", "−"));

/** All numbers of a named tensor. @param {Told} told @param {string} name @returns {number[]} */
export const numbersOf = ({ reading, values }, name) => (values.get(reading.values[name])?.data ?? []).map(toNumber);

/** The only number of a named tensor. @param {Told} told @param {string} name @returns {number | null} */
export const scalar = (told, name) => numbersOf(told, name)[0] ?? null;

/** Whether two results are as equal as float32 lets them be: the notes' cases bound it by 5e-6. @param {number | null} error */
export const isSmall = (error) => error !== null && error < 5e-6;

/** How many steps each story has. */
export const STEPS = Object.freeze({ branches: 5, norm: 4 });

/** @param {Told} told @returns {string[]} */
function ofBranches(told) {
  const { choices, reading } = told;
  const [middle, padded, one, fused] = ["conv3.weight", "padded", "identity", "fused.weight"].map((name) =>
    short(numbersOf(told, name)[4] ?? null),
  );
  const [bias3, bias1, bias] = ["conv3.bias", "conv1.bias", "fused.bias"].map((name) => short(scalar(told, name)));
  const identity = short(scalar(told, "identity_error"));
  return [
    t("Three branches read the same x, and their results are added."),
    t(
      "conv1's 1 × 1 kernel gets a ring of zeros. On the random input the 3 × 3 convolution differs from conv1 by at most {n}.",
      { n: short(scalar(told, "pad_error")) },
    ),
    choices.swap === "yes"
      ? t(
          "The identity is a kernel with one 1, but here its channels are swapped. On the random input it differs from x by up to {n}.",
          { n: identity },
        )
      : t(
          "The identity is a kernel, too: a 1 in the middle, from each channel to itself. On the random input it differs from x by at most {n}.",
          { n: identity },
        ),
    t("The kernels add up. In the middle of the first one: {a} + {b} + {c} = {sum}.", {
      a: middle,
      b: padded,
      c: one,
      sum: fused,
    }),
    choices.bias === "yes"
      ? t("So do the biases. For the first channel: {a} + {b} = {sum}.", { a: bias3, b: bias1, sum: bias })
      : t("The bias of conv1 is forgotten: the first channel gets {sum} instead of {a} + {b}.", {
          a: bias3,
          b: bias1,
          sum: bias,
        }),
    t(
      "One convolution in place of three: up to {ones} off on ones, up to {random} on random input; {before} parameters become {after}.",
      {
        ones: short(scalar(told, "ones_error")),
        random: short(scalar(told, "noise_error")),
        before: reading.before?.parameters ?? "–",
        after: reading.after?.parameters ?? "–",
      },
    ),
  ];
}

/** @param {Told} told @returns {string[]} */
function ofNorm(told) {
  const { choices } = told;
  const [gamma, variance, scale, mean, beta, bias, fused] = [
    "bn.weight",
    "bn.running_var",
    "scale",
    "bn.running_mean",
    "bn.bias",
    "conv.bias",
    "fused.bias",
  ].map((name) => short(scalar(told, name)));
  const error = short(scalar(told, "error"));
  return [
    t("A convolution, then BatchNorm."),
    t(
      "With its running statistics BatchNorm multiplies each channel by scale = γ / √(σ² + ε). For the first channel: {gamma} / √({variance} + ε) = {scale}.",
      { gamma, variance, scale },
    ),
    t("Each filter can be multiplied by it beforehand."),
    t(
      "And the bias becomes (b − μ) · scale + β. For the first channel: ({bias} − {mean}) · {scale} + {beta} = {fused}.",
      {
        bias,
        mean: mean.startsWith("−") ? `(${mean})` : mean,
        scale,
        beta: beta.startsWith("−") ? `(${beta})` : beta,
        fused,
      },
    ),
    choices.mode === "eval"
      ? t("One convolution in place of two, up to {error} off.", { error })
      : t("In train mode BatchNorm uses the statistics of this batch, which no fold can know: up to {error} off.", {
          error,
        }),
  ];
}

/** What is said before the first step, then at each. @param {Told} told */
export const story = (told) => (told.choices.what === "norm" ? ofNorm(told) : ofBranches(told));
