/** Pan and zoom: fits at first, keeps what the person chose afterwards, follows what happens now unless they just panned. */

import { select, zoom, zoomIdentity } from "../../vendor/d3.js";
import { reveal } from "./framing.js";

/** @typedef {import("./types.js").Box} Box */

const PATIENCE = 2500;

export class Viewport {
  /** @param {SVGSVGElement} svg @param {SVGGElement} world @param {() => void} onMove */
  constructor(svg, world, onMove) {
    this.svg = svg;
    this.world = world;
    this.transform = zoomIdentity;
    this.touched = -Infinity;
    this.chosen = false;
    this.timer = 0;
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
    return { width: this.svg.clientWidth || 800, height: this.svg.clientHeight || 600 };
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
    const { k } = this.transform;
    const { dx, dy } = reveal(box, panel, this.transform, this.size);
    cancelAnimationFrame(this.timer);
    if (Math.abs(dx) < 1 && Math.abs(dy) < 1) return;
    const { x, y } = this.transform;
    if (!glide || duration <= 0) return this.set(k, x + dx, y + dy);
    const start = performance.now();
    const tick = () => {
      const t = Math.min(1, (performance.now() - start) / duration);
      const eased = 1 - (1 - t) ** 3;
      this.place(k, x + dx * eased, y + dy * eased);
      if (t < 1) this.timer = requestAnimationFrame(tick);
    };
    this.timer = requestAnimationFrame(tick);
  }

  destroy() {
    cancelAnimationFrame(this.timer);
    select(this.svg).on(".zoom", null);
  }
}
