/** Help and legend: shown on request, over a corner of the graph, never in the way of the rest of the page. */

import { html } from "../../vendor/preact.js";
import { Icon } from "../ui/icons.js";
import { KEYS } from "../ui/keyboard.js";

/** @param {{title: string, close: () => void, children: unknown, name: string}} props */
function Sheet({ title, close, children, name }) {
  return html`<aside class=${`sheet ${name}`} aria-label=${title}>
    <header><h2>${title}</h2><button type="button" class="button icon-only" aria-label=${`Close ${title.toLowerCase()}`} onClick=${close}><${Icon} name="close" size=${16} /></button></header>
    ${children}
  </aside>`;
}

/** @param {{close: () => void}} props */
export function Help({ close }) {
  return html`<${Sheet} title="Help" name="help" close=${close}>
    <p>Tapedeck ran your program once and wrote down everything that happened: each forward op, each autograd node, each hook, with the numbers. Now you can play it, forward and backward in time.</p>
    <p><b class="forward">Blue</b> is forward: data flows down. <b class="backward">Orange</b> is backward: gradients flow up. Click anything to see its numbers; click a line number to jump to the next event of that line.</p>
    <dl class="keys">${KEYS.map((key) => html`<div key=${key.shows}><dt><kbd>${key.shows}</kbd></dt><dd>${key.does}</dd></div>`)}</dl>
  </${Sheet}>`;
}

/** @type {[string, string, string][]} shape's class, path on a 32 × 16 grid, name */
const LEGEND = [
  ["op", "M4 1h24a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3H4a3 3 0 0 1-3-3V4a3 3 0 0 1 3-3z", "forward op"],
  ["node", "M6 1h20l5 5v4l-5 5H6l-5-5V6z", "autograd node"],
  ["acc", "M3 4c0-4 26-4 26 0v8c0 4-26 4-26 0zc0 4 26 4 26 0", "AccumulateGrad (stores .grad)"],
  ["param", "M8 1h16a7 7 0 0 1 0 14H8A7 7 0 0 1 8 1z", "parameter or leaf"],
  ["buffer", "M8 1h16a7 7 0 0 1 0 14H8A7 7 0 0 1 8 1z", "buffer"],
  ["io", "M2 1h28v9l-14 5-14-5z", "input, output"],
  ["hook", "M16 1l7 7-7 7-7-7z", "hook"],
  ["data", "M1 8h30m-6-5 6 5-6 5", "data"],
  ["gradient", "M31 8H1m6-5-6 5 6 5", "gradient"],
  ["saved", "M1 8h30", "saved for backward"],
  ["now", "M4 2h24a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2z", "happening now"],
  ["todo", "M4 1h24a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3H4a3 3 0 0 1-3-3V4a3 3 0 0 1 3-3z", "not yet"],
];

/** @param {{close: () => void}} props */
export function Legend({ close }) {
  return html`<${Sheet} title="Legend" name="legend" close=${close}>
    <ul>${LEGEND.map(([shape, path, name]) => html`<li key=${name}><svg class=${`key-shape ${shape}`} viewBox="-1 -1 34 18" width="34" height="18" aria-hidden="true"><path d=${path} /></svg>${name}</li>`)}</ul>
  </${Sheet}>`;
}
