/** What can be chosen in the fusion lab. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { EditControls } from "../controls.js";
import { WORDS } from "./choices.js";

/** @typedef {import("./lab_model.js").FusionLab} Model */
/** @typedef {keyof import("./choices.js").Choices} Field */

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement | HTMLSelectElement} */ (event.currentTarget).value;

/** @param {{model: Model, field: Field, label: string, options: readonly (readonly [string, string])[]}} props */
function Segmented({ model, field, label, options }) {
  const value = model.choices.value[field];
  return html`<fieldset class="fuse-segmented"><legend class="hidden">${label}</legend>${options.map(
    ([
      slug,
      says,
    ]) => html`<label key=${slug} class=${slug === value ? "on" : ""}><input type="radio" name=${`fuse-${field}`} value=${slug} checked=${slug === value}
      onChange=${() => model.change({ [field]: slug })} /><span>${says}</span></label>`,
  )}</fieldset>`;
}

/** @param {{model: Model, field: Field, on: string, off: string, label: string}} props */
function Switch({ model, field, on, off, label }) {
  const checked = model.choices.value[field] === on;
  return html`<label class=${`fuse-switch ${checked ? "on" : ""}`}><input type="checkbox" checked=${checked} onChange=${() => model.change({ [field]: checked ? off : on })} /><span>${label}</span></label>`;
}

/** @param {{model: Model}} props */
function Seed({ model }) {
  const bad = model.wrong.value.some(({ field }) => field === "seed");
  return html`<label class="lab-field fuse-seed"><span>${t("Seed")}</span><input inputmode="numeric" value=${model.choices.value.seed} aria-invalid=${bad}
    aria-describedby=${bad ? "fuse-wrong" : undefined} onInput=${(/** @type {Event} */ event) => model.change({ seed: valueOf(event) })} /></label>`;
}

/** @param {{model: Model}} props */
export function Controls({ model }) {
  const { what, atol } = model.choices.value;
  return html`<section class="card fuse-controls" aria-label=${t("Choices")}>
    <${Segmented} model=${model} field="what" label=${t("What is fused")} options=${[
      ["branches", t("3 × 3 + 1 × 1 + identity")],
      ["norm", t("convolution + BatchNorm")],
    ]} />
    <${Seed} model=${model} />
    ${
      what === "branches"
        ? html`<${Switch} model=${model} field="swap" on="yes" off="no" label=${t("Swap the identity")} />
          <${Switch} model=${model} field="bias" on="no" off="yes" label=${t("Forget a bias")} />
          <label class="lab-field"><span>${t("isclose: atol")}</span><select value=${atol} onChange=${(/** @type {Event} */ event) => model.change({ atol: valueOf(event) })}>
            ${WORDS.atol.map((each) => html`<option key=${each} value=${each} selected=${each === atol}>${each === "1e-8" ? t("1e-8 (the default)") : each}</option>`)}</select></label>`
        : html`<${Segmented} model=${model} field="mode" label=${t("Mode")} options=${[
            ["eval", "eval"],
            ["train", "train"],
          ]} />`
    }
    <${EditControls} fields=${model.fields} />
  </section>`;
}
