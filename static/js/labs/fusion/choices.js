/** What the learner has chosen in the fusion lab: plain texts, as they stand in the fields and in the address. */

import { t } from "../../language/index.js";
import { oddWords } from "../words.js";

/** @typedef {{what: string, seed: string, swap: string, bias: string, atol: string, mode: string}} Choices `swap`: the identity kernel's channels; `bias`: whether it is added; `atol`: of `isclose` */
/** @typedef {{field: string, text: string}} Complaint */

/** @type {Readonly<Choices>} */
export const PLAIN = Object.freeze({
  what: "branches",
  seed: "0",
  swap: "no",
  bias: "yes",
  atol: "1e-8",
  mode: "eval",
});

export const WORDS = Object.freeze({
  what: ["branches", "norm"],
  swap: ["no", "yes"],
  bias: ["yes", "no"],
  atol: ["1e-8", "1e-7", "1e-6", "1e-5", "1e-4"],
  mode: ["eval", "train"],
});

const MOST_SEED = 2 ** 31 - 1;

/** @param {Readonly<Choices>} choices @returns {Complaint[]} */
export function complaints(choices) {
  const seed = choices.seed.trim();
  const fits = /^\d+$/.test(seed) && Number(seed) <= MOST_SEED;
  const bad = fits
    ? []
    : [
        {
          field: "seed",
          text: t("The seed is “{seed}”: write a whole number from 0 to {most}.", { seed, most: MOST_SEED }),
        },
      ];
  return [...oddWords(WORDS, choices), ...bad];
}
