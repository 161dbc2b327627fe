/** A sentence of the tape on the page: our words in the sans face, the program's names and numbers in the monospaced one, what is not a number in red. */

import { html } from "../../vendor/preact.js";

const ODD = /(^|[\s[(=])(\d+ )?(NaN|-?inf)\b/;

/** Whether a text speaks of NaN or infinity. @param {string} text */
export const isOdd = (text) => ODD.test(text);

/** Long names may break after their dots. @param {string} code */
const breakable = (code) =>
  code.length < 12 ? code : code.split(/(?<=[a-z]\.|[(])/i).flatMap((part, i) => (i ? [html`<wbr />`, part] : [part]));

/** @param {{parts: readonly import("../tape/saying.js").Part[]}} props */
export function Say({ parts }) {
  return html`<span class="say">${parts.map((part) => (typeof part === "string" ? part : html`<code class=${isOdd(part.code) ? "odd" : undefined}>${breakable(part.code)}</code>`))}</span>`;
}
