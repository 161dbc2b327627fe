/** What a search offers: things grouped by kind, each with its shape and what of it matched; hints where nothing is asked yet. */

import { html, useEffect, useState } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { firstStep } from "../tape/first.js";
import { PREFIXES, marked } from "../tape/search.js";
import { searchRow } from "../tape/search_rows.js";
import { middle } from "../tape/short.js";
import { SPECIAL } from "../tape/special_words.js";
import { parseThing } from "../tape/things.js";

import { KeyShape } from "./search_shapes.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../tape/search.js").Word} Word */
/** @typedef {import("../tape/search.js").Kind} Kind */
/** @typedef {{index: number, thing: string | null, fill: string | null, hint: string}} Option a thing to go to, or words to put into the field */
/** @typedef {{label: string, options: Option[]}} Group */

const LABELS = /** @type {Record<Kind, string>} */ ({
  parameter: t("Parameters"),
  op: t("Forward ops"),
  node: t("Autograd nodes"),
  tensor: t("Tensors"),
  module: t("Modules"),
  call: t("Module calls"),
  hook: t("Hooks"),
  optimizer: t("Optimizers"),
});
const TITLE = 60;
/** How many rows are drawn at first: more than a screen shows. */
const ROWS = 32;

/** @param {number} index */
export const optionId = (index) => `found-${index}`;

/** Numbers the options through all groups. @param {{label: string, options: Omit<Option, "index">[]}[]} groups @returns {Group[]} */
function numbered(groups) {
  let index = 0;
  return groups.map(({ label, options }) => ({
    label,
    options: options.map((option) => ({ ...option, index: index++ })),
  }));
}

/** The results by kind; the kind that has the best one first. @param {Tape} tape @param {import("../tape/search.js").Found} found @returns {Group[]} */
export function choicesOf(tape, found) {
  /** @type {Map<Kind, import("../tape/search.js").Result[]>} */
  const kinds = new Map();
  for (const result of found.results) {
    const list = kinds.get(result.kind);
    if (list) list.push(result);
    else kinds.set(result.kind, [result]);
  }
  const order = Object.keys(LABELS);
  return numbered(
    [...kinds]
      .sort(([a, [first]], [b, [second]]) => second.score - first.score || order.indexOf(a) - order.indexOf(b))
      .map(([kind, results]) => ({
        label: LABELS[kind],
        options: results.map(({ thing }) => ({ thing, fill: null, hint: "" })),
      })),
  );
}

/** What can be asked; the shape is one of the tape's own. @param {Tape | null} tape @param {readonly string[]} recent @returns {Group[]} */
export function hintsOf(tape, recent) {
  const shape = tape?.tensors.find((tensor) => tensor.shape.length > 1)?.shape.join("x");
  const fill = (/** @type {string} */ words, hint = "") => ({ thing: null, fill: words, hint });
  return numbered(
    [
      { label: t("Recent searches"), options: recent.map((words) => fill(words)) },
      { label: t("One kind only"), options: PREFIXES.map(({ prefix, hint }) => fill(prefix, hint)) },
      { label: t("What went on"), options: SPECIAL.map(({ word, hint }) => fill(word, hint)) },
      {
        label: t("Where and how large"),
        options: [fill("line:", t("a line of the source")), ...(shape ? [fill(shape, t("a shape"))] : [])],
      },
    ].filter(({ options }) => options.length > 0),
  );
}

/** @param {{text: string, words: readonly Word[]}} props */
function Marked({ text, words }) {
  return marked(text, words).map((part) => (part.hit ? html`<mark>${part.text}</mark>` : part.text));
}

/** Only the first rows are drawn, and more as the list is scrolled or the arrows come near the last. @param {{tape: Tape | null, words: readonly Word[], groups: Group[], at: number, choose: (option: Option, travel: boolean) => void}} props */
export function SearchList({ tape, words, groups, at, choose }) {
  const [drawn, setDrawn] = useState(ROWS);
  useEffect(() => setDrawn(ROWS), [groups]);
  const last = Math.max(drawn, at + ROWS / 2);
  const size = groups.reduce((sum, { options }) => sum + options.length, 0);
  /** @param {Event} event */
  const scrolled = ({ currentTarget }) => {
    const { scrollTop, clientHeight, scrollHeight } = /** @type {HTMLElement} */ (currentTarget);
    if (scrollTop + 2 * clientHeight > scrollHeight && last < size) setDrawn(last + ROWS);
  };
  return html`<div id="found" class="found" role="listbox" aria-label=${t("Found on the tape")} onScroll=${scrolled}>
    ${groups
      .filter(({ options }) => options[0].index < last)
      .map(
        ({ label, options }) => html`<div key=${label} role="group" aria-label=${label}>
      <div class="found-kind" aria-hidden="true">${label}</div>
      ${options
        .slice(0, last - options[0].index)
        .map(
          (option) =>
            html`<${OptionRow} key=${option.thing ?? option.fill} tape=${tape} words=${words} option=${option} size=${size} chosen=${option.index === at} choose=${choose} />`,
        )}
    </div>`,
      )}
  </div>`;
}

/** @param {{tape: Tape | null, words: readonly Word[], option: Option, size: number, chosen: boolean, choose: (option: Option, travel: boolean) => void}} props */
function OptionRow({ tape, words, option, size, chosen, choose }) {
  const { thing, fill, hint } = option;
  return html`<div id=${optionId(option.index)} class="found-row" role="option" aria-selected=${chosen} aria-setsize=${size} aria-posinset=${option.index + 1} onClick=${() => choose(option, false)}>
    ${tape && thing !== null ? html`<${ThingRow} tape=${tape} thing=${thing} words=${words} go=${() => choose(option, true)} />` : html`<code class="found-title">${fill}</code><span class="found-detail">${hint}</span>`}
  </div>`;
}

/** @param {{tape: Tape, thing: string, words: readonly Word[], go: () => void}} props */
function ThingRow({ tape, thing, words, go }) {
  const { title, detail, place } = searchRow(tape, thing, words);
  const step = firstStep(tape, thing);
  const { kind } = parseThing(tape, thing) ?? {};
  /** @param {MouseEvent} event */
  const clicked = (event) => {
    event.stopPropagation();
    go();
  };
  // An option may hold nothing that takes the focus; by keyboard, Alt-Enter does the same.
  return html`<${KeyShape} tape=${tape} thing=${thing} />
    <span class="found-name"><code class="found-title"><${Marked} text=${middle(title, TITLE)} words=${words} /></code>${detail && html`<span class=${`found-detail${kind === "op" || kind === "node" ? " code" : ""}`}><${Marked} text=${detail} words=${words} /></span>`}</span>
    <span class="found-place"><${Marked} text=${place.join(" · ")} words=${words} /></span>
    <span class="found-step" title=${step === null ? "" : t("Show it and go to step {n} (Alt Enter)", { n: step + 1 })} onClick=${step === null ? undefined : clicked}>${step === null ? "" : t("step {n}", { n: step + 1 })}</span>`;
}
