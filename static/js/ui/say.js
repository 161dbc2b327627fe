/** A sentence of the tape on the page: our words in the sans face, the program's names and numbers in the monospaced one. */

import { html } from "../../vendor/preact.js";

/** @param {{parts: readonly import("../tape/narrate.js").Part[]}} props */
export function Say({ parts }) {
  return html`<span class="say">${parts.map((part) => (typeof part === "string" ? part : html`<code>${part.code}</code>`))}</span>`;
}
