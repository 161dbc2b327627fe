/** Taking along: the picture as SVG or PNG, the moment as a link, the events as a table. */

import { html, signal } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { csv } from "../tape/csv.js";
import { eventTable } from "../tape/event_table.js";
import { narrate } from "../tape/narrate.js";
import { fileAddress } from "../ui/client.js";
import { Icon } from "../ui/icons.js";
import { writePlace } from "../ui/place.js";
import { READABLE, fileName, pixelsOf, pngOf, save, saveText } from "../ui/saving.js";
import { Menu } from "./menu.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {"view" | "whole"} Part */
/** @typedef {(part: Part, words: {title: string, moment: string}) => {svg: string, width: number, height: number} | {refused: string} | null} Picture */

/** Milliseconds that the answer stands. */
const SAID = 8000;

/** What came of it. */
const answer = signal(/** @type {{text: string, link: string | null} | null} */ (null));

/** @param {string} text @param {string | null} [link] */
function say(text, link = null) {
  const mine = (answer.value = { text, link });
  // A link that could not be copied stays until something else is taken.
  if (!link) setTimeout(() => answer.value === mine && (answer.value = null), SAID);
}

/** Where the tape stands, in words. @param {Model} model */
function momentOf(model) {
  const player = model.player.value;
  if (!player) return "";
  const step = model.step.value;
  const where = t("Step {step} of {count}", { step: step + 1, count: player.tape.events.length });
  return step < 0 ? where : `${where} · ${narrate(player.history, step)}`;
}

/** @param {Model} model @param {Picture} pictureOf @param {Part} part @param {"svg" | "png"} as */
async function takePicture(model, pictureOf, part, as) {
  const picture = pictureOf(part, { title: model.title.value, moment: momentOf(model) });
  if (!picture) return say(t("There is no graph on the screen to be taken along."));
  if ("refused" in picture) return say(picture.refused);
  const name = fileName(model.title.value, model.step.value, as);
  if (as === "svg") {
    saveText(picture.svg, "image/svg+xml", name);
    return say(t("Saved as {name}", { name }));
  }
  const pixels = pixelsOf(picture.width, picture.height);
  if (pixels < READABLE)
    return say(t("As PNG this graph would be too small to be read. Take it as SVG, or close some modules."));
  try {
    save(await pngOf(picture, pixels), name);
    return say(t("Saved as {name}", { name }));
  } catch {
    return say(t("The browser could not draw the picture as PNG. Take it as SVG."));
  }
}

/** The address of this moment, also of a program that has been opened without one. @param {Model} model */
function linkTo(model) {
  const id = model.player.value?.tape.id ?? "";
  const place = { step: model.step.value, sel: model.selection.value, open: model.open.value };
  return `${location.origin}/t/${encodeURIComponent(id)}${writePlace(place)}`;
}

/** @param {Model} model */
async function copyLink(model) {
  const link = linkTo(model);
  try {
    await navigator.clipboard.writeText(link);
    say(t("The link to this moment is copied"));
  } catch {
    say(t("The browser did not let it be copied. This is the link:"), link);
  }
}

/** @param {Model} model */
function takeEvents(model) {
  const player = model.player.value;
  if (!player) return;
  const name = fileName(model.title.value, player.tape.events.length - 1, "csv");
  saveText(csv(eventTable(player.history, player.segments)), "text/csv", name);
  say(t("Saved as {name}", { name }));
}

/** @param {{model: Model, pictureOf: Picture}} props */
export function TakeAlong({ model, pictureOf }) {
  const id = model.player.value?.tape.id;
  if (!id) return null;
  /** @param {string} text @param {string} beside @param {() => void} act */
  const item = (text, beside, act) =>
    html`<button type="button" class="menu-item small" onClick=${act}><b>${text}</b><span>${beside}</span></button>`;
  /** @param {Part} part @param {"svg" | "png"} as */
  const picture = (part, as) => () => takePicture(model, pictureOf, part, as);
  return html`<${Menu} kind="take" says=${t("Take along")} label=${html`<${Icon} name="take" />`}>
    <h2>${t("Picture")}</h2>
    ${item(t("What is on the screen"), "SVG", picture("view", "svg"))}
    ${item(t("What is on the screen"), "PNG", picture("view", "png"))}
    ${item(t("The whole graph"), "SVG", picture("whole", "svg"))}
    ${item(t("The whole graph"), "PNG", picture("whole", "png"))}
    <h2>${t("Moment")}</h2>
    ${item(t("Copy the link to this moment"), t("step {step}", { step: model.step.value + 1 }), () => copyLink(model))}
    <h2>${t("The whole recording")}</h2>
    ${item(t("All events as a table"), "CSV", () => takeEvents(model))}
    <a class="menu-item small" href=${fileAddress(id)} download><b>${t("The tape itself")}</b><span>.tape</span></a>
  </${Menu}>`;
}

/** What came of it, over the page, for a while; a screen reader hears it. */
export function Taken() {
  const now = answer.value;
  return html`<div class=${`taken${now ? "" : " none"}`} role="status">
    ${now && html`<span>${now.text}</span>`}
    ${now?.link && html`<a href=${now.link}>${now.link}</a>`}
    ${now && html`<button type="button" class="button icon-only small" aria-label=${t("Close")} title=${t("Close")} onClick=${() => (answer.value = null)}><${Icon} name="close" size=${14} /></button>`}
  </div>`;
}
