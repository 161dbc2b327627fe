/** The top bar: name, where we are, programs, recent tapes, panes, theme, help. */

import { html, useRef } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { parseThing, thingDetail, thingTitle } from "../tape/things.js";
import { fileAddress } from "../ui/client.js";
import { Icon } from "../ui/icons.js";
import { isOpen, narrow, togglePane } from "../ui/panes.js";
import { LanguageSwitch, ThemeSwitch } from "../ui/switches.js";
import { follow } from "./lesson/lesson.js";
import { browsing } from "./lesson/ways.js";
import { Menu } from "./menu.js";
import { Search } from "./search.js";
import { TakeAlong } from "./take.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {{openLesson: (slug: string) => void, openGallery: () => void, openTape: (id: string) => void, toggleHelp: () => void, toggleLegend: () => void, openFile: (file: File) => void, reveal: (thing: string) => boolean, pictureOf: import("./take.js").Picture}} Actions */

/** @param {{model: Model, actions: Actions}} props */
function Programs({ model, actions }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const id = model.player.value?.tape.id;
  /** @param {Event} event */
  const chosen = (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (field.files?.[0]) actions.openFile(field.files[0]);
    // The same file can be chosen again.
    field.value = "";
  };
  return html`<${Menu} label=${t("Tapes")}>
    ${
      narrow.value &&
      html`<a class="menu-item small" href="/learn" onClick=${follow(actions.openGallery)}><b>${t("Lessons")}</b></a>
      <a class="menu-item small" href="/labs"><b>${t("Labs")}</b></a>
      <button type="button" class="menu-item small" onClick=${actions.toggleLegend}><b>${t("Legend")}</b></button>`
    }
    <a class="menu-item small" href="/labs/describe"><b>${t("Describe a model…")}</b><span>${t("without code")}</span></a>
    <h2>${t("Tape files")}</h2>
    <button type="button" class="menu-item small" onClick=${() => input.current?.click()}><b>${t("Open a tape…")}</b><span>${t("or drop one on the page")}</span></button>
    ${id && html`<a class="menu-item small" href=${fileAddress(id)} download><b>${t("Download this tape")}</b><span>.tape</span></a>`}
    ${model.recent.value.length > 0 && html`<h2>${t("Recent tapes")}</h2>`}
    ${model.recent.value.map(
      (each) => html`<a key=${each.id} class="menu-item small" href=${`/t/${each.id}`}
      onClick=${(/** @type {MouseEvent} */ event) => {
        if (event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        actions.openTape(each.id);
      }}><b>${each.title}</b><span>${ago(each.at)}</span></a>`,
    )}
  </${Menu}>
  <input ref=${input} type="file" accept=".tape" class="hidden" tabindex="-1" aria-hidden="true" onChange=${chosen} />`;
}

/** @param {number} at */
function ago(at) {
  const minutes = Math.round((Date.now() - at) / 60_000);
  if (minutes < 1) return t("just now");
  if (minutes < 60) return t("{n} min ago", { n: minutes });
  return minutes < 1440
    ? t("{n} h ago", { n: Math.round(minutes / 60) })
    : t("{n} d ago", { n: Math.round(minutes / 1440) });
}

/** title › phase › modules › thing. @param {{model: Model}} props */
function Breadcrumbs({ model }) {
  const player = model.player.value;
  if (!player)
    return html`<nav class="breadcrumbs" aria-label=${t("Where we are")}><code>${model.title.value}</code></nav>`;
  const { tape, history, deck } = player;
  const segment = model.segment.value;
  const shown = model.shown.value;
  const stack = history.at(model.step.value).stack;
  const last = shown && parseThing(tape, shown) ? shown : null;
  return html`<nav class="breadcrumbs" aria-label=${t("Where we are")}>
    <button type="button" class="crumb" onClick=${() => deck.send({ type: "start" })}>${model.title.value}</button>
    ${segment && html`<button type="button" class=${`crumb ${segment.phase}`} onClick=${() => deck.send({ type: "seek", step: segment.from })}>${segment.label}</button>`}
    ${stack.slice(-2).map((call) => html`<button key=${call} type="button" class="crumb" onClick=${() => model.select(`call:${call}`)}>${thingTitle(tape, `call:${call}`)}</button>`)}
    ${last && html`<button type="button" class="crumb here" aria-current="location" onClick=${() => model.select(last)}>${thingTitle(tape, last)}${thingDetail(tape, last) ? html` <span>${thingDetail(tape, last)}</span>` : null}</button>`}
  </nav>`;
}

const PANES = {
  source: { show: t("Show the source"), hide: t("Hide the source") },
  details: { show: t("Show the details"), hide: t("Hide the details") },
};

/** @param {{model: Model, actions: Actions}} props */
export function TopBar({ model, actions }) {
  /** @param {"source" | "details"} name @param {"left" | "right"} picture */
  const paneButton = (name, picture) => html`<button type="button" class="button icon-only" aria-pressed=${isOpen(name)}
    title=${isOpen(name) ? PANES[name].hide : PANES[name].show} aria-label=${PANES[name].show} onClick=${() => togglePane(name)}><${Icon} name=${picture} /></button>`;
  return html`<header class="topbar">
    <h1><a class="wordmark" href="/" title=${t("Tapedeck: start page")}><img src="/static/icon.svg" alt="" width="26" height="26" />Tapedeck</a></h1>
    <${Breadcrumbs} model=${model} />
    <span class="spring"></span>
    <${Search} model=${model} reveal=${actions.reveal} />
    ${!narrow.value && html`<a class="button quiet lessons-link" href="/learn" aria-current=${browsing.value ? "page" : undefined} onClick=${follow(actions.openGallery)}>${t("Lessons")}</a>`}
    ${!narrow.value && html`<a class="button quiet labs-link" href="/labs">${t("Labs")}</a>`}
    <${Programs} model=${model} actions=${actions} />
    <${TakeAlong} model=${model} pictureOf=${actions.pictureOf} />
    ${!narrow.value && paneButton("source", "left")}
    ${!narrow.value && paneButton("details", "right")}
    ${!narrow.value && html`<button type="button" class="button icon-only" title=${`${t("Legend")} (L)`} aria-label=${t("Legend")} onClick=${actions.toggleLegend}><${Icon} name="legend" /></button>`}
    <${ThemeSwitch} /><${LanguageSwitch} />
    <button type="button" class="button icon-only" title=${t("Help (?)")} aria-label=${t("Help")} data-tour="help" onClick=${actions.toggleHelp}><b>?</b></button>
  </header>`;
}
