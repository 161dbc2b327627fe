/** The graph of a tape: what the page talks to. Scene → layout → picture, and one movement for each event. */

import { create, select } from "../../vendor/d3.js";
import { t } from "../language/index.js";
import { animate } from "./animate.js";
import { readFacts } from "./facts.js";
import { firstView } from "./framing.js";
import { layOut } from "./layout.js";
import { LARGE, refusal, working } from "./limits.js";
import { listen } from "./listen.js";
import { litBy } from "./lit.js";
import { Marks } from "./marks.js";
import { groupName, groupOf, groupsAround, isGroup } from "./nesting.js";
import { placeOf } from "./places.js";
import { deeper, shallower } from "./openings.js";
import { Renderer } from "./render.js";
import { buildScene, openAtFirst } from "./scene.js";
import { marksOf } from "./stops.js";
import { PLAIN, nearer, sameView } from "./view.js";
import { isElsewhere, showing, shownIn, whyNot } from "./viewing.js";
import { Viewport } from "./viewport.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").History} History */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Layout} Layout */

/** @typedef {import("./view.js").View} View */

/**
 * @typedef {object} Options
 * @property {(thing: string | null) => void} onSelect
 * @property {(open: string[]) => void} onOpenChange
 * @property {(view: View) => void} onViewChange
 * @property {(view: View, census: import("./shown.js").Census) => void} onShown a view stands, and leaves out so much
 * @property {(thing: string) => void} onStop a breakpoint is set or removed on the picture
 * @property {(asked: {thing: string, group: string | null, x: number, y: number}) => void} onMenu
 * @property {() => void} onDraw the picture or the part of it that is on the screen has changed
 * @property {() => boolean} reducedMotion
 * @property {{open: string[], view: View}} [initial]
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
    this.view = options.initial?.view ?? PLAIN;
    this.open = options.initial?.open.length ? this.known(options.initial.open) : openAtFirst(tape, this.facts);
    /** What was open and shown before, for `undo`. @type {{open: Set<number>, view: View}[]} */
    this.past = [];
    /** The facts that the view shows. */
    this.shown = this.facts;
    /** How much it leaves out. @type {import("./shown.js").Census} */
    this.census = { kinds: {}, hidden: 0, faceless: 0, near: null };
    /** @type {import("../tape/lineage_parts.js").Part | null} */
    this.lineage = null;
    /** @type {readonly import("./stops.js").Stop[]} */
    this.stops = [];
    this.step = -1;
    this.animation = /** @type {{cancel(): void} | null} */ (null);
    this.ticket = 0;
    /** The side of what was last pointed at. @type {string | undefined} */
    this.lastSide = undefined;
    /** @type {Layout | undefined} */
    this.layout = undefined;
    this.worker = /** @type {Worker | null} */ (null);
    this.note = /** @type {Element | null} */ (null);
    this.fitted = false;
    this.restored = false;
    /** What is to be shown as soon as it has a place. @type {import("./happening.js").Place | null} */
    this.wanted = null;
    const svg = /** @type {SVGSVGElement} */ (
      create("svg").attr("class", "graph").attr("role", "group").attr("aria-label", t("graph of the program")).node()
    );
    this.svg = svg;
    const world = /** @type {SVGGElement} */ (select(svg).append("g").attr("class", "world").node());
    host.append(svg);
    this.viewport = new Viewport(svg, world, () => this.look());
    this.renderer = new Renderer(svg, world, this.marks);
    /** @type {Map<string, Item>} */
    this.items = new Map();
    listen(this);
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
    this.renderer.holder = this.holderOf(thing);
    this.mark();
  }

  /** The closed group that a thing is in, where it has no item of its own. @param {string | null} thing */
  holderOf(thing) {
    const place = thing && this.placeOf(thing);
    const item = place ? this.shownAs(place) : null;
    return place && item && item.unit.id !== place.unit ? item.id : null;
  }

  /** Opens the groups that a thing is in and brings it onto the screen, large enough to be read. @param {string} thing @returns {boolean} false where nothing in the graph stands for it */
  reveal(thing) {
    const { facts } = this;
    this.wanted = this.placeOf(thing);
    if (!this.wanted) return false;
    const open = new Set([...this.open, ...groupsAround(facts, this.wanted.unit)]);
    const view = showing(this, this.wanted.unit);
    if ((open.size === this.open.size || refusal(facts, open)) && sameView(view, this.view)) this.bring(true);
    else {
      this.change(open, view);
      this.relay(null);
    }
    return true;
  }

  /** Rings what shows a thing as the graph is drawn now, and opens nothing; null rings nothing. @param {string | null} thing */
  point(thing) {
    const place = thing && this.layout ? this.placeOf(thing) : null;
    this.renderer.found = (place && this.shownAs(place)?.id) ?? null;
    this.mark();
  }

  /** @param {string} thing */
  placeOf(thing) {
    const { tape, facts, marks } = this;
    return placeOf({ tape, facts, happening: marks.happening }, thing);
  }

  /** One hop more (or less) around a thing. @param {string | null} thing @param {1 | -1} by */
  neighbours(thing, by) {
    return this.showAs(nearer(this.view, thing, by));
  }

  /** Shows the graph in another way. @param {View} view @returns {boolean} whether it could */
  showAs(view) {
    if (sameView(view, this.view)) return true;
    const why = whyNot(this, view);
    if (why) {
      this.mention(why);
      return false;
    }
    this.change(this.open, view);
    this.relay(null);
    return true;
  }

  /** Brings a thing to the middle of the screen, large enough to be read. @param {string} thing */
  focus(thing) {
    if (!this.reveal(thing)) return;
    const place = this.placeOf(thing);
    const item = place && this.shownAs(place);
    if (item) this.viewport.centre(headOf(item), !this.options.reducedMotion());
  }

  /** Things with breakpoints. @param {readonly import("./stops.js").Stop[]} stops */
  mind(stops) {
    this.stops = stops;
    this.placeStops();
    this.renderer.drawStops();
  }

  placeStops() {
    this.renderer.stops = marksOf(this.stops, (thing) => {
      const place = this.placeOf(thing);
      const item = place && this.shownAs(place);
      return place && item ? { item, own: item.unit.id === place.unit } : null;
    });
  }

  /** Dims all that is not in a lineage; null lights everything again. @param {import("../tape/lineage_parts.js").Part | null} lineage */
  trace(lineage) {
    this.lineage = lineage;
    this.light();
    this.mark();
  }

  light() {
    this.renderer.lit = this.lineage && litBy(this.shown, this.lineage);
  }

  /** Opens or closes the group of a module call, or a fold. @param {string} thing `call:3`, `stack:3` */
  toggle(thing) {
    const group = isGroup(thing) ? groupOf(this.facts, thing) : -1;
    if (group < 0) return;
    const open = new Set(this.open);
    if (!open.delete(group)) open.add(group);
    this.wanted = null;
    this.setOpen(open);
    this.relay(thing);
  }

  /** Opens the groups of one level more, or closes those of the innermost open one. @param {1 | -1} by */
  deepen(by) {
    const open = (by === 1 ? deeper : shallower)(this.facts, this.open);
    if (open.size === this.open.size) return;
    const refused = refusal(this.facts, open);
    if (refused) return this.mention(refused);
    this.wanted = null;
    this.setOpen(open);
    this.relay(null);
  }

  /** Takes back the latest opening, closing or change of what is shown. */
  undo() {
    const before = this.past.pop();
    if (!before) return;
    this.change(before.open, before.view);
    this.past.pop();
    this.relay(null);
  }

  /** @param {Set<number>} open */
  setOpen(open) {
    this.change(open, this.view);
  }

  /** @param {Set<number>} open @param {View} view */
  change(open, view) {
    this.past = [...this.past.slice(-PAST), { open: this.open, view: this.view }];
    const [opened, viewed] = [open !== this.open, view !== this.view];
    if (isElsewhere(view, this.view)) this.viewport.chosen = this.fitted = false;
    this.open = open;
    this.view = view;
    if (opened) this.options.onOpenChange([...open].map((group) => groupName(this.facts, group)));
    if (viewed) this.options.onViewChange(view);
  }

  /** Those of some `call:3`, `stack:3` that the graph has groups for. @param {readonly string[]} names */
  known(names) {
    return new Set(names.map((name) => groupOf(this.facts, name)).filter((group) => group >= 0));
  }

  fit() {
    if (this.layout) this.viewport.fit({ x: 0, y: 0, width: this.layout.width, height: this.layout.height });
  }

  /** What is worth remembering. */
  state() {
    const { k, x, y } = this.viewport.transform;
    return {
      open: [...this.open].map((group) => groupName(this.facts, group)),
      view: this.viewport.chosen ? [k, x, y] : null,
    };
  }

  /** @param {{open?: string[], view?: number[] | null}} state */
  restore(state) {
    if (state.open) this.open = this.known(state.open);
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
    const found = shownIn(this, this.view);
    if (!("refused" in found)) {
      this.shown = found.facts;
      this.census = found.census;
    }
    const refused = refusal(this.shown, this.open);
    this.say(refused ?? "");
    if (refused) return;
    const scene = buildScene(this.tape, this.shown, this.open, this.view);
    if (scene.size < LARGE) return this.place(layOut(scene), scene, held);
    this.say(working(scene.size));
    const { ticket } = this;
    this.worker ??= new Worker(new URL("./layout-worker.js", import.meta.url), { type: "module" });
    this.worker.onerror = () =>
      this.say(t("This graph could not be laid out. The event list and the inspector still show everything."));
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
    this.renderer.holder = this.holderOf(this.renderer.selected);
    this.placeStops();
    this.light();
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
    this.options.onShown(this.view, this.census);
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
    this.options.onDraw();
  }

  mark() {
    this.markNow();
    this.renderer.mark(this.history.at(this.step));
    this.options.onDraw();
  }

  markNow() {
    const event = this.tape.events[this.step];
    this.renderer.failed = event?.kind === "raise" || (event?.kind === "op" && this.tape.ops[event.op].error !== null);
    this.renderer.now = new Set(this.nowItems().map((item) => item.id));
    this.renderer.unseen = new Set(
      this.marks.happening.at(this.step).flatMap(({ side, unit }) => (this.itemOf(side, unit) ? [] : [unit])),
    );
    this.renderer.state = this.history.at(this.step);
  }

  /** The items that show the current event. @returns {Item[]} */
  nowItems() {
    return this.marks.happening.at(this.step).flatMap(({ side, unit }) => this.itemOf(side, unit) ?? []);
  }

  /** How far a box is, for those who want no more than that. @param {Item} item @returns {"idle" | "done" | "now"} */
  statusOf(item) {
    if (this.renderer.now.has(item.id)) return "now";
    const { status } = this.marks.item(item, this.history.at(this.step));
    return ["idle", "waiting"].includes(status) ? "idle" : "done";
  }

  /** What shows a unit on a side: itself, or the closed group that it is in. @param {"forward" | "backward"} side @param {string} unit @returns {Item | null} */
  itemOf(side, unit) {
    const prefix = side === "forward" ? "f" : "b";
    const own = this.items.get(`${prefix}:${unit}`) ?? this.overlaid(side, unit);
    if (own) return own;
    for (const around of groupsAround(this.facts, unit)) {
      const group = this.items.get(`${prefix}:${groupName(this.facts, around)}`);
      if (group && !group.unit.open) return group;
    }
    return null;
  }

  /** In an overlay an open group has one frame for both sides, and an op's further nodes show where the op does. @param {"forward" | "backward"} side @param {string} unit */
  overlaid(side, unit) {
    if (this.layout?.sides !== "overlay" || side === "forward") return undefined;
    const found = this.facts.units.get(unit);
    if (found?.kind === "node" && found.op !== null) return this.items.get(`b:${this.facts.unitOfOp.get(found.op)}`);
    return unit.startsWith("call:") ? this.items.get(`f:${unit}`) : undefined;
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
}
