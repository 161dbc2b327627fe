/**
 * Draws a layout as SVG: only what is on the screen, and of that only what can be read at this zoom.
 *
 * Elements are made when a thing comes into view and removed when it leaves; a step only touches those whose mark changed.
 */

import { select } from "../../vendor/d3.js";
import { t } from "../language/index.js";
import { hookKind } from "../tape/hook_words.js";
import { defineArrows } from "./arrows.js";
import { READABLE, cullLayout } from "./culling.js";
import { describe, thingsOf } from "./describe.js";
import { hookNote } from "./hook_note.js";
import { GROUP_HEADER } from "./layout.js";
import { monoWidth } from "./measure.js";
import { drawPanels, namePanels } from "./panels.js";
import { boxPath } from "./paths.js";
import { chipScaleAt, chipWidth, settleChips } from "./settle.js";
import { keysOf } from "./ways.js";
import { DIAMOND, drawItem, family, hookPlaces, writeItem } from "./shapes.js";
import { Ghost, drawStops } from "./stops.js";
import { isLong, nearOf, stretchOf } from "./stretch.js";

/** @typedef {import("./types.js").Layout} Layout */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Route} Route */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./marks.js").Marks} Marks */
/** @typedef {import("./chips.js").Chip} Chip */

let instances = 0;

export class Renderer {
  /** @param {SVGSVGElement} svg @param {SVGGElement} world @param {Marks} marks */
  constructor(svg, world, marks) {
    this.svg = svg;
    this.marks = marks;
    this.name = `graph-${(instances += 1)}`;
    defineArrows(svg, this.name);
    const layer = (/** @type {string} */ name) => select(world).append("g").attr("class", name);
    this.layers = {
      panels: layer("panels"),
      groups: layer("groups"),
      saved: layer("saved-wires"),
      wires: layer("wires"),
      items: layer("items"),
      labels: layer("saved-labels"),
      chips: layer("chips"),
      hooks: layer("hooks"),
      stops: layer("stops"),
    };
    this.fx = layer("fx");
    /** @type {Layout | null} */
    this.layout = null;
    /** @type {State | null} */
    this.state = null;
    /** @type {Set<string>} */
    this.now = new Set();
    this.failed = false;
    /** @type {string | null} */
    this.selected = null;
    /** The item that stands for what was looked for, where that has no item of its own. @type {string | null} */
    this.found = null;
    /** The closed group that the selected thing is in. @type {string | null} */
    this.holder = null;
    /** What stays lit while all else is dimmed. @type {import("./types.js").Lit | null} */
    this.lit = null;
    /** @type {Set<string>} */
    this.hidden = new Set();
    /** Hidden units that the current event is about: the wires past them say so. @type {ReadonlySet<string>} */
    this.unseen = new Set();
    /** The boxes with breakpoints. @type {ReadonlyMap<string, import("./stops.js").Mark>} */
    this.stops = new Map();
    this.ghost = new Ghost(this.layers.stops);
    this.detail = 3;
    this.chipScale = 1;
    this.drawn = { items: /** @type {Item[]} */ ([]), wires: /** @type {Route[]} */ ([]) };
    this.seen = "";
    this.zoom = 0;
    this.near = nearOf({ x: 0, y: 0, width: 0, height: 0 });
  }

  /** @param {Layout} layout @param {import("./types.js").Scene} scene */
  setLayout(layout, scene) {
    this.layout = layout;
    for (const name of /** @type {const} */ ([
      "groups",
      "saved",
      "wires",
      "items",
      "labels",
      "chips",
      "hooks",
      "stops",
    ]))
      this.layers[name].selectAll("*").remove();
    drawPanels(this.layers.panels, layout, scene.counts);
    this.zoom = 0;
    this.seen = "";
  }

  /** Draws what has come into view, removes what has left it. @param {import("./types.js").Box} view @param {number} k */
  look(view, k) {
    if (!this.layout) return;
    if (k !== this.zoom) this.scale(this.layout, k);
    this.stretch(nearOf(view));
    const { items, wires, saved } = cullLayout(this.layout, view, k);
    const seen = `${this.detail}|${this.chipScale}|${items.map((item) => (item.unit.open && item.height * k <= READABLE ? `-${item.id}` : item.id)).join()}|${wires.length}|${wires[0]?.id}|${wires.at(-1)?.id}`;
    if (seen === this.seen) return;
    this.seen = seen;
    this.drawn = { items, wires };
    this.drawSaved(saved);
    this.drawWires(wires);
    this.drawItems(items);
    this.layers.groups.selectAll("g.item").classed("shrunk", (/** @type {any} */ d) => d.height * k <= READABLE);
    this.drawHooks(items);
    this.drawStops();
    if (this.state) this.mark(this.state);
  }

