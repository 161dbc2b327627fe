/** The tour: five short steps beside the controls that they are about. It takes nothing from the page, which can be used all the while. */

import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { Icon } from "../ui/icons.js";
import { isOpen, narrow, tab, togglePane } from "../ui/panes.js";
import { declineTour, endTour, startTour, tourAt, tourKnown } from "../ui/tour.js";
import { besides } from "./tour_place.js";

/** @typedef {import("../ui/panes.js").PaneName} PaneName */
/** @typedef {{anchors: string[], pane: PaneName, title: string, text: string}} Stop the first anchor that is on the page is used */

/** @type {Stop[]} */
const STOPS = [
  {
    anchors: [".scrubber"],
    pane: "graph",
    title: t("This is the tape"),
    text: t(
      "The program ran once, and all that it did stands here in order: blue is forward, orange is backward. Drag along it to any moment. The wheel, or two fingers, zooms.",
    ),
  },
  {
    anchors: [".controls"],
    pane: "graph",
    title: t("Play it, or step"),
    text: t("Space plays. → and ← go one step on and back: time runs both ways. Try → now and watch the graph."),
  },
  {
    anchors: ["svg.graph", ".graph-stage"],
    pane: "graph",
    title: t("Click a thing"),
    text: t(
      "A box is a forward op or an autograd node, a wire a tensor or its gradient, a diamond a hook. What you click shows its numbers, its chain rule and its history under Details.",
    ),
  },
  {
    anchors: [".pane.source"],
    pane: "source",
    title: t("The source beside it"),
    text: t(
      "The expression that runs now is marked, with its value. Change the program and press Run: that records a tape of your own.",
    ),
  },
  {
    anchors: ['.topbar button[data-tour="help"]', ".topbar"],
    pane: "graph",
    title: t("Backward, hooks, and more"),
    text: t(
      "] jumps to the next phase, for example to backward, where hooks change gradients on their way. / finds anything on the tape. ? shows all keys, and this tour.",
    ),
  },
];

/** Offers the tour on the first visit: a line under the graph, in nobody's way. */
export function TourOffer() {
  if (tourKnown.value || tourAt.value !== null) return null;
  return html`<aside class="tour-offer" aria-label=${t("Tour")}>
    <p>${t("New here? Five short steps show what is what.")}</p>
    <button type="button" class="button small" onClick=${startTour}>${t("Start the tour")}</button>
    <button type="button" class="button icon-only small" title=${t("No, thanks")} aria-label=${t("No, thanks")} onClick=${declineTour}><${Icon} name="close" size=${14} /></button>
  </aside>`;
}

/** What the step needs is put on the page. @param {PaneName} pane */
function bring(pane) {
  if (narrow.value) tab.value = pane;
  else if (pane !== "graph" && !isOpen(pane)) togglePane(pane);
}

/** The place of the anchor on the screen, followed as the page changes. @param {readonly string[]} anchors @param {number} at */
function useAnchor(anchors, at) {
  const [box, setBox] = useState(/** @type {DOMRect | null} */ (null));
  useEffect(() => {
    let frame = 0;
    let before = "";
    const look = () => {
      const found = anchors.map((each) => document.querySelector(each)).find((each) => each?.getClientRects().length);
      const now = found?.getBoundingClientRect() ?? null;
      const sign = now ? [now.x, now.y, now.width, now.height].map(Math.round).join() : "";
      if (sign !== before) setBox(now);
      before = sign;
      frame = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(frame);
  }, [at]);
  return box;
}

export function Tour() {
  return tourAt.value === null ? null : html`<${Card} at=${tourAt.value} />`;
}

/** @param {{at: number}} props */
function Card({ at }) {
  const card = useRef(/** @type {HTMLElement | null} */ (null));
  const [size, setSize] = useState({ width: 320, height: 190 });
  const stop = STOPS[at];
  const box = useAnchor(stop.anchors, at);
  useEffect(() => {
    const before = document.activeElement;
    card.current?.querySelector("button")?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
    };
  }, []);
  useEffect(() => {
    bring(stop.pane);
    if (card.current) setSize({ width: card.current.offsetWidth, height: card.current.offsetHeight });
  }, [at]);
  const last = at === STOPS.length - 1;
  /** @param {number} to */
  const go = (to) => (to >= STOPS.length ? endTour() : (tourAt.value = to));
  const place = besides(box, size, { width: innerWidth, height: innerHeight });
  return html`${box && html`<span class="tour-ring" aria-hidden="true" style=${{ left: `${box.x - 4}px`, top: `${box.y - 4}px`, width: `${box.width + 8}px`, height: `${box.height + 8}px` }}></span>`}
    <section class="tour" role="dialog" aria-modal="false" aria-labelledby="tour-title" ref=${card} style=${{ left: `${place.left}px`, top: `${place.top}px` }}>
      <div aria-live="polite"><p class="tour-count">${t("{n} of {all}", { n: at + 1, all: STOPS.length })}</p><h2 id="tour-title">${stop.title}</h2><p>${stop.text}</p></div>
      <div class="tour-act">
        <button type="button" class="button small primary" onClick=${() => go(at + 1)}>${last ? t("Done") : t("Next")}</button>
        ${at > 0 && html`<button type="button" class="button small" onClick=${() => go(at - 1)}>${t("Back")}</button>`}
        <span class="spring"></span>
        ${!last && html`<button type="button" class="button small quiet" title="Esc" onClick=${endTour}>${t("Skip the tour")}</button>`}
      </div>
    </section>`;
}
