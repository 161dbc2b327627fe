/** The graph of a tape: what the page talks to. Scene → layout → picture, and one movement for each event. */

import { create, select } from "../../vendor/d3.js";
import { animate } from "./animate.js";
import { readFacts } from "./facts.js";
import { firstView } from "./framing.js";
import { layOut } from "./layout.js";
import { LARGE, refusal, working } from "./limits.js";
import { litBy } from "./lit.js";
import { Marks } from "./marks.js";
import { thingsOf } from "./describe.js";
import { callsAround, placeOf } from "./places.js";
import { deeper, shallower } from "./openings.js";
import { Renderer } from "./render.js";
import { buildScene, openAtFirst } from "./scene.js";
import { Viewport } from "./viewport.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").History} History */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Layout} Layout */

/**
 * @typedef {object} Options
 * @property {(thing: string | null) => void} onSelect
 * @property {(open: string[]) => void} onOpenChange
 * @property {() => boolean} reducedMotion
 */

/** Openings that can be taken back. */
const PAST = 50;
/** Milliseconds that a passing sentence stands. */
const MENTIONED = 8000;
const AT_ONCE = { animate: false, durationMs: 0 };

/** What of an item must be on the screen: of an open group, its title row. @param {Item} item */
const headOf = (item) => (item.unit.open ? { ...item, height: 34 } : item);

/** @param {HTMLElement} host @param {Tape} tape @param {History} history @param {Options} options */
export function createGraph(host, tape, history, options) {
  return new Graph(host, tape, history, options);
}

export class Graph {
  /** @param {HTMLElement} host @param {Tape} tape @param {History} history @param {Options} options */
  constructor(host, tape, history, options) {
    this.host = host;
    this.tape = tape;
    this.history = history;
    this.options = options;
    this.facts = readFacts(tape);
    this.marks = new Marks(tape, this.facts);
    this.open = openAtFirst(tape, this.facts);
    /** @type {Set<number>[]} what was open before, for `undo` */
    this.past = [];
    this.step = -1;
    this.animation = /** @type {{cancel(): void} | null} */ (null);
    this.ticket = 0;
    this.worker = /** @type {Worker | null} */ (null);
    this.note = /** @type {Element | null} */ (null);
    this.fitted = false;
    this.restored = false;
    /** What is to be shown as soon as it has a place. @type {import("./happening.js").Place | null} */
    this.wanted = null;
    const svg = /** @type {SVGSVGElement} */ (
      create("svg").attr("class", "graph").attr("role", "group").attr("aria-label", "graph of the program").node()
    );
    this.svg = svg;
    const world = /** @type {SVGGElement} */ (select(svg).append("g").attr("class", "world").node());
    host.append(svg);
    this.viewport = new Viewport(svg, world, () => this.look());
    this.renderer = new Renderer(svg, world, this.marks);
    /** @type {Map<string, Item>} */
    this.items = new Map();
    this.listen();
    this.relay(null);
  }

  /** The event at a step, as movement or at once. @param {number} step @param {{animate: boolean, durationMs: number}} how */
  show(step, how) {
    this.animation?.cancel();
    this.animation = null;
    const from = this.step;
    const reduced = this.options.reducedMotion();
    this.step = step;
    this.svg.classList.toggle("still", reduced || !how.animate);
    this.mark();
    // The first step after a remembered view was restored is where that view was left: it stays.
    if (this.restored) this.restored = false;
    else if (!this.fitted || (from < 0 && !this.viewport.chosen)) this.resize();
    else this.followNow(how);
    if (how.animate && step === from + 1) this.animation = animate(this, step, how.durationMs, reduced);
  }

  /** @param {string | null} thing */
  select(thing) {
    if (this.renderer.selected !== thing) this.renderer.found = null;
    this.renderer.selected = thing;
    this.mark();
  }

  /** Opens the groups that a thing is in and brings it onto the screen, large enough to be read. @param {string} thing @returns {boolean} false where nothing in the graph stands for it */
  reveal(thing) {
    const { tape, facts, marks } = this;
    this.wanted = placeOf({ tape, facts, happening: marks.happening }, thing);
    if (!this.wanted) return false;
    const open = new Set([...this.open, ...callsAround(tape, facts, this.wanted.unit)]);
    if (open.size === this.open.size || refusal(facts, open)) this.bring(true);
    else {
      this.setOpen(open);
      this.relay(null);
    }
    return true;
  }

  /** Rings what shows a thing as the graph is drawn now, and opens nothing; null rings nothing. @param {string | null} thing */
  point(thing) {
    const { tape, facts, marks } = this;
    const place = thing && this.layout ? placeOf({ tape, facts, happening: marks.happening }, thing) : null;
    this.renderer.found = (place && this.shownAs(place)?.id) ?? null;
    this.mark();
  }

