/** A lesson beside its tape: question, text, notes at their moments, experiments, check. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Icon } from "../../ui/icons.js";
import { Check } from "./check.js";
import { Experiments } from "./experiments.js";
import { marked } from "./marked.js";

/** @typedef {import("../../ui/model.js").Model} Model */
/** @typedef {import("../../ui/learning.js").Learning} Learning */
/** @typedef {{openLesson: (slug: string) => void, openGallery: () => void, resetLesson: () => void}} Ways */

/** @param {{model: Model, learning: Learning, ways: Ways, heading: unknown}} props */
export function LessonPane({ model, learning, ways, heading }) {
  const lesson = learning.lesson.value;
  if (!lesson) return null;
  const edited = model.text.value !== lesson.source;
  return html`<header class="pane-head">${heading}<span class="spring"></span>
      ${edited && html`<button type="button" class="button quiet small" title=${t("Back to the lesson's own program")} onClick=${ways.resetLesson}><${Icon} name="undo" size=${14} /> ${t("Reset")}</button>`}
      <a class="button quiet small" href="/learn" onClick=${follow(ways.openGallery)}>${t("All lessons")}</a>
    </header>
    <div class="lesson" tabindex="-1">
      <h2>${marked(lesson.title)}</h2>
      <p class="lesson-question"><b aria-hidden="true">?</b><span>${marked(lesson.question)}</span></p>
      ${lesson.text.map((text) => html`<p key=${text}>${marked(text)}</p>`)}
      <${Notes} model=${model} learning=${learning} />
      <${Experiments} model=${model} learning=${learning} />
      <${Check} key=${lesson.slug} learning=${learning} />
      <${Onward} learning=${learning} ways=${ways} />
    </div>`;
}

/** A link that the page follows itself; with a key held, the browser does. @param {() => void} go */
export const follow = (go) => (/** @type {MouseEvent} */ event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go();
};

/** The notes in the order of the tape; each one leads to its moment. @param {{model: Model, learning: Learning}} props */
function Notes({ model, learning }) {
  const step = model.step.value;
  const here = learning.here.value;
  const seen = new Set(learning.done.value[learning.lesson.value?.slug ?? ""]?.notes);
  const pausing = learning.pauses.value;
  return html`<section aria-labelledby="lesson-notes">
    <div class="lesson-head"><h3 id="lesson-notes">${t("Moments")}</h3>
      <label class="lesson-pauses"><input type="checkbox" checked=${pausing} onChange=${() => learning.pauseAtNotes(!pausing)} />${t("pause at each")}</label></div>
    ${model.text.value !== learning.lesson.value?.source && html`<p class="muted">${t("The program was changed: the notes still tell the lesson's own numbers.")}</p>`}
    <ol class="lesson-notes">${learning.notes.value.map((note, i) => {
      const { moment, step: at } = note;
      if (at < 0 && learning.ready.value)
        return html`<li key=${moment.id} class="gone"><span class="lesson-mark">${i + 1}</span><p>${t("This does not happen in the program as it is now.")}</p></li>`;
      const standing = here?.moment.id === moment.id;
      const state = `${standing ? "here" : at <= step ? "past" : "ahead"}${seen.has(moment.id) ? " seen" : ""}`;
      return html`<li key=${moment.id} class=${state}>
        <button type="button" disabled=${!learning.ready.value} aria-current=${standing ? "step" : undefined} onClick=${() => model.deck({ type: "seek", step: at })}>
          <span class="lesson-mark">${i + 1}</span><span>${marked(moment.note)}</span></button></li>`;
    })}</ol></section>`;
}

/** What comes next. @param {{learning: Learning, ways: Ways}} props */
function Onward({ learning, ways }) {
  const { previous, next } = /** @type {import("../../ui/learning.js").Lesson} */ (learning.lesson.value);
  const link = (/** @type {string} */ slug, /** @type {unknown} */ says, /** @type {string} */ look) =>
    html`<a class=${`button ${look}`} href=${`/learn/${slug}`} onClick=${follow(() => ways.openLesson(slug))}>${says}</a>`;
  return html`<nav class="lesson-onward" aria-label=${t("Lessons before and after")}>
    ${previous && link(previous, t("Previous lesson"), "")}<span class="spring"></span>${next && link(next, t("Next lesson"), "primary")}
  </nav>`;
}
