/** The gallery: chapters of lessons as a path, with what has been done of each, and the labs. */

import { html } from "../../../vendor/preact.js";
import { count, t } from "../../language/index.js";
import { LABS, labAddress } from "../../labs/names.js";
import { follow } from "./lesson.js";
import { marked } from "./marked.js";

/** @typedef {import("../../ui/client.js").Gallery} Gallery */
/** @typedef {import("../../ui/client.js").LessonLine} LessonLine */
/** @typedef {import("../../ui/learning.js").Learning} Learning */

/** @param {{gallery: Gallery, learning: Learning, openLesson: (slug: string) => void}} props */
export function GalleryPage({ gallery, learning, openLesson }) {
  const done = learning.done.value;
  const bySlug = new Map(gallery.lessons.map((each) => [each.slug, each]));
  const passed = gallery.lessons.filter(({ slug }) => done[slug]?.right).length;
  const next = gallery.lessons.find(({ slug }) => !done[slug]?.right) ?? gallery.lessons[0];
  return html`<main class="gallery"><div class="gallery-inner">
    <header class="gallery-head"><div><h2>${t("Learn autograd by watching it")}</h2>
      <p>${t("Every lesson is a real program, recorded when you open it. Play it, step through it, change it, and say what comes next.")}</p></div>
      <div class="gallery-progress"><progress max=${gallery.lessons.length} value=${passed} aria-label=${t("Lessons done")}></progress>
        <span>${count("{n} of {all} lesson done", "{n} of {all} lessons done", passed, { all: gallery.lessons.length })}</span>
        ${next && html`<a class="button primary" href=${`/learn/${next.slug}`} onClick=${follow(() => openLesson(next.slug))}>${passed ? t("Go on: {title}", { title: next.title.replaceAll("`", "") }) : t("Begin")}</a>`}</div></header>
    ${gallery.chapters.map(
      (chapter, i) => html`<section key=${chapter.id} aria-labelledby=${`chapter-${chapter.id}`}>
      <h3 id=${`chapter-${chapter.id}`}><span>${i + 1}</span>${marked(chapter.title)}</h3>
      <ol>${chapter.lessons.flatMap((slug) => {
        const line = bySlug.get(slug);
        return line ? [html`<${Card} key=${slug} line=${line} done=${done[slug]} openLesson=${openLesson} />`] : [];
      })}</ol></section>`,
    )}
    <section aria-labelledby="gallery-labs"><h3 id="gallery-labs"><span aria-hidden="true">⚗</span>${t("Labs")}</h3>
      <ol>${LABS.map(({ name, title, question }) => html`<li key=${name}><a class="lesson-card lab" href=${labAddress(name)}><b>${title}</b><span>${question}</span></a></li>`)}</ol></section>
  </div></main>`;
}

/** @param {{line: LessonLine, done: import("../../ui/learning.js").Done | undefined, openLesson: (slug: string) => void}} props */
function Card({ line, done, openLesson }) {
  const state = done?.right ? "done" : done ? "begun" : "";
  const says = { done: t("done"), begun: t("begun"), "": "" }[state];
  return html`<li><a class=${`lesson-card ${state}`} href=${`/learn/${line.slug}`} onClick=${follow(() => openLesson(line.slug))}>
    <b>${marked(line.title)}</b><span>${marked(line.summary)}</span>${says && html`<i>${state === "done" ? "✓ " : ""}${says}</i>`}</a></li>`;
}
