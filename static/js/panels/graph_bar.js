/** The bar above the graph: how its two sides stand, which kinds are shown, the whole of it. */

import { html, signal, useEffect, useRef } from "../../vendor/preact.js";
import { KINDS, SIDES, toggled } from "../graph/view.js";
import { count, t } from "../language/index.js";
import { grouped } from "../tape/grouped.js";
import { useAway } from "../ui/away.js";
import { Icon } from "../ui/icons.js";

/** @typedef {import("../graph/view.js").View} View */
/** @typedef {import("../graph/shown.js").Census} Census */

/** Whether the list of kinds is open. */
export const choosing = signal(false);

/** @type {Record<View["sides"], {name: string, says: string}>} */
export const SIDE_WORDS = {
  both: { name: t("Both"), says: t("Forward and backward, mirrored") },
  forward: { name: t("Forward"), says: t("The forward graph alone") },
  backward: { name: t("Backward"), says: t("The backward graph alone") },
  overlay: { name: t("Overlay"), says: t("The forward graph, with gradients on the same wires") },
};

/** @type {Record<(typeof KINDS)[number], {name: string, says: string}>} */
const KIND_WORDS = {
  functional: { name: t("Functional ops"), says: t("ops outside every leaf module") },
  parameters: { name: t("Parameters"), says: t("and other leaves that require grad") },
  buffers: { name: t("Buffers"), says: "" },
  inputs: { name: t("Inputs and constants"), says: "" },
  hooks: { name: t("Hooks"), says: "" },
  saved: { name: t("Saved wires"), says: t("from an op to its grad_fn") },
};

/** @param {{view: View, census: Census | null, hooks: number, show: (view: View) => void, fit: () => void, map: {shown: boolean, toggle: () => void}}} props */
export function GraphBar({ view, census, hooks, show, fit, map }) {
  return html`<header class="pane-head graph-bar"><h2>${t("Graph")}</h2>
    <div class="segments" role="group" aria-label=${t("Sides of the graph")}>
      ${SIDES.map((sides) => {
        const { name, says } = SIDE_WORDS[sides];
        return html`<button key=${sides} type="button" aria-pressed=${view.sides === sides} aria-label=${name} title=${`${says} (V)`} onClick=${() => show({ ...view, sides })}><${Icon} name=${`sides_${sides}`} size=${16} /><span>${name}</span></button>`;
      })}
    </div>
    <span class="spring"></span>
    <${Kinds} view=${view} census=${census} hooks=${hooks} show=${show} />
    <button type="button" class="button icon-only small" title=${t("Minimap (M)")} aria-label=${t("Minimap")} aria-pressed=${map.shown} onClick=${map.toggle}><${Icon} name="map" size=${16} /></button>
    <button type="button" class="button icon-only small" title=${t("Fit the graph to its pane (F)")} aria-label=${t("Fit the graph to its pane")} onClick=${fit}><${Icon} name="fit" size=${16} /></button>
  </header>`;
}

/** @param {{view: View, census: Census | null, hooks: number, show: (view: View) => void}} props */
function Kinds({ view, census, hooks, show }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const open = choosing.value;
  useAway(box, open, (escaped) => {
    choosing.value = false;
    if (escaped) box.current?.querySelector("button")?.focus();
  });
  useEffect(() => {
    if (open) box.current?.querySelector("input")?.focus();
  }, [open]);
  const { length } = view.hidden;
  const words = length ? count("{n} kind hidden", "{n} kinds hidden", length) : t("Show");
  /** How many there are, where that is known. @param {(typeof KINDS)[number]} kind */
  const many = (kind) => (kind === "hooks" ? hooks : kind === "saved" ? null : (census?.kinds[kind] ?? 0));
  return html`<div class=${`kinds${length ? " some" : ""}`} ref=${box}>
    <button type="button" class="button quiet small" aria-expanded=${open} aria-label=${words} title=${t("Show or hide kinds of things (K)")} onClick=${() => (choosing.value = !open)}><${Icon} name=${length ? "eyeOff" : "eye"} size=${16} /><span>${words}</span></button>
    ${length > 0 && html`<button type="button" class="button icon-only small" title=${t("Show every kind again")} aria-label=${t("Show every kind again")} onClick=${() => show({ ...view, hidden: [] })}><${Icon} name="close" size=${14} /></button>`}
    ${
      open &&
      html`<fieldset class="kinds-list"><legend class="hidden">${t("Kinds that are shown")}</legend>
      ${KINDS.map((kind) => {
        const { name, says } = KIND_WORDS[kind];
        const n = many(kind);
        return html`<label key=${kind}><input type="checkbox" checked=${!view.hidden.includes(kind)} onChange=${() => show(toggled(view, kind))} /><span>${name}${says && html`<small>${says}</small>`}</span>${n !== null && html`<b>${grouped(n)}</b>`}</label>`;
      })}
      ${census && census.hidden > 0 && html`<p class="muted">${count("{n} thing is hidden.", "{n} things are hidden.", census.hidden)} ${t("A dash-dotted wire leads past what is hidden; a dot is left where wires meet in it.")}</p>`}
      ${census && census.faceless > 0 && html`<p class="muted">${count("{n} autograd node has no op of its own, and is shown in both sides only.", "{n} autograd nodes have no op of their own, and are shown in both sides only.", census.faceless)}</p>`}
    </fieldset>`
    }
  </div>`;
}
