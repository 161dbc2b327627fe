/** What the graph is showing of late: a lineage, a neighbourhood; said at its foot, and ended there. */

import { html } from "../../vendor/preact.js";
import { MOST_HOPS } from "../graph/view.js";
import { count, t } from "../language/index.js";
import { grouped } from "../tape/grouped.js";
import { lineage } from "../tape/lineage.js";
import { thingTitle } from "../tape/things.js";
import { Icon } from "../ui/icons.js";
import { Name } from "../ui/name.js";
import { clearTrace, traced } from "../ui/traced.js";
import { partWords } from "./lineage_words.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("../graph/shown.js").Census} Census */
/** @typedef {import("../graph/view.js").View} View */

/** @param {{model: Model, view: View, census: Census | null, neighbours: (by: 1 | -1) => void, everything: () => void}} props */
export function GraphNotes({ model, view, census, neighbours, everything }) {
  const tape = model.player.value?.tape;
  if (!tape) return null;
  return html`<div class="graph-notes">
    ${view.near && html`<${Near} model=${model} tape=${tape} near=${view.near} census=${census} neighbours=${neighbours} everything=${everything} />`}
    <${Traced} model=${model} tape=${tape} />
  </div>`;
}

/** @param {{label: string, does: () => void, disabled?: boolean, children: unknown}} props */
const Small = ({ label, does, disabled = false, children }) =>
  html`<button type="button" class="button icon-only small" title=${label} aria-label=${label.replace(/ \(.*/, "")} disabled=${disabled} onClick=${does}>${children}</button>`;

/** @param {{model: Model, tape: import("../tape/load.js").Tape, near: {thing: string, hops: number}, census: Census | null, neighbours: (by: 1 | -1) => void, everything: () => void}} props */
function Near({ model, tape, near: { thing, hops }, census, neighbours, everything }) {
  const found = census?.near;
  return html`<p class="graph-note" role="status"><${Icon} name="near" size=${16} />
    <span>${count("Within {n} hop of", "Within {n} hops of", hops)}${" "}</span>
    <button type="button" class="link" onClick=${() => model.select(thing)}><${Name} text=${thingTitle(tape, thing)} /></button>
    ${found && html`<span class="muted of">${t("{n} of {all}", { n: grouped(found.boxes), all: grouped(found.of) })}</span>`}
    <${Small} label=${t("One hop fewer (Shift H)")} does=${() => neighbours(-1)}><b>−</b></${Small}>
    <${Small} label=${t("One hop more (H)")} disabled=${hops >= MOST_HOPS} does=${() => neighbours(1)}><b>+</b></${Small}>
    <${Small} label=${t("Show everything again (Esc)")} does=${everything}><${Icon} name="close" size=${14} /></${Small}></p>`;
}

/** Says whose lineage the graph shows, and ends it. @param {{model: Model, tape: import("../tape/load.js").Tape}} props */
function Traced({ model, tape }) {
  if (!traced.value) return null;
  const { thing, part } = traced.value;
  const of = lineage(tape, thing)?.of ?? "value";
  return html`<p class="graph-note traced-note" role="status"><${Icon} name="path" size=${16} />
    ${part === "all" && html`<span>${t("Lineage of")}${" "}</span>`}
    <button type="button" class="link" onClick=${() => model.select(thing)}><${Name} text=${thingTitle(tape, thing)} /></button>
    ${part !== "all" && html`<span class="muted">${partWords(of, part)}</span>`}
    <${Small} label=${t("Show everything again (Esc)")} does=${clearTrace}><${Icon} name="close" size=${14} /></${Small}></p>`;
}
