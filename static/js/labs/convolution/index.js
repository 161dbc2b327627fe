/** The convolution lab: a picture, a kernel, and what torch made of them forward and backward. */

import { html, useMemo } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Cancelled } from "../cancelled.js";
import { Bar, RunningNotice, TroubleNotice } from "../notices.js";
import { Program } from "../program.js";
import { Controls } from "./controls.js";
import { Facts } from "./facts.js";
import { createLab } from "./lab_model.js";
import { Stage } from "./stage.js";

/** @typedef {import("./lab_model.js").ConvolutionLab} Model */

/** @param {{model: Model}} props */
function Said({ model }) {
  const failure = model.stale.value ? null : model.failure.value;
  return html`<div class="conv-said">
    <div id="conv-wrong">${model.wrong.value.map(({ text }) => html`<${Bar} key=${text} tone="bad">${text}</${Bar}>`)}</div>
    ${model.refusal.value && html`<${Bar} tone="bad">${model.refusal.value}</${Bar}>`}
    ${model.lost.value && html`<${Bar} tone="bad" title=${t("The numbers of this recording could not be fetched.")}>${model.lost.value}</${Bar}>`}
    ${
      failure &&
      html`<${Bar} tone="bad" title=${t("torch refuses:")}><code>${failure.detail}</code>${failure.line ? html` <span class="muted">${t("(line {n})", { n: failure.line })}</span>` : null}
      ${failure.advice && html`<span class="conv-advice">${failure.advice}</span>`}</${Bar}>`
    }
    ${model.stopped.value && html`<${Cancelled} again=${model.renew} />`}
    <${TroubleNotice} recording=${model.recording} />
  </div>`;
}

export function Lab() {
  const model = useMemo(createLab, []);
  const shown = model.shown.value;
  const scene = model.scene.value;
  return html`<div class="conv">
    <${RunningNotice} recording=${model.recording} />
    <${Controls} model=${model} />
    <div class="conv-main">
      <${Said} model=${model} />
      <${Stage} model=${model} />
      ${shown && scene && !shown.outcome?.status.startsWith("fail") && html`<${Facts} shown=${shown} scene=${scene} />`}
      ${model.source.value && html`<${Program} source=${model.source.value} id=${shown?.tape.id ?? null} stale=${model.stale.value} line=${model.stale.value ? null : (model.failure.value?.line ?? null)} />`}
    </div>
  </div>`;
}
