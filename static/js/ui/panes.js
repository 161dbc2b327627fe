/** The three columns of the page, resizable and closable, remembered; on a narrow page they are tabs. */

import { computed, html, signal, useEffect, useRef } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { recall, remember } from "./remember.js";

/** @typedef {"source" | "graph" | "details"} PaneName */
/** @typedef {{source: number, details: number, console: number, events: number, closed: string[]}} Sizes widths in px, heights in percent */

const NARROW = matchMedia("(max-width: 860px)");
const LIMITS = /** @type {Record<string, [number, number]>} */ ({
  source: [200, 640],
  details: [240, 640],
  console: [12, 75],
  events: [15, 80],
});

export const sizes = signal(
  /** @type {Sizes} */ ({
    source: Math.min(370, Math.round(innerWidth * 0.27)),
    details: Math.min(350, Math.round(innerWidth * 0.27)),
    console: 26,
    events: 38,
    closed: [],
    ...recall("panes", {}),
  }),
);
export const narrow = signal(NARROW.matches);
export const tab = signal(/** @type {PaneName} */ ("graph"));
NARROW.addEventListener("change", () => (narrow.value = NARROW.matches));

/** @param {PaneName} pane */
export const isOpen = (pane) => !sizes.value.closed.includes(pane);

/** @param {Partial<Sizes>} change */
export function resize(change) {
  sizes.value = { ...sizes.value, ...change };
  remember("panes", sizes.value);
}

/** @param {PaneName} pane */
export function togglePane(pane) {
  const { closed } = sizes.value;
  resize({ closed: closed.includes(pane) ? closed.filter((each) => each !== pane) : [...closed, pane] });
}

/** @param {"source" | "details" | "console" | "events"} which @param {number} to */
function resizeTo(which, to) {
  const [low, high] = LIMITS[which];
  resize({ [which]: Math.round(Math.max(low, Math.min(high, to)) * 10) / 10 });
}

/**
 * A border that can be dragged, or moved with the arrow keys.
 * @param {{which: "source" | "details" | "console" | "events", label: string}} props
 */
export function Splitter({ which, label }) {
  const across = which === "source" || which === "details";
  const sign = which === "source" ? 1 : -1;
  /** @param {PointerEvent} event */
  const grab = (event) => {
    const bar = /** @type {HTMLElement} */ (event.currentTarget);
    const from = across ? event.clientX : event.clientY;
    const before = sizes.value[which];
    const whole = bar.parentElement?.clientHeight ?? 1;
    bar.setPointerCapture(event.pointerId);
    bar.onpointermove = (move) =>
      resizeTo(which, before + sign * (across ? move.clientX - from : ((move.clientY - from) * 100) / whole));
    bar.onpointerup = () => (bar.onpointermove = null);
  };
  /** @param {KeyboardEvent} event */
  const push = (event) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    resizeTo(which, sizes.value[which] + sign * by * (across ? 16 : 3));
  };
  return html`<div class=${`splitter ${across ? "across" : "down"}`} role="separator" tabindex="0" aria-label=${label}
    aria-orientation=${across ? "vertical" : "horizontal"} aria-valuenow=${sizes.value[which]} aria-valuemin=${LIMITS[which][0]}
    aria-valuemax=${LIMITS[which][1]} onPointerDown=${grab} onKeyDown=${push}></div>`;
}

const columns = computed(() => {
  const { source, details } = sizes.value;
  // What was chosen on a large screen leaves the graph room on a small one.
  return [
    isOpen("source") ? `min(${source}px, 40vw) auto` : "",
    "minmax(0, 1fr)",
    isOpen("details") ? `auto min(${details}px, 40vw)` : "",
  ].join(" ");
});

/** @param {{source: unknown, graph: unknown, details: unknown, detailsName?: string}} props */
export function Panes({ source, graph, details, detailsName }) {
  const host = useRef(/** @type {HTMLElement | null} */ (null));
  const style = narrow.value ? {} : { gridTemplateColumns: columns.value };
  /** @param {PaneName} name */
  const visible = (name) => (narrow.value ? tab.value === name : name === "graph" || isOpen(name));
  useEffect(() => {
    if (host.current) host.current.scrollTop = 0;
  }, [tab.value]);
  return html`<main class="panes" ref=${host} style=${style}>
    ${narrow.value && html`<${PaneTabs} details=${detailsName} />`}
    ${visible("source") && html`<section class="pane source" aria-label=${t("Source")}>${source}</section>`}
    ${!narrow.value && isOpen("source") && html`<${Splitter} which="source" label=${t("Width of the source")} />`}
    <section class=${`pane graph${visible("graph") ? "" : " away"}`} aria-label=${t("Graph")}>${graph}</section>
    ${!narrow.value && isOpen("details") && html`<${Splitter} which="details" label=${t("Width of the details")} />`}
    ${visible("details") && html`<section class="pane details" aria-label=${t("Details")}>${details}</section>`}
  </main>`;
}

const TABS = /** @type {[PaneName, string][]} */ ([
  ["source", t("Source")],
  ["graph", t("Graph")],
  ["details", t("Details")],
]);

/** @param {{details?: string}} props `details`: another name for what stands there */
function PaneTabs({ details }) {
  /** @param {KeyboardEvent} event */
  const move = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = TABS.findIndex(([name]) => name === tab.value);
    tab.value = TABS[(at + by + TABS.length) % TABS.length][0];
  };
  return html`<div class="tabs pane-tabs" role="tablist" aria-label=${t("Panes")} onKeyDown=${move}>
    ${TABS.map(
      ([
        name,
        label,
      ]) => html`<button key=${name} type="button" role="tab" aria-selected=${tab.value === name} tabindex=${tab.value === name ? 0 : -1}
      onClick=${() => (tab.value = name)}>${name === "details" ? (details ?? label) : label}</button>`,
    )}
  </div>`;
}
