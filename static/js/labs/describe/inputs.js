/** The inputs of the model, each a row: its name and its tensor. */

import { html, useState } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Icon } from "../../ui/icons.js";
import { FailureNote, FaultNote, TextField } from "./field.js";
import { FilledFields } from "./filled.js";
import { inputAdded, inputChanged, inputRemoved, inputRenamed } from "./parts.js";
import { fieldId } from "./where.js";

/** @typedef {import("./model.js").Model} Model */

/** @param {{model: Model, name: string, only: boolean}} props */
function Input({ model, name, only }) {
  const [refused, setRefused] = useState("");
  const spec = /** @type {import("./reading.js").Spec} */ (model.spec.value);
  const owner = { model, part: /** @type {const} */ ("inputs"), at: name };
  const rename = (/** @type {unknown} */ to) => {
    const text = String(to ?? "").trim();
    const taken = text !== name && (text in spec.inputs || model.names.value.includes(text));
    setRefused(taken ? t("There is a {name} already; {old} keeps its name.", { name: text, old: name }) : "");
    if (!text || taken || text === name) return;
    model.change(inputRenamed(spec, name, text));
    model.focus.value = fieldId("inputs", text, "name");
  };
  return html`<li class="d-input" id=${fieldId("inputs", name, "")} tabindex="-1">
    <div class="d-row">
      <${TextField} ...${owner} field="name" label=${t("Name")} quiet=${true} value=${name} parse=${(/** @type {string} */ text) => text} show=${String} commit=${rename} late=${true} wide="d-tag" />
      <${FilledFields} ...${owner} one=${spec.inputs[name]} change=${(/** @type {any} */ one, /** @type {string | undefined} */ what) => model.change(inputChanged(spec, name, one), what)} />
      <span class="spring"></span>
      <button type="button" class="button icon-only small" title=${t("Remove")} aria-label=${t("Remove the input {name}", { name })} disabled=${only} onClick=${() => {
        model.change(inputRemoved(spec, name));
        model.focus.value = "d-add-input";
      }}><${Icon} name="close" size=${16} /></button>
    </div>
    ${refused && html`<div class="bar warn" role="alert"><${Icon} name="warning" size=${16} /><p>${refused}</p></div>`}
    <${FaultNote} ...${owner} /><${FailureNote} ...${owner} />
  </li>`;
}

/** @param {{model: Model}} props */
export function Inputs({ model }) {
  const spec = /** @type {import("./reading.js").Spec} */ (model.spec.value);
  const names = Object.keys(spec.inputs);
  return html`<section class="card d-section" id="d-inputs" tabindex="-1" aria-labelledby="d-inputs-title">
    <header><h2 id="d-inputs-title">${t("Inputs")}</h2><span class="spring"></span>
      <button type="button" id="d-add-input" class="button small" onClick=${() => model.change(inputAdded(spec))}><${Icon} name="plus" size=${14} /> ${t("Add an input")}</button></header>
    <ul>${names.map((name) => html`<${Input} key=${name} model=${model} name=${name} only=${names.length === 1} />`)}</ul>
    <${FaultNote} model=${model} part="inputs" at=${null} />
  </section>`;
}