  /** Dims all that is not in a lineage; null lights everything again. @param {import("../tape/lineage.js").Lineage | null} lineage */
  trace(lineage) {
    this.renderer.lit = lineage && litBy(this.tape, this.facts, lineage);
    this.mark();
  }

  /** Opens or closes the group of a module call. @param {string} thing `call:3` */
  toggle(thing) {
    const call = Number(thing.slice(5));
    if (!thing.startsWith("call:") || !this.facts.counts.has(call)) return;
    const open = new Set(this.open);
    if (!open.delete(call)) open.add(call);
    this.wanted = null;
    this.setOpen(open);
    this.relay(thing);
  }

  /** Opens the groups of one level more, or closes those of the innermost open one. @param {1 | -1} by */
  deepen(by) {
    const open = (by === 1 ? deeper : shallower)(this.tape, this.facts, this.open);
    if (open.size === this.open.size) return;
    const refused = refusal(this.facts, open);
    if (refused) return this.mention(refused);
    this.wanted = null;
    this.setOpen(open);
    this.relay(null);
  }

  /** Takes back the latest opening or closing. */
  undo() {
    const before = this.past.pop();
    if (!before) return;
    this.setOpen(before);
    this.past.pop();
    this.relay(null);
  }

  /** @param {Set<number>} open */
  setOpen(open) {
    this.past = [...this.past.slice(-PAST), this.open];
    this.open = open;
    this.options.onOpenChange([...open].map((id) => `call:${id}`));
  }

  fit() {
    if (this.layout) this.viewport.fit({ x: 0, y: 0, width: this.layout.width, height: this.layout.height });
  }

  /** What is worth remembering. */
  state() {
    const { k, x, y } = this.viewport.transform;
    return { open: [...this.open].map((id) => `call:${id}`), view: this.viewport.chosen ? [k, x, y] : null };
  }

  /** @param {{open?: string[], view?: number[] | null}} state */
  restore(state) {
    if (state.open)
      this.open = new Set(state.open.map((id) => Number(id.slice(5))).filter((id) => this.facts.counts.has(id)));
    this.relay(null);
    if (!state.view) return;
    this.fitted = this.viewport.chosen = this.restored = true;
    this.viewport.set(state.view[0], state.view[1], state.view[2]);
  }

  resize() {
    if (!this.viewport.chosen && this.layout) {
      this.fitFirst();
      this.followNow(AT_ONCE);
    }
    this.bring(false);
    this.look();
  }

  destroy() {
    this.animation?.cancel();
    this.worker?.terminate();
    this.viewport.destroy();
    this.note?.remove();
    this.svg.remove();
  }

  // How the parts work together.

  /** Lays out again; the thing that was touched stays where it is. @param {string | null} held */
  relay(held) {
    this.ticket += 1;
    const refused = refusal(this.facts, this.open);
    this.say(refused ?? "");
    if (refused) return;
    const scene = buildScene(this.tape, this.facts, this.open);
    if (scene.size < LARGE) return this.place(layOut(scene), scene, held);
    this.say(working(scene.size));
    const { ticket } = this;
    this.worker ??= new Worker(new URL("./layout-worker.js", import.meta.url), { type: "module" });
    this.worker.onerror = () =>
      this.say("This graph could not be laid out. The event list and the inspector still show everything.");
    this.worker.onmessage = (message) => {
      if (message.data.ticket !== this.ticket) return;
      this.say("");
      this.place(message.data.layout, scene, held);
    };
    this.worker.postMessage({ ticket, scene });
  }

  /** A sentence in the place of the picture, or over the one before; nothing takes it away. @param {string} text */
  say(text) {
    this.svg.classList.toggle("working", text !== "");
    this.note?.remove();
    this.note = text ? create("p").attr("class", "graph-says").attr("role", "status").text(text).node() : null;
    if (this.note) this.host.append(this.note);
  }

  /** A sentence that goes away by itself, over a picture that stays. @param {string} text */
  mention(text) {
    const { ticket } = this;
    this.say(text);
    setTimeout(() => ticket === this.ticket && this.layout && this.say(""), MENTIONED);
  }

