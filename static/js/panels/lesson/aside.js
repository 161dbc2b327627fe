/** The right column while a lesson is learned: the lesson, or the details of what is selected, as tabs. */

import { html, signal, useEffect } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { LessonPane } from "./lesson.js";

/** @typedef {import("../../ui/model.js").Model} Model */
/** @typedef {import("../../ui/learning.js").Learning} Learning */

const shows = signal(/** @type {"lesson" | "details"} */ ("lesson"));

/** @param {{model: Model, learning: Learning, ways: import("./lesson.js").Ways, details: unknown}} props */
export function Aside({ model, learning, ways, details }) {
  const slug = learning.lesson.value?.slug;
  // Who clicks a thing wants to see it; Esc leads back to the lesson.
  useEffect(() => model.selection.subscribe((thing) => (shows.value = thing === null ? "lesson" : "details")), []);
  useEffect(() => {
    shows.value = "lesson";
  }, [slug]);
  if (!slug) return details;
  const tab = (/** @type {"lesson" | "details"} */ name, /** @type {string} */ label) =>
    html`<button type="button" role="tab" aria-selected=${shows.value === name} tabindex=${shows.value === name ? 0 : -1} onClick=${() => (shows.value = name)}>${label}</button>`;
  /** @param {KeyboardEvent} event */
  const turn = (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    shows.value = shows.value === "lesson" ? "details" : "lesson";
    const tabs = /** @type {HTMLElement} */ (event.currentTarget);
    requestAnimationFrame(() =>
      /** @type {HTMLElement | null} */ (tabs.querySelector("[aria-selected=true]"))?.focus(),
    );
  };
  const heading = html`<div class="tabs-small" role="tablist" aria-label=${t("Lesson or details")} onKeyDown=${turn}>${tab("lesson", t("Lesson"))}${tab("details", t("Details"))}</div>`;
  if (shows.value === "lesson")
    return html`<${LessonPane} model=${model} learning=${learning} ways=${ways} heading=${heading} />`;
  return html`<div class="pane-head aside-tabs">${heading}</div>${details}`;
}
