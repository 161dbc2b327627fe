/** The labs, in their order: what each is called and the question it answers. */

import { t } from "../language/index.js";

/** @typedef {{name: string, title: string, question: string}} Lab */

/** @type {readonly Lab[]} */
export const LABS = Object.freeze([
  {
    name: "ad",
    title: t("Forward and reverse mode"),
    question: t("Why does forward mode need a pass for every input, and reverse mode one for every output?"),
  },
  {
    name: "einsum",
    title: t("Einsum"),
    question: t("What does an einsum equation multiply, what does it sum, and what does it send back?"),
  },
  {
    name: "convolution",
    title: t("Convolution"),
    question: t("What does a kernel see at each place, and which way does the gradient go back?"),
  },
  {
    name: "fusion",
    title: t("Fusion"),
    question: t("How do three convolutions and a BatchNorm become one, and how far off is the result?"),
  },
  {
    name: "describe",
    title: t("Describe a model"),
    question: t("What does a model look like that is built without code, and what does torch make of it?"),
  },
]);

/** @param {string} name */
export const labNamed = (name) => LABS.find((each) => each.name === name);

/** @param {string} name */
export const labAddress = (name) => `/labs/${name}`;
