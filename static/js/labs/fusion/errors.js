/** How far off the fused convolution is: on ones and on random input, cell by cell, and what `isclose` says; and the same check with many seeds. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Icon } from "../../ui/icons.js";
import { Board } from "../board.js";
import { Bar, RunningNotice, TroubleNotice } from "../notices.js";
import { playerAddress } from "../program.js";
import { isSmall, scalar, short } from "./story.js";
import { sideBySide } from "./weights.js";

/** @typedef {import("./lab_model.js").FusionLab} Model */
/** @typedef {import("./lab_model.js").Shown} Shown */

/** Below this a difference is rounding, and its map stays pale. */
const VISIBLE = 1e-3;

/** @param {{model: Model, shown: Shown, name: string, title: string, error: string, far?: string}} props */
function Compared({ model, shown, name, title, error, far = "" }) {
  const numbers = shown.values.get(shown.reading.values[name]);
  if (!numbers) return null;
  const n = scalar(shown, error);
  const fine = isSmall(n);
  const grid = sideBySide(numbers);
  const failed = far ? scalar(shown, far) : null;
  const cells = numbers.data.length;
  return html`<section class=${`card fuse-error ${fine ? "fine" : "off"}`} aria-label=${title}>
    <header><h2>${title}</h2><span class="fuse-verdict"><${Icon} name=${fine ? "info" : "warning"} size=${16} />${fine ? t("rounding only") : t("not the same")}</span></header>
    <p><b class="fuse-number"><code>${short(n)}</code></b> <span class="muted">${t("largest |before − after|")}</span></p>
    <${Board} board=${name} name="|before − after|" shape=${numbers.shape.join("×")} grid=${grid} look="heat" block=${numbers.shape.at(-1) ?? 0} most=${Math.max(VISIBLE, n ?? 0)} scale=${false} room=${300}
      marks=${[]} focus=${model.focus.value} onPoint=${model.point} />
    <${Read} model=${model} name=${name} grid=${grid} />
    ${failed !== null && html`<p class="muted">${t("isclose(atol={atol}) rejects {n} of {all} numbers.", { n: failed, atol: shown.choices.atol, all: cells })}</p>`}
  </section>`;
}

/** @param {{model: Model, name: string, grid: import("../cells.js").Grid}} props */
function Read({ model, name, grid }) {
  const focus = model.focus.value;
  const here = focus?.board === name ? grid.data[focus.row * grid.columns + focus.column] : undefined;
  return html`<p class="fuse-read" role="status">${here === undefined ? "" : html`<code>${short(here)}</code>`}</p>`;
}

/** Why ones cannot see it. @param {Shown} shown */
function why(shown) {
  const { swap } = shown.choices;
  const gap = short(scalar(shown, "channel_gap"));
  if (swap === "yes")
    return t(
      "Both channels of the ones are equal, so exchanging them changes nothing. The two channels of the random input differ by up to {gap}, and that is the error.",
      { gap },
    );
  return t(
    "Ones are a weak test: both of their channels are equal, so swapped channels would not show. Swap the identity's channels and compare.",
  );
}

/** @param {{model: Model, shown: Shown}} props */
export function Errors({ model, shown }) {
  if (shown.choices.what === "norm") return html`<${NormErrors} model=${model} shown=${shown} />`;
  return html`<div class="fuse-errors">
    <${Compared} model=${model} shown=${shown} name="on_ones" title=${t("On ones")} error="ones_error" far="far_ones" />
    <${Compared} model=${model} shown=${shown} name="on_noise" title=${t("On random input")} error="noise_error" far="far_noise" />
    <section class="card fuse-why"><h2>${t("What a test can see")}</h2><p>${why(shown)}</p><${Seeds} model=${model} /></section>
  </div>`;
}

/** @param {{model: Model, shown: Shown}} props */
function NormErrors({ model, shown }) {
  const theirs = scalar(shown, "torch_error");
  const train = shown.choices.mode === "train";
  return html`<div class="fuse-errors">
    <${Compared} model=${model} shown=${shown} name="difference" title=${train ? t("In train mode") : t("In eval mode")} error="error" />
    <section class="card fuse-why"><h2>${t("What the fold uses")}</h2>
      <p>${train ? t("BatchNorm in train mode takes mean and variance from this batch. The fold was made of the running ones, so it holds only in eval mode.") : t("The running mean and variance do not depend on the batch, so in eval mode BatchNorm is the same for every input: a scale and a shift.")}</p>
      ${theirs !== null && html`<p>${t("torch's own fuse_conv_bn_eval is off by {n}.", { n: short(theirs) })}</p>`}
    </section>
  </div>`;
}

/** The check with 200 seeds. @param {{model: Model}} props */
function Seeds({ model }) {
  const found = model.counted.value;
  const stale = found !== null && found.source !== model.seedsSource.value;
  const running = model.many.running.value !== null;
  const bars = found
    ? [/** @type {const} */ ([t("random input"), found.random]), /** @type {const} */ ([t("ones"), found.ones])]
    : [];
  return html`<div class=${`fuse-seeds ${stale ? "stale" : ""}`}>
    <h3>${t("How often does isclose fail?")}</h3>
    <p class="muted">${t("The same fusion, without a mistake, for the seeds 0 to 199: rounding alone.")}</p>
    <button type="button" class="button" disabled=${running || (found !== null && !stale)} onClick=${model.count}>${t("Record 200 seeds")}</button>
    <${RunningNotice} recording=${model.many} /><${TroubleNotice} recording=${model.many} />
    ${model.uncounted.value && html`<${Bar} title=${t("The run did not come to its end.")}>${model.uncounted.value}</${Bar}>`}
    ${bars.length > 0 && html`<dl aria-busy=${stale}>${bars.map(([name, n]) => html`<div key=${name}><dt>${name}</dt><dd><span class="fuse-bar"><i style=${{ width: `${n / 2}%` }}></i></span><code>${t("{n} of 200", { n })}</code></dd></div>`)}</dl>`}
    ${found && !stale && html`<a class="link" href=${playerAddress(found.id)}>${t("Open this recording in the player")}</a>`}
  </div>`;
}
