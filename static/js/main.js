/** The page: makes the model, puts the panels in their places, and keeps the address and the keyboard in step. */

import { batch, effect, html, render, signal } from "../vendor/preact.js";
import { createGraph } from "./graph/index.js";
import { pictureOf } from "./graph/picture.js";
import { otherSides } from "./graph/view.js";
import { t } from "./language/index.js";
import { Breakpoints } from "./panels/breakpoints.js";
import { Console } from "./panels/console.js";
import { DropTarget } from "./panels/drop.js";
import { GraphPane } from "./panels/graph.js";
import { choosing } from "./panels/graph_bar.js";
import { Help, Legend } from "./panels/help.js";
import { Inspector } from "./panels/inspector/inspector.js";
import { GalleryPage } from "./panels/lesson/gallery.js";
import { LessonNote } from "./panels/lesson/note.js";
import { Aside } from "./panels/lesson/aside.js";
import { browsing, createWays, gallery } from "./panels/lesson/ways.js";
import { Lower } from "./panels/lower.js";
import { toggleMap } from "./panels/minimap.js";
import { Empty, Notices, Question, closeFirst } from "./panels/notices.js";
import { Progress } from "./panels/progress.js";
import { searching } from "./panels/search.js";
import { SourcePane } from "./panels/source.js";
import { Standing } from "./panels/standing.js";
import { Taken } from "./panels/take.js";
import { TopBar } from "./panels/topbar.js";
import { Tour, TourOffer } from "./panels/tour.js";
import { Transport, sayWhy, whyStopped } from "./panels/transport.js";
import { lineage } from "./tape/lineage.js";
import { partsOf } from "./tape/lineage_parts.js";
import { narrate } from "./tape/narrate.js";
import { addressWriter } from "./ui/address_bar.js";
import { afterDrawing } from "./ui/after_drawing.js";
import * as client from "./ui/client.js";
import { listen } from "./ui/keyboard.js";
import { createLearning } from "./ui/learning.js";
import { createModel } from "./ui/model.js";
import { Panes, Splitter, narrow, sizes, tab } from "./ui/panes.js";
import { readPlace, writePlace } from "./ui/place.js";
import { narrowTape, zoomTape } from "./ui/tape_window.js";
import { endTour, startTour } from "./ui/tour.js";
import { clearTrace, traced } from "./ui/traced.js";

const app = /** @type {HTMLElement} */ (document.getElementById("app"));
const nonce =
  document.querySelector("script[nonce]")?.getAttribute("nonce") ||
  /** @type {HTMLElement | null} */ (document.querySelector("script[nonce]"))?.nonce ||
  "";
const model = createModel();
const sheet = signal(/** @type {"help" | "legend" | "breakpoints" | null} */ (null));
/** @type {{graph: import("./panels/graph.js").Graph | null}} */
const holds = { graph: null };

/** @param {"help" | "legend" | "breakpoints"} name */
function toggleSheet(name) {
  sheet.value = sheet.value === name ? null : name;
  if (sheet.value) tab.value = "graph";
}
const closeSheet = () => (sheet.value = null);

function showTour() {
  closeSheet();
  startTour();
}

/** Puts a tape's address in the address bar. @param {string} id */
const goTo = (id) => history.pushState(null, "", `/t/${encodeURIComponent(id)}`);

/** On a narrow page what is said about the run stands on the graph's tab. */
function run() {
  tab.value = "graph";
  const slug = learning.lesson.value?.slug;
  return model.run({ onRecorded: slug ? (id) => ways.leave(slug, id) : goTo, autoplay: !slug });
}

/** @param {string} id */
function openTape(id) {
  tab.value = "graph";
  browsing.value = false;
  learning.end();
  goTo(id);
  model.openTape(id);
}

/** @param {File} file */
function openFile(file) {
  tab.value = "graph";
  browsing.value = false;
  learning.end();
  return model.openFile(file, goTo);
}

const learning = createLearning(model, {
  onRecorded: (id) => learning.lesson.value && ways.leave(learning.lesson.value.slug, id),
});
const ways = createWays(model, learning, () => (tab.value = "graph"));

