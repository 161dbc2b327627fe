/** A long name on one line: where there is no room, its middle goes and its end stays, which is what tells it from its namesakes. */

import { html } from "../../vendor/preact.js";

const TAIL = 14;

/** A name in two parts; the second is never cut. @param {string} text @returns {[string, string]} */
export function halves(text) {
  if (text.length <= TAIL + 4) return ["", text];
  const dot = text.indexOf(".", text.length - TAIL);
  const at = dot > 0 && dot < text.length - 4 ? dot : text.length - TAIL;
  return [text.slice(0, at), text.slice(at)];
}

/** @param {{text: string}} props */
export function Name({ text }) {
  const [head, tail] = halves(text);
  return head ? html`<span class="name" title=${text}><span>${head}</span><span>${tail}</span></span>` : text;
}