  /** What can be read at this zoom. @param {Layout} layout @param {number} k */
  scale(layout, k) {
    this.zoom = k;
    namePanels(this.layers.panels, layout, k);
    const row = 32 * k;
    this.detail = row < 8 ? 0 : row < 14 ? 1 : row < 19 ? 2 : 3;
    this.chipScale = chipScaleAt(k);
    this.svg.dataset.detail = String(this.detail);
    // In steps: each new one has every title measured again.
    this.svg.style.setProperty("--k", (1.06 ** Math.round(Math.log(k) / Math.log(1.06))).toFixed(3));
  }

  drawStops() {
    this.ghost.over(null);
    drawStops(this.layers.stops, this.detail < 1 ? [] : this.drawn.items, this.stops);
  }

  /** @param {import("./types.js").SavedWire[]} saved */
  drawSaved(saved) {
    this.layers.saved
      .selectAll("path")
      .data(saved, (/** @type {any} */ d) => d.id)
      .join((enter) =>
        enter
          .append("path")
          .attr("class", "saved")
          .attr("d", (d) => d.path)
          .attr("marker-end", `url(#${this.name}-saved)`),
      );
    this.layers.labels
      .selectAll("g")
      .data(
        saved.filter(() => this.detail > 2),
        (/** @type {any} */ d) => d.id,
      )
      .join((enter) => {
        const g = enter
          .append("g")
          .attr("class", "saved-label")
          .attr("transform", (d) => `translate(${d.middle},${d.level})`);
        g.append("path");
        g.append("text").attr("dy", ".35em");
        return g;
      });
  }

  /** @param {Route[]} wires */
  drawWires(wires) {
    this.layers.wires
      .selectAll("g")
      .data(wires, (/** @type {any} */ d) => d.id)
      .join((enter) => {
        const g = enter.append("g").attr("class", (d) => `wire ${d.side}${d.past.length ? " past" : ""}`);
        g.append("path").attr("class", "glow");
        g.append("path").attr("class", "line");
        return g.each((d, i, all) => this.lay(all[i], d));
      });
  }

  /** Long wires are drawn as far as they are near the screen. @param {import("./types.js").Box} near */
  stretch(near) {
    const { x, y, width, height } = this.near;
    if (x === near.x && y === near.y && width === near.width && height === near.height) return;
    this.near = near;
    this.layers.wires.selectAll("g.wire").each((/** @type {any} */ d, i, /** @type {any} */ all) => {
      if (isLong(d)) this.lay(all[i], d);
    });
  }

  /** @param {any} element @param {Route} route */
  lay(element, route) {
    const { path, skipped } = stretchOf(route, this.near);
    for (const line of element.children) {
      line.setAttribute("d", path);
      line.setAttribute("stroke-dashoffset", String(skipped));
    }
  }

  /** @param {Item[]} items */
  drawItems(items) {
    const draw = (/** @type {any} */ enter) => {
      const g = enter
        .append("g")
        .attr(
          "class",
          (/** @type {Item} */ d) =>
            `item ${family(d)} ${d.kind} ${d.unit.open ? "open" : "closed"} ${d.unit.hooked ? "hooked" : ""} ${d.shape === "dot" ? "dot" : ""} ${d.side} depth-${Math.min(4, d.unit.depth)}`,
        )
        .attr("transform", (/** @type {Item} */ d) => `translate(${d.x + d.width / 2},${d.y + d.height / 2})`)
        .attr("tabindex", 0)
        .attr("role", "button")
        .attr("data-id", (/** @type {Item} */ d) => d.id);
      g.each((/** @type {Item} */ d, /** @type {number} */ i, /** @type {SVGGElement[]} */ nodes) =>
        drawItem(nodes[i], d),
      );
      return g;
    };
    const key = (/** @type {any} */ d) => d.id;
    this.layers.groups
      .selectAll("g.item")
      .data(
        items.filter((item) => item.unit.open),
        key,
      )
      .join(draw);
    this.layers.items
      .selectAll("g.item")
      .data(
        items.filter((item) => !item.unit.open),
        key,
      )
      .join(draw);
  }

