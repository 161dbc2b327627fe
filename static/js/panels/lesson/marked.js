/** Texts of lessons: code stands in backticks, nothing else is markup. */

import { html } from "../../../vendor/preact.js";

/** @param {string} text */
export const marked = (text) => text.split("`").map((part, i) => (i % 2 ? html`<code key=${i}>${part}</code>` : part));
