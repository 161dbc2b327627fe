/** Below the graph: the note of this step, or what is asked before the next one. */

import { html, useEffect } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Icon } from "../../ui/icons.js";
import { Choices } from "./check.js";
import { marked } from "./marked.js";

/** @typedef {import("../../ui/model.js").Model} Model */
/** @typedef {import("../../ui/learning.js").Learning} Learning */

/** @param {{model: Model, learning: Learning}} props */
export function LessonNote({ model, learning }) {
  const { here, asked, notes, lesson } = learning;
  const note = here.value;
  useEffect(() => {
    if (note) learning.read(note);
  }, [note?.moment.id, lesson.value?.slug]);
  if (!lesson.value || !model.player.value) return null;
  if (asked.value) return html`<${Prediction} model=${model} learning=${learning} />`;
  const all = notes.value.filter(({ step }) => step >= 0);
  const number = note ? notes.value.findIndex(({ moment }) => moment.id === note.moment.id) + 1 : 0;
  const next = all.map(({ step }) => step).filter((step) => step > model.step.value);
  const onward = next.length
    ? html`<button type="button" class="button primary small" title=${t("Play on to the next note (Space)")} onClick=${() => model.play()}><${Icon} name="play" size=${12} /> ${t("Play on")}</button>`
    : null;
  if (!note) return null;
  return html`<aside class="question lesson-note" aria-label=${t("Note")}>
    <span class="lesson-mark" aria-hidden="true">${number}</span><p aria-live="polite">${marked(note.moment.note)}</p>${onward}
  </aside>`;
}

/** @param {{model: Model, learning: Learning}} props */
function Prediction({ model, learning }) {
  const asked = learning.asked.value;
  if (!asked) return null;
  const { question, choices, right, answer, chosen, note } = asked;
  const reveal = () => model.deck({ type: "seek", step: note.step });
  return html`<aside class="question lesson-note predict" aria-label=${t("Predict")}>
    <b aria-hidden="true">?</b>
    <div><p>${question}</p>
      <${Choices} name=${`predict-${note.moment.id}`} choices=${choices} chosen=${chosen} right=${right} choose=${(/** @type {number} */ choice) => learning.predict(note.moment.id, choice)} />
      <p class="answer" aria-live="polite">${chosen === null ? "" : html`<b class=${chosen === right ? "good" : "bad"}>${chosen === right ? t("Right.") : t("Not this time.")}</b> ${answer}`}</p></div>
    <button type="button" class="button small" onClick=${reveal}>${chosen === null ? t("Show me") : t("Step on")}</button>
  </aside>`;
}
