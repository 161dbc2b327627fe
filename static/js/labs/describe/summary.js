/** Recording, and what the whole of it says: parameters, FLOPs, the loss step by step; the way into the player. */

import { html } from "../../../vendor/preact.js";
import { heard, t } from "../../language/index.js";
import { grouped } from "../../tape/grouped.js";
import { formatFlops, formatNumber } from "../../tape/words.js";
import { Bar } from "../notices.js";
import { FailureNote } from "./field.js";

/** @typedef {import("./model.js").Model} Model */

/** @param {readonly number[]} losses */
const lossText = (losses) => {
  const shown = losses.length > 4 ? [losses[0], losses[1], null, losses[losses.length - 1]] : losses;
  return shown.map((each) => (each === null ? "…" : formatNumber(each, 4))).join(" → ");
};

/** @param {{model: Model}} props */
function Numbers({ model }) {
  const last = model.last.value;
  if (!last)
    return html`<p class="muted">${t("Record it: torch builds the model and runs it, and every layer shows what it gave.")}</p>`;
  if (!model.fresh.value) return html`<p class="muted">${t("Changed since the recording.")}</p>`;
  const { parameters, forward, backward, losses } = last.facts;
  const flops = (/** @type {number | null} */ n) => (n === null ? "—" : formatFlops(n));
  return html`<dl class="d-numbers">
    <div><dt>${t("Parameters")}</dt><dd>${grouped(parameters)}</dd></div>
    <div><dt>${t("Forward")}</dt><dd>${flops(forward)}</dd></div>
    <div><dt>${t("Backward")}</dt><dd>${flops(backward)}</dd></div>
    ${losses.length > 0 && html`<div><dt>${t("Loss")}</dt><dd>${lossText(losses)}</dd></div>`}
  </dl>`;
}

/** @param {{model: Model}} props */
export function Summary({ model }) {
  const last = model.last.value;
  const fresh = model.fresh.value;
  const running = model.recording.running.value !== null;
  const cut = fresh && last?.ended === "cut" ? heard(last.outcome?.detail ?? "") : "";
  return html`<section class="card d-summary" aria-label=${t("The recording")}>
    <div class="d-row">
      <button type="button" id="d-record" class="button primary" title=${t("Record (Ctrl or ⌘ Enter)")} disabled=${running} onClick=${model.record}><i class="d-dot" aria-hidden="true"></i>${t("Record")}</button>
      <button type="button" class="button" title=${t("Records it and opens the player, with this source in its editor")} disabled=${running} onClick=${model.editAsCode}>${t("Edit further as code")}</button>
    </div>
    <div role="status"><${Numbers} model=${model} /></div>
    ${cut && html`<${Bar} tone="warn">${cut}</${Bar}>`}
    <${FailureNote} model=${model} part="" at=${null} />
    ${fresh && last?.failure?.part && html`<p class="d-stopped"><b>${last.failure.type}</b> ${t("It ended with an error, which stands where it happened.")}</p>`}
  </section>`;
}