  /** @param {Item[]} items */
  drawHooks(items) {
    const hooks =
      this.detail < 1
        ? []
        : items.flatMap((item) =>
            hookPlaces(item).map((place) => ({ ...place, id: `${item.id}|${place.hook}`, unit: item.unit.id })),
          );
    this.layers.hooks
      .selectAll("g")
      .data(hooks, (/** @type {any} */ d) => d.id)
      .join((enter) => {
        const g = enter
          .append("g")
          .attr("class", "hook")
          .attr("data-hook", (d) => d.hook)
          .attr("transform", (d) => `translate(${d.x},${d.y})`)
          .attr("tabindex", 0)
          .attr("role", "button");
        g.append("path").attr("class", "halo").attr("d", DIAMOND).attr("transform", "scale(1.8)");
        g.append("path").attr("class", "shape").attr("d", DIAMOND);
        g.append("title");
        const note = g.append("g").attr("class", "note").attr("transform", "translate(15,13)");
        note.append("path");
        note.append("text").attr("dy", ".35em");
        return g;
      });
  }

  /** Brings everything drawn to a state; touches only what changed. @param {State} state */
  mark(state) {
    this.state = state;
    const { marks } = this;
    const change = (/** @type {any} */ element, /** @type {string} */ sign) => {
      if (element.__mark === sign) return false;
      element.__mark = sign;
      return true;
    };
    const visitItem = (/** @type {any} */ d, /** @type {number} */ i, /** @type {any} */ all) => {
      const element = all[i];
      const mark = marks.item(d, state);
      const now = this.now.has(d.id);
      const dimmed = this.isDimmed(d.unit.id);
      const sign = `${mark.status}|${mark.title}|${mark.detail}|${mark.extra}|${mark.count}|${mark.pieces}|${now}|${now && this.failed}|${this.selected}|${this.found}|${this.holder}|${dimmed}`;
      if (!change(element, sign)) return;
      element.dataset.status = mark.status;
      element.classList.toggle("now", now && !this.failed);
      element.classList.toggle("failed", now && this.failed);
      element.classList.toggle("selected", this.isSelected(d));
      element.classList.toggle("dimmed", dimmed);
      writeItem(element, d, mark);
      const words = describe(d, mark);
      element.setAttribute("aria-label", words);
      if (d.kind === "group") element.setAttribute("aria-expanded", String(d.unit.open));
      element.querySelector(":scope > title").textContent = words;
    };
    this.layers.groups.selectAll("g.item").each(visitItem);
    this.layers.items.selectAll("g.item").each(visitItem);
    /** @type {Map<string, Chip>} */
    const chips = new Map();
    this.layers.wires.selectAll("g.wire").each((/** @type {any} */ d, i, /** @type {any} */ all) => {
      const mark = marks.wire(d, state);
      const dimmed = this.isDark(d);
      const own = this.detail > 1 ? [...marks.chips.of(d, state), ...marks.chips.past(d, this.unseen)] : [];
      for (const chip of own)
        if (chip.text && (chips.get(chip.id)?.dimmed ?? true))
          chips.set(chip.id, { ...chip, dimmed, lean: this.leanOf(chip) });
      if (!change(all[i], `${mark.status}|${mark.hot}|${dimmed}`)) return;
      all[i].classList.toggle("dimmed", dimmed);
      all[i].dataset.status = mark.status;
      all[i].classList.toggle("hot", mark.hot);
      const line = all[i].querySelector(".line");
      if (d.arrow) line.setAttribute("marker-end", `url(#${this.name}-${d.side}-${mark.status})`);
    });
    this.markChips(
      settleChips(
        [...chips.values()],
        this.drawn.items.map((item) => (item.unit.open ? { ...item, height: GROUP_HEADER } : item)),
        this.chipScale,
      ),
    );
    this.markSaved(state, change);
    this.markHooks(state, change);
  }

  /** Where both sides share a wire, values stand left of it and gradients right. @param {Chip} chip */
  leanOf({ side }) {
    if (this.layout?.sides !== "overlay") return undefined;
    return side === "forward" ? -1 : 1;
  }

  /** A wire to a tensor that has moved on since it was saved becomes a warning. @param {State} state @param {(element: any, sign: string) => boolean} change */
  markSaved(state, change) {
    const { stale } = this.marks;
    this.layers.saved.selectAll("path.saved").each((/** @type {any} */ d, i, /** @type {any} */ all) => {
      const warning = stale.warning(d.unit, state);
      const dimmed = this.isDimmed(d.unit);
      if (!change(all[i], `${warning}|${dimmed}`)) return;
      all[i].classList.toggle("stale", warning !== "");
      all[i].classList.toggle("dimmed", dimmed);
    });
    this.layers.labels.selectAll("g.saved-label").each((/** @type {any} */ d, i, /** @type {any} */ all) => {
      const warning = stale.warning(d.unit, state);
      const text = warning || d.label;
      const dimmed = this.isDimmed(d.unit);
      if (!change(all[i], `${text}|${dimmed}`)) return;
      all[i].classList.toggle("stale", warning !== "");
      all[i].classList.toggle("dimmed", dimmed);
      all[i].querySelector("path").setAttribute("d", text ? boxPath(chipWidth(text), 18, 9) : "");
      all[i].querySelector("text").textContent = text;
    });
  }