/** Shows what the address says. */
async function arrive() {
  const place = readPlace(location.hash);
  const [, where, id] = /^\/(t|learn)(?:\/([^/]+))?$/.exec(location.pathname) ?? [];
  browsing.value = where === "learn" && !id;
  const listed = client.gallery().then(
    (found) => batch(() => ((gallery.value = found), (model.lessons.value = found.lessons))),
    () => {},
  );
  if (where === "t") learning.end();
  if (where === "t" && id) await model.openTape(decodeURIComponent(id), place);
  else if (where === "learn" && id) await ways.learn(decodeURIComponent(id), place).catch(model.fail);
  else if (where !== "learn") await ways.first(place).catch(model.fail);
  await listed;
}

/** Shows the whole graph again after a neighbourhood; whether there was one. */
function leaveNear() {
  const { graph } = holds;
  return graph?.view.near ? graph.showAs({ ...graph.view, near: null }) : false;
}

/** The lineage of what is shown, part after part, then everything again. */
function nextTrace() {
  const tape = model.player.value?.tape;
  const thing = model.shown.value;
  const found = tape && thing ? lineage(tape, thing) : null;
  if (!found || !thing || found.before.length + found.after.length === 0) return;
  const parts = partsOf(found);
  const at = traced.value?.thing === thing ? parts.indexOf(traced.value.part) : -1;
  model.select(thing);
  traced.value = at + 1 < parts.length ? { thing, part: parts[at + 1] } : null;
}

/** @type {Record<string, () => void>} */
const VERBS = {
  toggle: () => model.deck({ type: "toggle" }),
  next: () => model.deck({ type: "next" }),
  back: () => model.deck({ type: "back" }),
  tenOn: () => model.deck({ type: "skip", by: 10 }),
  tenBack: () => model.deck({ type: "skip", by: -10 }),
  start: () => model.deck({ type: "start" }),
  end: () => model.deck({ type: "end" }),
  nextPhase: () => model.deck({ type: "nextPhase" }),
  previousPhase: () => model.deck({ type: "previousPhase" }),
  over: () => model.stepBy("over"),
  out: () => model.stepBy("out"),
  overBack: () => model.stepBy("overBack"),
  outBack: () => model.stepBy("outBack"),
  toggleBack: () => model.deck({ type: "toggleBack" }),
  breakHere: () => model.toggleThing(model.shown.value),
  nextStop: () => model.runToStop(1),
  previousStop: () => model.runToStop(-1),
  nextAbout: () => model.shown.value && model.runTo(1, { thing: model.shown.value }),
  previousAbout: () => model.shown.value && model.runTo(-1, { thing: model.shown.value }),
  breakpoints: () => toggleSheet("breakpoints"),
  fit: () => holds.graph?.fit(),
  deeper: () => holds.graph?.deepen(1),
  shallower: () => holds.graph?.deepen(-1),
  undo: () => holds.graph?.undo(),
  sides: () => holds.graph?.showAs(otherSides(holds.graph.view)),
  kinds: () => (choosing.value = !choosing.value),
  focus: () => model.shown.value && holds.graph?.focus(model.shown.value),
  near: () => holds.graph?.neighbours(model.shown.value, 1),
  lessNear: () => holds.graph?.neighbours(null, -1),
  minimap: toggleMap,
  zoomIn: () => holds.graph?.viewport.zoom(1.25),
  zoomOut: () => holds.graph?.viewport.zoom(0.8),
  trace: () => nextTrace(),
  tapeIn: () => zoomTape(model, 1 / 2),
  tapeOut: () => zoomTape(model, 2),
  narrow: () => narrowTape(model),
  search: () => (searching.value = true),
  help: () => toggleSheet("help"),
  legend: () => toggleSheet("legend"),
  escape: () =>
    endTour() || (sheet.value ? closeSheet() : clearTrace() || leaveNear() || closeFirst(model) || model.select(null)),
};

/** The graph as a picture. @type {import("./panels/take.js").Picture} */
const take = (part, words) =>
  holds.graph && pictureOf(/** @type {import("./graph/index.js").Graph} */ (holds.graph), part, words);

/** While playing, a screen reader would drown; it hears where the tape stops. */
function LiveRegion() {
  const player = model.player.value;
  const { step, playing } = model.position.value;
  const why = whyStopped(model);
  return html`<p class="hidden" role="status" aria-live="polite">${player && !playing ? `${why ? `${sayWhy(why)}. ` : ""}${t("Step {n} of {all}.", { n: step + 1, all: player.tape.events.length })} ${narrate(player.history, step)}` : ""}</p>`;
}

