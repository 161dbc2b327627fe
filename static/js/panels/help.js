/** Help and legend: shown on request, over a corner of the graph, never in the way of the rest of the page. */

import { html, useEffect, useRef } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { Icon } from "../ui/icons.js";
import { KEYS } from "../ui/keyboard.js";
import { BOX, OUTLINES } from "../ui/outlines.js";

/** It takes the focus, so that the keyboard can scroll it, and gives it back when it closes. @param {{title: string, close: () => void, children: unknown, name: string}} props */
export function Sheet({ title, close, children, name }) {
  const sheet = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const before = document.activeElement;
    sheet.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before !== document.body) before.focus();
    };
  }, []);
  return html`<aside class=${`sheet ${name}`} aria-label=${title} ref=${sheet} tabindex="-1">
    <header><h2>${title}</h2><button type="button" class="button icon-only small" title=${t("Close (Esc)")} aria-label=${t("Close {title}", { title: title.toLowerCase() })} onClick=${close}><${Icon} name="close" size=${14} /></button></header>
    ${children}
  </aside>`;
}

/** @param {{close: () => void, tour: () => void}} props */
export function Help({ close, tour }) {
  return html`<${Sheet} title=${t("Help")} name="help" close=${close}>
    <p>${t("Tapedeck ran your program once and wrote down everything that happened: each forward op, each autograd node, each hook, with the numbers. Now you can play it, forward and backward in time.")}</p>
    <p><b class="forward">${t("Blue")}</b> ${t("is forward: data flows down.")} <b class="backward">${t("Orange")}</b> ${t("is backward: gradients flow up.")} ${t("Click anything to see its numbers; click a line number to jump to the next event of that line, or the margin left of it to set a breakpoint. The marks on the tape can be clicked too.")}</p>
    <p>${t("The small curve beside the step is memory: how many bytes of tensors are alive now, and at most. What is recorded, and how closely, is chosen beside Run.")}</p>
    <p><button type="button" class="button small" onClick=${tour}>${t("Show the tour")}</button></p>
    <dl class="keys">${KEYS.map((key) => html`<div key=${key.shows}><dt><kbd>${key.shows}</kbd></dt><dd>${key.does}</dd></div>`)}</dl>
  </${Sheet}>`;
}

/** A card, and the edges of those below it. */
const FOLDED = "M1 0h30v10H1zM4 10v3h24v-3M7 13v3h18v-3";

/** @type {[string, [string, string, string][]][]} a heading; the shape's class, its path on a 32 × 16 grid, its name */
const LEGEND = [
  [
    t("Things"),
    [
      ["op", OUTLINES.op, t("forward op")],
      ["node", OUTLINES.node, t("autograd node")],
      ["acc", OUTLINES.acc, t("AccumulateGrad, stores .grad")],
      ["param", OUTLINES.param, t("parameter, leaf")],
      [t("buffer"), OUTLINES.buffer, t("buffer")],
      ["io", OUTLINES.io, t("input, output")],
      ["hook", OUTLINES.hook, t("hook, in firing order")],
      ["group", OUTLINES.group, t("module, opens and closes")],
      ["group", FOLDED, t("modules alike or turns of a loop, folded into one")],
      ["dot", "M16 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z", t("hidden, and wires meet in it")],
    ],
  ],
  [
    t("Wires"),
    [
      ["data", "M1 8h29m-5-4.5 5 4.5-5 4.5", t("data flows down")],
      ["gradient", "M31 8H2m5-4.5L2 8l5 4.5", t("gradient flows up")],
      ["saved", "M1 8h30", t("saved for backward")],
      ["past", "M1 8h30", t("leads past what is hidden")],
      ["tangent", "M8 2h16a6 6 0 0 1 0 12H8A6 6 0 0 1 8 2zM13 8h6", t("∂ tangents, one for each seed")],
    ],
  ],
  [
    t("Time"),
    [
      ["todo", BOX, t("not yet")],
      ["now", BOX, t("happening now")],
      [t("done"), BOX, t("done")],
      ["raised", BOX, t("raised an exception")],
      ["stop", "M16 3a5 5 0 1 0 0 10 5 5 0 0 0 0-10z", t("breakpoint")],
    ],
  ],
];

/** @param {{close: () => void}} props */
export function Legend({ close }) {
  return html`<${Sheet} title=${t("Legend")} name="legend" close=${close}>
    ${LEGEND.map(
      ([heading, rows]) => html`<h3 key=${heading}>${heading}</h3>
    <ul>${rows.map(([shape, path, name]) => html`<li key=${name}><svg class=${`key-shape ${shape}`} viewBox="-2 -2 36 20" width="36" height="20" aria-hidden="true"><path d=${path} /></svg>${name}</li>`)}</ul>`,
    )}
  </${Sheet}>`;
}
