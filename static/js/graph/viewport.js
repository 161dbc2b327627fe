/** Pan and zoom: fits at first, keeps what the person chose afterwards, follows what happens now unless they just panned. */

import { select, zoom, zoomIdentity } from "../../vendor/d3.js";
import { READABLE, reveal } from "./framing.js";

/** @typedef {import("./types.js").Box} Box */

const PATIENCE = 2500;
/** What was too small to be read is shown at this scale. */
const CLEAR = 0.9;
const GLIDE = 280;

export class Viewport {
  /** @param {SVGSVGElement} svg @param {SVGGElement} world @param {() => void} onMove */
  constructor(svg, world, onMove) {
    this.svg = svg;
    this.world = world;
    this.transform = zoomIdentity;
    this.touched = -Infinity;
    this.chosen = false;
    this.timer = 0;
    // To ask an element for its size makes the browser lay out all that has changed: it is told instead.
    this.known = /** @type {{width: number, height: number} | null} */ (null);
    this.watcher = new ResizeObserver(() => (this.known = null));
    this.watcher.observe(svg);
    this.behavior = zoom()
      .scaleExtent([0.02, 4])
      .filter((event) => !event.button && event.type !== "dblclick")
      .on("zoom", (event) => {
        if (event.sourceEvent) {
          this.touched = performance.now();
          this.chosen = true;
          cancelAnimationFrame(this.timer);
        }
        this.transform = event.transform;
        world.setAttribute("transform", String(event.transform));
        onMove();
      });
    /** @type {any} */ (select(svg)).call(this.behavior);
  }

  get size() {
    return (this.known ??= { width: this.svg.clientWidth || 800, height: this.svg.clientHeight || 600 });
  }

  /** What is on the screen, in the graph's own coordinates. @returns {Box} */
  get view() {
    const { k, x, y } = this.transform;
    const { width, height } = this.size;
    return { x: -x / k, y: -y / k, width: width / k, height: height / k };
  }

  /** @param {number} k @param {number} x @param {number} y */
  set(k, x, y) {
    cancelAnimationFrame(this.timer);
    this.place(k, x, y);
  }

  /** @param {number} k @param {number} x @param {number} y */
  place(k, x, y) {
    /** @type {any} */ (this.behavior).transform(select(this.svg), zoomIdentity.translate(x, y).scale(k));
  }

  /** @param {Box} box */
  fit(box) {
    const { width, height } = this.size;
    // Room for the names of the panels, which stand above them at a distance.
    const pad = 24;
    const k = Math.min((width - 2 * pad) / box.width, (height - 2 * pad) / box.height, 1.4);
    this.set(k, (width - box.width * k) / 2 - box.x * k, (height - box.height * k) / 2 - box.y * k);
  }

  /** Keeps a point of the graph where it is on the screen, although it moved in the graph. @param {[number, number]} before @param {[number, number]} after */
  hold(before, after) {
    const { k, x, y } = this.transform;
    this.set(k, x + (before[0] - after[0]) * k, y + (before[1] - after[1]) * k);
  }

  /** Brings a box of a panel onto the screen with little movement. @param {Box} box @param {Box} panel @param {number} duration @param {boolean} glide */
  follow(box, panel, duration, glide) {
    if (performance.now() - this.touched < PATIENCE) return;
    const { k, x, y } = this.transform;
    const { dx, dy } = reveal(box, panel, this.transform, this.size);
    this.glide({ k, x: x + dx, y: y + dy }, glide ? duration : 0);
  }

  /** Brings a box onto the screen, and large enough to be read, whatever was moved before; what can be read already stays where it is. @param {Box} box @param {Box} panel @param {boolean} glide */
  show(box, panel, glide) {
    this.touched = performance.now();
    this.chosen = true;
    const { k, x, y } = this.transform;
    const { dx, dy } = reveal(box, panel, this.transform, this.size);
    const to = k < READABLE ? this.centred(box, CLEAR) : { k, x: x + dx, y: y + dy };
    this.glide(to, glide ? GLIDE : 0);
  }

  /** Brings a box to the middle, at a scale at which it is read. @param {Box} box @param {boolean} glide */
  centre(box, glide) {
    this.touched = performance.now();
    this.chosen = true;
    this.glide(this.centred(box, Math.max(CLEAR, Math.min(this.transform.k, 1.4))), glide ? GLIDE : 0);
  }

  /** Nearer or further, around the middle. @param {number} factor */
  zoom(factor) {
    this.touched = performance.now();
    this.chosen = true;
    const { width, height } = this.size;
    const { k, x, y } = this.transform;
    const to = Math.min(4, Math.max(0.02, k * factor));
    this.set(to, width / 2 - ((width / 2 - x) * to) / k, height / 2 - ((height / 2 - y) * to) / k);
  }

  /** Puts a place of the graph at the upper left corner. @param {number} x @param {number} y */
  lookFrom(x, y) {
    this.touched = performance.now();
    this.chosen = true;
    const { k } = this.transform;
    this.set(k, -x * k, -y * k);
  }

  /** Moves the picture by some pixels. @param {number} dx @param {number} dy */
  pan(dx, dy) {
    this.touched = performance.now();
    this.chosen = true;
    const { k, x, y } = this.transform;
    this.set(k, x + dx, y + dy);
  }

  /** A box in the middle of the screen; one that is too wide begins at the left. @param {Box} box @param {number} k */
  centred(box, k) {
    const { width, height } = this.size;
    const left = Math.max(24, (width - box.width * k) / 2);
    return { k, x: left - box.x * k, y: height / 2 - (box.y + box.height / 2) * k };
  }

  /** @param {{k: number, x: number, y: number}} to @param {number} duration */
  glide(to, duration) {
    cancelAnimationFrame(this.timer);
    const { k, x, y } = this.transform;
    if (Math.abs(to.x - x) < 1 && Math.abs(to.y - y) < 1 && to.k === k) return;
    if (duration <= 0) return this.place(to.k, to.x, to.y);
    const start = performance.now();
    const tick = () => {
      const t = Math.min(1, (performance.now() - start) / duration);
      const eased = 1 - (1 - t) ** 3;
      const part = (/** @type {number} */ from, /** @type {number} */ end) => from + (end - from) * eased;
      this.place(part(k, to.k), part(x, to.x), part(y, to.y));
      if (t < 1) this.timer = requestAnimationFrame(tick);
    };
    this.timer = requestAnimationFrame(tick);
  }

  destroy() {
    cancelAnimationFrame(this.timer);
    this.watcher.disconnect();
    select(this.svg).on(".zoom", null);
  }
}