  /** @param {import("./settle.js").PlacedChip[]} chips */
  markChips(chips) {
    this.layers.chips
      .selectAll("g")
      .data(
        chips.filter((chip) => !this.hidden.has(chip.id)),
        (/** @type {any} */ d) => d.id,
      )
      .join((enter) => {
        const g = enter.append("g");
        g.append("path");
        g.append("text").attr("dy", ".35em");
        return g;
      })
      .each((d, i, all) => {
        const g = /** @type {any} */ (all[i]);
        const sign = `${d.text}|${d.x}|${d.y}|${this.chipScale}|${d.dimmed}|${d.now}`;
        if (g.__mark === sign) return;
        g.__mark = sign;
        g.setAttribute("class", `chip ${d.side} ${d.kind}${d.dimmed ? " dimmed" : ""}${d.now ? " now" : ""}`);
        g.setAttribute("transform", `translate(${d.x},${d.y})scale(${this.chipScale})`);
        g.querySelector("path").setAttribute("d", boxPath(d.width, 18, 9));
        g.querySelector("text").textContent = d.text;
      });
  }

  /** @param {State} state @param {(element: any, sign: string) => boolean} change */
  markHooks(state, change) {
    const event = this.marks.tape.events[state.step];
    this.layers.hooks.selectAll("g.hook").each((/** @type {any} */ d, i, /** @type {any} */ all) => {
      const hook = state.hook(d.hook);
      const now = event?.kind === "hook_fire" && event.hook === d.hook;
      const selected = this.selected === `hook:${d.hook}`;
      const dimmed = this.isDimmed(d.unit);
      if (!change(all[i], `${hook.registered}|${hook.fired}|${now}|${selected}|${dimmed}`)) return;
      all[i].classList.toggle("dimmed", dimmed);
      all[i].dataset.status = now ? "now" : hook.fired ? "fired" : hook.registered ? "registered" : "none";
      all[i].classList.toggle("selected", selected);
      const row = this.marks.tape.hooks[d.hook];
      const named = { name: row.name, kind: hookKind(row.kind), n: hook.fired };
      const words = hook.fired
        ? t("hook {name} ({kind}), fired {n}×", named)
        : hook.registered
          ? t("hook {name} ({kind}), waiting", named)
          : t("hook {name} ({kind}), not registered", named);
      all[i].setAttribute("aria-label", words);
      all[i].querySelector("title").textContent = words;
      if (now) this.noteChange(all[i], hook, event.changed);
    });
  }

  /** `8 → 10` beside the diamond that works now. @param {SVGGElement} element @param {{before: readonly (number | null)[], after: readonly (number | null)[]}} hook @param {boolean} changed */
  noteChange(element, hook, changed) {
    const text = hookNote(this.marks.texts, hook, changed);
    const width = monoWidth(text, 11) + 18;
    const path = element.querySelector(".note path");
    path?.setAttribute("d", boxPath(width, 18, 9));
    path?.setAttribute("transform", `translate(${width / 2},0)`);
    const label = element.querySelector(".note text");
    label?.setAttribute("x", String(width / 2));
    if (label) label.textContent = text;
  }

  /** @param {Item} item */
  isSelected(item) {
    if (item.id === this.found || item.id === this.holder) return true;
    return this.selected !== null && !(item.unit.fold && item.unit.open) && thingsOf(item).includes(this.selected);
  }

  /** Whether a unit or group has no part in the lineage that is shown. @param {string} unit */
  isDimmed(unit) {
    return this.lit !== null && !this.lit.units.has(unit);
  }

  /** Whether a wire has none. @param {Route} route */
  isDark(route) {
    if (!this.lit) return false;
    const { side, from, to } = route;
    const [start, end] = side === "forward" ? [from, to] : [to, from];
    const { starts, ends } = this.lit;
    return !keysOf(route).some(
      (key) => (start === null || starts.has(`${key} ${start}`)) && (end === null || ends.has(`${key} ${end}`)),
    );
  }

  /** The drawn element of an item. @param {string} id @returns {SVGGElement | null} */
  element(id) {
    return this.svg.querySelector(`g.item[data-id="${CSS.escape(id)}"]`);
  }
}