  /** @param {Layout} layout @param {import("./types.js").Scene} scene @param {string | null} held */
  place(layout, scene, held) {
    this.animation?.cancel();
    const focused = document.activeElement?.getAttribute("data-id") ?? null;
    const side = focused?.startsWith("b:") || this.lastSide === "b" ? "b" : "f";
    const before = held ? (this.items.get(`${side}:${held}`) ?? this.items.get(`f:${held}`)) : undefined;
    this.layout = layout;
    this.items = new Map(layout.items.map((item) => [item.id, item]));
    this.renderer.setLayout(layout, scene);
    this.markNow();
    const after = before && this.items.get(before.id);
    if (before && after)
      this.viewport.hold([before.x + before.width / 2, before.y + 16], [after.x + after.width / 2, after.y + 16]);
    if (!this.fitted) {
      this.fitFirst();
      this.followNow(AT_ONCE);
    }
    this.bring(false);
    this.look();
    if (focused) this.renderer.element(focused)?.focus({ preventScroll: true });
  }

  fitFirst() {
    if (!this.layout || !this.host.clientWidth) return;
    const [now] = this.nowItems();
    const { k, x, y } = firstView(this.layout, this.viewport.size, now?.side ?? "forward");
    this.viewport.set(k, x, y);
    this.fitted = true;
  }

  /** Shows what is wanted, once there is a layout and a screen for it. @param {boolean} glide whether the graph is as it was, so that its movement can be followed */
  bring(glide) {
    const item = this.wanted && this.layout && this.host.clientWidth ? this.shownAs(this.wanted) : null;
    if (!item || !this.layout) return;
    this.wanted = null;
    this.fitted = true;
    this.renderer.found = item.id;
    this.viewport.show(headOf(item), this.layout.panels[item.side], glide && !this.options.reducedMotion());
    this.look();
    this.mark();
  }

  /** @param {import("./happening.js").Place} place @returns {Item | null} */
  shownAs({ side, unit }) {
    return this.itemOf(side, unit) ?? this.itemOf(side === "forward" ? "backward" : "forward", unit);
  }

  look() {
    this.renderer.look(this.viewport.view, this.viewport.transform.k);
  }

  mark() {
    this.markNow();
    this.renderer.mark(this.history.at(this.step));
  }

  markNow() {
    const event = this.tape.events[this.step];
    this.renderer.failed = event?.kind === "raise" || (event?.kind === "op" && this.tape.ops[event.op].error !== null);
    this.renderer.now = new Set(this.nowItems().map((item) => item.id));
    this.renderer.state = this.history.at(this.step);
  }

  /** The items that show the current event. @returns {Item[]} */
  nowItems() {
    return this.marks.happening.at(this.step).flatMap(({ side, unit }) => this.itemOf(side, unit) ?? []);
  }

  /** What shows a unit on a side: itself, or the closed group that it is in. @param {"forward" | "backward"} side @param {string} unit @returns {Item | null} */
  itemOf(side, unit) {
    const prefix = side === "forward" ? "f" : "b";
    const own = this.items.get(`${prefix}:${unit}`);
    if (own) return own;
    let call = unit.startsWith("call:")
      ? this.tape.calls[Number(unit.slice(5))].parent
      : (this.facts.units.get(unit)?.call ?? null);
    for (; call !== null; call = this.tape.calls[call].parent) {
      const group = this.items.get(`${prefix}:call:${call}`);
      if (group && !group.unit.open) return group;
    }
    return null;
  }

  /** @param {{animate: boolean, durationMs: number}} how */
  followNow(how) {
    const [item] = this.nowItems();
    if (!item || !this.layout) return;
    this.viewport.follow(
      headOf(item),
      this.layout.panels[item.side],
      Math.min(how.durationMs, 300),
      how.animate && !this.options.reducedMotion(),
    );
  }

  listen() {
    const itemAt = (/** @type {Event} */ event) => {
      const target = /** @type {Element} */ (event.target);
      const hook = target.closest("g.hook");
      if (hook) return { item: null, thing: `hook:${hook.getAttribute("data-hook")}` };
      const id = target.closest("g.item")?.getAttribute("data-id");
      const item = id ? (this.items.get(id) ?? null) : null;
      this.lastSide = id?.[0];
      return { item, thing: item ? (thingsOf(item)[0] ?? null) : null };
    };
    const choose = (/** @type {string | null} */ thing) => {
      this.select(thing);
      this.options.onSelect(thing);
    };
    const svg = select(this.svg);
    svg.on("click.graph", (event) => {
      const { item, thing } = itemAt(event);
      if (item?.kind === "group" && /** @type {Element} */ (event.target).closest(".turner-room"))
        return this.toggle(item.unit.id);
      choose(thing);
    });
    svg.on("dblclick.graph", (event) => {
      const { item } = itemAt(event);
      if (item?.kind === "group") this.toggle(item.unit.id);
    });
    svg.on("keydown.graph", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      const { item, thing } = itemAt(event);
      if (!thing) return;
      event.preventDefault();
      event.stopPropagation();
      if (item?.kind === "group" && event.key === "Enter") this.toggle(item.unit.id);
      else choose(thing);
    });
  }
}
