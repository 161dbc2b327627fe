/** What the output is compared with, and how the model is trained. */

import { html, useState } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Arguments, FailureNote, FaultNote, More, SelectField, TextField } from "./field.js";
import { FilledFields } from "./filled.js";
import { having } from "./keys.js";
import { outputOf } from "./naming.js";
import { lossChosen, optimizerChosen, partArg } from "./parts.js";
import { argumentOf, textOf } from "./values.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./reading.js").Spec} Spec */
/** @typedef {import("./reading.js").Table} Table */

/** @param {Record<string, unknown>} known @param {string} none what it means to choose none */
const optionsOf = (known, none) => [
  { value: "", text: none },
  ...Object.keys(known).map((name) => ({ value: name, text: name })),
];

/** @param {{model: Model, part: "loss" | "optimizer", table: Table}} props */
function PartArguments({ model, part, table }) {
  const spec = /** @type {Spec} */ (model.spec.value);
  const one = spec[part];
  const [open, setOpen] = useState(false);
  if (!one) return null;
  const known = (part === "loss" ? table.losses : table.optimizers)[String(one.type)] ?? [];
  return html`${known.length > 0 && html`<${More} open=${open} toggle=${() => setOpen(!open)} label=${t("More arguments of {kind}", { kind: String(one.type) })} />`}
    <${Arguments} key=${String(one.type)} model=${model} part=${part} at=${null} args=${one.args ?? {}} known=${known} open=${open}
    commit=${(/** @type {string} */ name, /** @type {unknown} */ value) => model.change(partArg(spec, part, name, value), `${part} ${name}`)} />`;
}

/** @param {{model: Model, part: "loss" | "optimizer" | "target" | "output" | "steps" | "mode", known?: string[]}} props */
const Notes = ({ model, part, known }) =>
  html`<${FaultNote} model=${model} part=${part} at=${null} known=${known} /><${FailureNote} model=${model} part=${part} at=${null} />`;

/** @param {{model: Model}} props */
export function Training({ model }) {
  const spec = /** @type {Spec} */ (model.spec.value);
  const table = /** @type {Table} */ (model.table.value);
  const owner = { model, at: null };
  const names = [...Object.keys(spec.inputs), ...model.names.value];
  const argsOf = (/** @type {import("./reading.js").Argument[] | undefined} */ args) =>
    args?.map(({ name }) => name) ?? [];
  const last = model.names.value.at(-1) ?? "";
  return html`<section class="card d-section d-training" aria-labelledby="d-training-title">
    <header><h2 id="d-training-title">${t("Output and training")}</h2></header>
    <div class="d-row">
      <${SelectField} ...${owner} part="output" field="" label=${t("Output")} mono=${true} value=${spec.output === undefined ? "" : outputOf(spec)}
        options=${[{ value: "", text: last ? t("the last: {name}", { name: last }) : t("the last") }, ...names.map((name) => ({ value: name, text: name }))]} choose=${(/** @type {string} */ name) => model.change(having(spec, "output", name || undefined))} />
      <${SelectField} ...${owner} part="mode" field="" label=${t("Mode")} value=${String(spec.mode ?? "train")} options=${["train", "eval"].map((value) => ({ value, text: value }))} choose=${(/** @type {string} */ mode) => model.change(having(spec, "mode", mode === "train" ? undefined : mode))} />
      <${TextField} ...${owner} part="steps" field="" label=${t("Steps")} value=${spec.steps} parse=${(/** @type {string} */ text) => argumentOf(text, "int")} show=${textOf} placeholder="1" wide="short" commit=${(/** @type {unknown} */ value) => model.change(having(spec, "steps", value), "steps")} />
    </div>
    <${Notes} model=${model} part="output" /><${Notes} model=${model} part="mode" /><${Notes} model=${model} part="steps" />
    <div class="d-row d-part">
      <${SelectField} ...${owner} part="loss" field="type" label=${t("Loss")} value=${String(spec.loss?.type ?? "")} options=${optionsOf(table.losses, t("none: the sum of the output"))} choose=${(/** @type {string} */ type) => model.change(lossChosen(spec, type))} />
      <${PartArguments} model=${model} part="loss" table=${table} />
    </div>
    <${Notes} model=${model} part="loss" known=${argsOf(table.losses[String(spec.loss?.type)])} />
    ${
      spec.target &&
      html`<div class="d-row d-part"><span class="d-legend" id="d-target" tabindex="-1">${t("Target")}</span><${FilledFields} ...${owner} part="target" one=${spec.target} grad=${false} change=${(/** @type {any} */ target, /** @type {string | undefined} */ what) => model.change({ ...spec, target }, what)} /></div>`
    }
    <${Notes} model=${model} part="target" />
    <div class="d-row d-part">
      <${SelectField} ...${owner} part="optimizer" field="type" label=${t("Optimizer")} value=${String(spec.optimizer?.type ?? "")} disabled=${!spec.loss && !spec.optimizer} options=${optionsOf(table.optimizers, t("none: only backward()"))} choose=${(/** @type {string} */ type) => model.change(optimizerChosen(spec, type, table))} />
      <${PartArguments} model=${model} part="optimizer" table=${table} />
      ${!spec.loss && html`<span class="muted">${t("An optimizer needs a loss.")}</span>`}
    </div>
    <${Notes} model=${model} part="optimizer" known=${argsOf(table.optimizers[String(spec.optimizer?.type)])} />
  </section>`;
}