/** The panes around the graph and the transport are filled in the frame after it: their rooms stand from the first. */
const around = signal(false);

function Page() {
  const all = around.value || narrow.value;
  const stack = (
    /** @type {unknown} */ top,
    /** @type {unknown} */ bottom,
    /** @type {"console" | "events"} */ which,
  ) => html`
    <div class="stack" style=${{ gridTemplateRows: `minmax(0, 1fr) auto minmax(0, ${sizes.value[which]}%)` }}>
      <div class="stacked">${top}</div><${Splitter} which=${which} label=${which === "console" ? t("Height of the console") : t("Height of the events")} /><div class="stacked">${bottom}</div>
    </div>`;
  return html`<div class=${`page${narrow.value ? " narrow" : ""}`}>
    <${TopBar} model=${model} actions=${{ openLesson: ways.openLesson, openGallery: ways.openGallery, openTape, toggleHelp: () => toggleSheet("help"), toggleLegend: () => toggleSheet("legend"), openFile, pictureOf: take, reveal: (/** @type {string} */ thing) => holds.graph?.reveal(thing) ?? false }} />
    ${browsing.value && html`<${GalleryPage} gallery=${gallery.value} learning=${learning} openLesson=${ways.openLesson} />`}
    ${
      !browsing.value &&
      html`<${Panes}
      source=${all && stack(html`<${SourcePane} model=${model} nonce=${nonce} run=${run} />`, html`<${Console} model=${model} />`, "console")}
      graph=${html`<${GraphPane} model=${model} createGraph=${createGraph} holds=${holds} above=${html`<${Notices} model=${model} />`} below=${learning.lesson.value ? html`<${TourOffer} /><${LessonNote} model=${model} learning=${learning} />` : html`<${TourOffer} /><${Question} model=${model} />`}>
        <${Progress} model=${model} />
        <${Empty} model=${model} />
        ${sheet.value === "help" && html`<${Help} close=${closeSheet} tour=${showTour} />`}
        ${sheet.value === "breakpoints" && html`<${Breakpoints} model=${model} close=${closeSheet} />`}
        ${sheet.value === "legend" && html`<${Legend} close=${closeSheet} />`}
      </${GraphPane}>`}
      detailsName=${learning.lesson.value ? t("Lesson") : undefined}
      details=${all && html`<${Aside} model=${model} learning=${learning} ways=${ways} details=${stack(html`<${Inspector} model=${model} />`, html`<${Lower} model=${model} />`, "events")} />`} />
    ${all ? html`<${Transport} model=${model} breakpoints=${{ toggle: () => toggleSheet("breakpoints"), shown: sheet.value === "breakpoints" }} />` : html`<footer class="transport"></footer>`}`
    }
    <${Standing} />
    <${Taken} />
    <${Tour} />
    <${DropTarget} openFile=${openFile} />
    <${LiveRegion} />
  </div>`;
}

const writeAddress = addressWriter(() => {
  if (browsing.value) return null;
  const place = {
    note: learning.here.value?.moment.id,
    step: model.player.value ? model.step.value : null,
    sel: model.selection.value,
    open: model.open.value,
    view: model.view.value,
  };
  return writePlace(place);
}, 250);

listen(document, (verb) => VERBS[verb]?.());
addEventListener("popstate", arrive);
effect(() => {
  if (!model.player.value) return;
  void [model.step.value, model.selection.value, model.open.value, model.view.value];
  writeAddress();
});
effect(() => {
  model.pauses.value = learning.stops.value;
});
effect(() => {
  document.title = browsing.value
    ? t("Lessons · Tapedeck")
    : model.title.value
      ? `${model.title.value} · Tapedeck`
      : "Tapedeck";
});

/** A tape that is at hand is there before an empty page could have been drawn; for another one the page does not wait. */
const AT_HAND_MS = 120;
const there = new Promise((resolve) =>
  effect(() => {
    if (model.player.value || model.trouble.value || browsing.value) resolve(true);
  }),
);
arrive();
Promise.race([there, new Promise((resolve) => setTimeout(resolve, AT_HAND_MS))]).then(() => {
  app.replaceChildren();
  render(html`<${Page} />`, app);
  afterDrawing(() => (around.value = true));
});
