/** The controls of a lesson: each edits the program, which is recorded again at once. */

import { html, useEffect, useState } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { edited, standing } from "../../lessons/edits.js";
import { marked } from "./marked.js";

/** @typedef {import("../../ui/model.js").Model} Model */
/** @typedef {import("../../ui/learning.js").Learning} Learning */
/** @typedef {import("../../lessons/edits.js").Experiment} Experiment */
/** @typedef {{experiment: Experiment, value: number | string, turn: (value: number | string) => void}} Control */

const KINDS = { choice: Choice, slider: Slider, text: Entry };

/** @param {{model: Model, learning: Learning}} props */
export function Experiments({ model, learning }) {
  const lesson = learning.lesson.value;
  if (!lesson?.experiments.length) return null;
  const source = model.text.value;
  return html`<section aria-labelledby="lesson-try"><h3 id="lesson-try">${t("Try it")}</h3>
    ${lesson.experiments.map((experiment) => {
      const value = standing(source, experiment);
      const kind = KINDS[experiment.type];
      const turned = value !== null && value !== standing(lesson.source, experiment);
      return html`<div key=${`${lesson.slug}/${experiment.id}`} class="experiment">
        ${
          value === null
            ? html`<p class="muted">${t("“{label}” has lost its place in the edited program. Reset brings it back.", { label: experiment.label })}</p>`
            : html`<${kind} experiment=${experiment} value=${value} turn=${(/** @type {number | string} */ to) => learning.turn(experiment, to)} />`
        }
        ${turned && html`<p class="experiment-notice" role="status">${marked(experiment.notice)}</p>`}
      </div>`;
    })}</section>`;
}

/** @param {Control} props */
function Choice({ experiment, value, turn }) {
  const { id, label, options } = experiment;
  return html`<fieldset><legend>${label}</legend><div class="experiment-options">
    ${options.map(
      (option, i) =>
        html`<label key=${option.code} title=${option.code}><input type="radio" name=${`experiment-${id}`} checked=${i === value} onChange=${() => turn(i)} /><span>${marked(option.label)}</span></label>`,
    )}</div></fieldset>`;
}

/** It is recorded again when the slider is let go. @param {Control} props */
function Slider({ experiment, value, turn }) {
  const { id, label, min, max, step } = experiment;
  const [now, setNow] = useState(Number(value));
  useEffect(() => setNow(Number(value)), [value]);
  const of = (/** @type {Event} */ event) => Number(/** @type {HTMLInputElement} */ (event.target).value);
  return html`<div class="experiment-slider"><label for=${`experiment-${id}`}>${label}</label><output>${now}</output>
    <input id=${`experiment-${id}`} type="range" min=${min} max=${max} step=${step} value=${now} onInput=${(/** @type {Event} */ event) => setNow(of(event))} onChange=${(/** @type {Event} */ event) => turn(of(event))} /></div>`;
}

/** @param {Control} props */
function Entry({ experiment, value, turn }) {
  const { id, label } = experiment;
  const [now, setNow] = useState(String(value));
  useEffect(() => setNow(String(value)), [value]);
  const fits =
    edited(
      experiment.template.replace("{}", () => ""),
      experiment,
      now,
    ) !== null;
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    if (fits) turn(now);
  };
  return html`<form class="experiment-text" onSubmit=${submit}><label for=${`experiment-${id}`}>${label}</label>
    <div><input id=${`experiment-${id}`} class="mono" value=${now} spellcheck="false" autocomplete="off" aria-invalid=${!fits} onInput=${(/** @type {Event} */ event) => setNow(/** @type {HTMLInputElement} */ (event.target).value)} />
    <button type="submit" class="button small" disabled=${!fits || now === value}>${t("Record")}</button></div>
    ${!fits && html`<p class="bad" role="alert">${t("Write at most 80 characters in one line, without quotes and backslashes.")}</p>`}</form>`;
}
