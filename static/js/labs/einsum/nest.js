/** The loop nest of a contraction as Python, with where each loop stands. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { brief } from "./grid.js";
import { colourOf, shown, variable } from "./letters.js";
import { subscripted } from "./loops.js";

/** @typedef {import("./loops.js").Contraction} Contraction */
/** @typedef {import("./loops.js").Turn} Turn */

/** @param {Contraction} contraction */
export const statement = ({ factors, output, summed }) =>
  `${subscripted(output, variable)} ${summed.length ? "+=" : "="} ${factors.map((factor) => subscripted(factor, variable)).join(" * ")}`;

/** @param {{contraction: Contraction, turn: Turn | null, all: readonly string[]}} props */
export function Nest({ contraction, turn, all }) {
  const { output, free, summed, sizes } = contraction;
  const loops = [...free, ...summed];
  const shape = output.shape.join(", ");
  return html`<pre class="ein-nest" tabindex="0" aria-label=${t("The loop nest")}>
    <code>${summed.length ? `${output.name} = torch.zeros(${shape ? shape : "()"})` : `${output.name} = torch.empty(${shape ? shape : "()"})`}</code>
    ${loops.map((label, depth) => html`<code key=${label} class=${`loop c${colourOf(all, label)}${summed.includes(label) ? " summed" : ""}`}>${"  ".repeat(depth)}for <b>${variable(label)}</b> in range(${sizes.get(label)}):<span class="ein-at">${turn ? `${shown(label)} = ${turn.at.get(label)}` : ""}</span><span class="ein-why">${summed.includes(label) ? t("summed") : t("free")}</span></code>`)}
    <code class=${`statement${turn ? " here" : ""}`}>${"  ".repeat(loops.length)}${statement(contraction)}</code>
  </pre>`;
}

/** This turn in words: y[0, 1] += a[0, 2] · b[2, 1] = 5 · 7 = 35; so far 47. @param {Contraction} contraction @param {Turn} turn */
export function sayTurn({ factors, output, summed }, turn) {
  const at = (/** @type {string} */ label) => String(turn.at.get(label));
  const values = {
    cell: subscripted({ name: output.name, labels: output.labels }, at),
    factors: factors.map((factor) => subscripted(factor, at)).join(" · "),
    numbers: factors.map(({ data }, i) => brief(data[turn.cells[i]])).join(" · "),
    product: brief(turn.product),
    sum: brief(turn.sum),
  };
  if (!summed.length) return t("{cell} = {factors} = {numbers} = {product}", values);
  return turn.last
    ? t("{cell} += {factors} = {numbers} = {product}; the sum is complete: {sum}", values)
    : t("{cell} += {factors} = {numbers} = {product}; so far {sum}", values);
}
