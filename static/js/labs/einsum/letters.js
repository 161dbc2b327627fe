/** Indices as they look: a letter in a colour of its own; what is summed is dashed and carries a Σ, so that no colour says it alone. */

import { html } from "../../../vendor/preact.js";

/** @typedef {import("./model.js").Contraction} Contraction */

const DIGITS = "₀₁₂₃₄₅₆₇₈₉";

/** An index in words: i, …₁ for what an ellipsis covers, i′ for the second of a diagonal. @param {string} label */
export const shown = (label) => label.replace(/\d/, (digit) => DIGITS[Number(digit)]);

/** As a loop's variable in Python. @param {string} label */
export const variable = (label) => label.replace("…", "e").replaceAll("′", "2");

/** How many colours there are; beyond them they come again, and the letter tells. */
const COLOURS = 6;

/** @param {readonly string[]} all every index of the equation @param {string} label */
export const colourOf = (all, label) => Math.max(0, all.indexOf(label.replaceAll("′", ""))) % COLOURS;

/** @param {{label: string, all: readonly string[], summed?: boolean}} props */
export const Letter = ({ label, all, summed = false }) =>
  html`<span class=${`ein-letter c${colourOf(all, label)}${summed ? " summed" : ""}`}>${shown(label)}</span>`;
