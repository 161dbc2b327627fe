/** The fusion lab: three branches, or a convolution with its BatchNorm, become one convolution, step by step; and how far off it is. */

import { html, useMemo } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Cancelled } from "../cancelled.js";
import { Bar, RunningNotice, TroubleNotice } from "../notices.js";
import { Program } from "../program.js";
import { TransportBar } from "../transport.js";
import { Controls } from "./controls.js";
import { Errors } from "./errors.js";
import { Graphs } from "./before_after.js";
import { Kernels } from "./kernels.js";
import { createLab } from "./lab_model.js";
import { story } from "./story.js";

/** @typedef {import("./lab_model.js").FusionLab} Model */
/** @typedef {import("./lab_model.js").Shown} Shown */

/** What torch raised: that its own fusion refuses train mode is part of the lesson. @param {{shown: Shown}} props */
function Raised({ shown }) {
  const { outcome, choices } = shown;
  if (!outcome || outcome.status === "finished") return null;
  const detail = (outcome.detail ?? outcome.status).replace(/ \(line \d+\)$/, "");
  const known = choices.what === "norm" && choices.mode === "train" && detail.includes("Fusion only for eval!");
  return html`<${Bar} tone=${known ? "warn" : "bad"} title=${t("torch refuses:")}><code>${detail}</code>${outcome.where?.line ? html` <span class="muted">${t("(line {n})", { n: outcome.where.line })}</span>` : null}
    ${known && html`<span class="fuse-advice">${t("torch's own fusion asks for eval mode: choose eval, or call eval() before it.")}</span>`}</${Bar}>`;
}

/** @param {{model: Model}} props */
function Said({ model }) {
  return html`<div class="fuse-said"><div id="fuse-wrong">${model.wrong.value.map(({ text }) => html`<${Bar} key=${text} tone="bad">${text}</${Bar}>`)}</div>
    ${model.lost.value && html`<${Bar} tone="bad" title=${t("The numbers of this recording could not be fetched.")}>${model.lost.value}</${Bar}>`}
    ${model.shown.value && !model.stale.value && html`<${Raised} shown=${model.shown.value} />`}
    ${model.stopped.value && html`<${Cancelled} again=${model.renew} />`}
    <${TroubleNotice} recording=${model.recording} />
  </div>`;
}

/** @param {{model: Model, shown: Shown}} props */
function Told({ model, shown }) {
  return html`<div class=${`fuse-told ${model.stale.value ? "stale" : ""}`} aria-busy=${model.recording.running.value !== null}>
      <${Kernels} model=${model} shown=${shown} />
      <${Errors} model=${model} shown=${shown} />
      <${Graphs} shown=${shown} />
    </div>
    <${Program} source=${model.source.value ?? shown.source} id=${shown.tape.id} stale=${model.stale.value} open=${false} line=${model.stale.value ? null : (shown.outcome?.where?.line ?? null)} />`;
}

export function Lab() {
  const model = useMemo(createLab, []);
  const shown = model.shown.value;
  const says = shown ? (story(shown)[model.transport.at.value + 1] ?? "") : "";
  return html`<div class="fuse">
      <${RunningNotice} recording=${model.recording} />
      <${Controls} model=${model} />
      <${Said} model=${model} />
      ${shown ? html`<${Told} model=${model} shown=${shown} />` : html`<div class="fuse-empty"></div>`}
    </div>
    <${TransportBar} transport=${model.transport} says=${says} label=${t("Step of the fusion")} />`;
}
