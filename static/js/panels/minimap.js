/**
 * The map in the graph's corner: the whole graph in colours, and the part of it that is on the screen.
 *
 * The picture is painted when the layout or the step changes, and not more than a few times a second; a movement of the
 * graph only moves the window on it.
 */

import { html, signal, useEffect, useRef } from "../../vendor/preact.js";
import { fitsIn, frameOf, inGraph, onMap, patchesOf, windowOf } from "../graph/minimap.js";
import { t } from "../language/index.js";
import { afterDrawing } from "../ui/after_drawing.js";
import { narrow } from "../ui/panes.js";
import { recall, remember } from "../ui/remember.js";
import { colour, onThemeChange } from "../ui/theme.js";

/** @typedef {import("./graph.js").Graph} Graph */
/** @typedef {import("../graph/minimap.js").Frame} Frame */

/** Milliseconds between two paintings. */
const PACE = 120;
const MOST = { width: 150, height: 210 };

/** Whether it is wanted; on a narrow page it would cover what it shows. */
export const mapped = signal(/** @type {boolean} */ (recall("minimap", !narrow.value)));
export function toggleMap() {
  mapped.value = !mapped.value;
  remember("minimap", mapped.value);
}

/** @param {{graph: Graph, listen: (moved: () => void) => () => void}} props `listen`: is told of every movement and every step */
export function Minimap({ graph, listen }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => {
    /** @type {(() => void)[]} */
    const stops = [
      afterDrawing(() => {
        if (!box.current) return;
        const chart = new Chart(box.current, graph);
        stops.push(
          () => chart.close(),
          listen(() => chart.moved()),
          onThemeChange(() => chart.recolour()),
        );
        chart.moved();
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, [graph]);
  return html`<div class="minimap away" ref=${box} role="application" tabindex="0" aria-label=${t("Minimap: arrow keys move the graph, + and − zoom")}><canvas></canvas><i></i></div>`;
}

class Chart {
  /** @param {HTMLDivElement} box @param {Graph} graph */
  constructor(box, graph) {
    this.box = box;
    this.graph = graph;
    this.canvas = /** @type {HTMLCanvasElement} */ (box.firstElementChild);
    this.window = /** @type {HTMLElement} */ (box.lastElementChild);
    /** @type {Frame | null} */
    this.frame = null;
    this.painted = { layout: /** @type {unknown} */ (null), step: NaN, at: -Infinity };
    this.timer = 0;
    /** @type {Record<string, string>} */
    this.colours = {};
    this.shown = { away: true, x: NaN, y: NaN, width: NaN, height: NaN };
    box.onpointerdown = (event) => this.grab(event);
    box.onkeydown = (event) => this.key(event);
  }

  close() {
    clearTimeout(this.timer);
  }

  recolour() {
    this.colours = {};
    this.painted.layout = null;
    this.moved();
  }

  /** The graph has moved, or shows something else. */
  moved() {
    const { layout, viewport, step } = this.graph;
    if (!layout) return;
    const view = viewport.view;
    const away = fitsIn(layout, view);
    if (away !== this.shown.away) this.box.classList.toggle("away", (this.shown.away = away));
    if (away) return;
    if (this.painted.layout !== layout || this.painted.step !== step) this.paintSoon();
    if (this.frame && this.painted.layout === layout) this.place(windowOf(view, this.frame));
  }

  /** @param {import("../graph/types.js").Box} at */
  place({ x, y, width, height }) {
    const { shown, window } = this;
    if (x !== shown.x || y !== shown.y) window.style.transform = `translate(${x}px, ${y}px)`;
    if (width !== shown.width) window.style.width = `${width}px`;
    if (height !== shown.height) window.style.height = `${height}px`;
    Object.assign(shown, { x, y, width, height });
  }

  paintSoon() {
    if (this.timer) return;
    const wait = Math.max(0, this.painted.at + PACE - performance.now());
    const paint = () => {
      this.timer = 0;
      this.paint();
      this.moved();
    };
    if (this.painted.layout === this.graph.layout && wait > 0) this.timer = window.setTimeout(paint, wait);
    else this.paint();
  }

  paint() {
    const { graph, canvas, painted } = this;
    const { layout, step } = graph;
    if (!layout) return;
    if (painted.layout !== layout) this.size(layout);
    const { frame } = this;
    const pen = canvas.getContext("2d");
    if (!frame || !pen) return;
    const ratio = canvas.width / frame.width;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, frame.width, frame.height);
    for (const side of /** @type {const} */ (["forward", "backward"])) this.panel(pen, frame, side);
    for (const patch of patchesOf(layout, frame, (item) => graph.statusOf(item))) this.patch(pen, patch);
    Object.assign(painted, { layout, step, at: performance.now() });
  }

  /** @param {{width: number, height: number}} layout */
  size(layout) {
    const room = this.box.parentElement;
    const most = {
      width: Math.min(MOST.width, (room?.clientWidth ?? 900) * 0.26),
      height: Math.min(MOST.height, (room?.clientHeight ?? 600) * 0.36),
    };
    this.frame = frameOf(layout, most);
    const { width, height } = this.frame;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.width = this.box.style.width = `${width}px`;
    this.canvas.style.height = this.box.style.height = `${height}px`;
  }

  /** @param {CanvasRenderingContext2D} pen @param {Frame} frame @param {"forward" | "backward"} side */
  panel(pen, frame, side) {
    const { layout } = this.graph;
    if (!layout || (layout.sides !== "both" && side === "backward")) return;
    const { x, y, width, height } = onMap(layout.panels[side], frame);
    pen.fillStyle = this.colour(layout.sides === "backward" ? "--backward-panel" : `--${side}-panel`);
    pen.fillRect(x, y, width, height);
  }

  /** @param {CanvasRenderingContext2D} pen @param {import("../graph/minimap.js").Patch} patch */
  patch(pen, { x, y, width, height, family, status }) {
    const [w, h] = [Math.max(1, width), Math.max(1, height)];
    if (status === "frame") {
      pen.strokeStyle = this.colour(`--${family}-line`);
      pen.lineWidth = 0.6;
      pen.strokeRect(x, y, w, h);
      return;
    }
    pen.fillStyle = this.colour(status === "now" ? "--now" : `--${family}-${status === "done" ? "line" : "done"}`);
    if (status === "idle") pen.globalAlpha = 0.55;
    pen.fillRect(x, y, w, h);
    pen.globalAlpha = 1;
    if (status !== "now") return;
    // So small a box is found by the ring around it.
    pen.strokeStyle = this.colour("--now-ring");
    pen.lineWidth = 1;
    pen.strokeRect(x - 0.5, y - 0.5, w + 1, h + 1);
  }

  /** @param {string} name */
  colour(name) {
    return (this.colours[name] ??= colour(this.box, NAMES[name] ?? name));
  }

  /** Drags the window where it was grabbed; elsewhere it jumps there first. @param {PointerEvent} event */
  grab(event) {
    const { frame, graph, box } = this;
    if (!frame || event.button) return;
    event.preventDefault();
    box.focus({ preventScroll: true });
    const edge = box.getBoundingClientRect();
    const place = (/** @type {PointerEvent} */ { clientX, clientY }) =>
      inGraph(clientX - edge.left - box.clientLeft, clientY - edge.top - box.clientTop, frame);
    const view = graph.viewport.view;
    const [x, y] = place(event);
    const within = x > view.x && x < view.x + view.width && y > view.y && y < view.y + view.height;
    const [dx, dy] = within ? [x - view.x, y - view.y] : [view.width / 2, view.height / 2];
    const to = (/** @type {PointerEvent} */ move) => {
      const [toX, toY] = place(move);
      graph.viewport.lookFrom(toX - dx, toY - dy);
    };
    to(event);
    box.setPointerCapture(event.pointerId);
    box.onpointermove = to;
    box.onpointerup = box.onpointercancel = () => (box.onpointermove = null);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { viewport } = this.graph;
    const { width, height } = viewport.size;
    const by = { ArrowLeft: [0.25, 0], ArrowRight: [-0.25, 0], ArrowUp: [0, 0.25], ArrowDown: [0, -0.25] }[event.key];
    const factor = { "+": 1.25, "=": 1.25, "-": 0.8 }[event.key];
    if (!by && !factor) return;
    event.preventDefault();
    event.stopPropagation();
    if (by) viewport.pan(by[0] * width, by[1] * height);
    else if (factor) viewport.zoom(factor);
  }
}

/** Families whose colours are named otherwise. @type {Record<string, string>} */
const NAMES = {
  "--param-done": "--param-line",
  "--buffer-done": "--buffer-line",
  "--io-done": "--io-line",
  "--acc-done": "--acc-line",
};
