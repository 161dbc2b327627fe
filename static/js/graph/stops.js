/** Breakpoints on the graph: a red mark on the corner of a box; a hollow one where something inside a closed group has one. */

import { select } from "../../vendor/d3.js";
import { count, t } from "../language/index.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {{thing: string, on: boolean}} Stop a thing with a breakpoint */
/** @typedef {{item: string, own: Stop[], inside: Stop[]}} Mark what one box has to show */

const RADIUS = 6.5;

/**
 * Which boxes carry which breakpoints.
 * @param {readonly Stop[]} stops @param {(thing: string) => {item: Item, own: boolean} | null} shownAt the box of a thing, and whether that is its own
 * @returns {Map<string, Mark>}
 */
export function marksOf(stops, shownAt) {
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  for (const stop of stops) {
    const found = shownAt(stop.thing);
    if (!found) continue;
    const mark = marks.get(found.item.id) ?? { item: found.item.id, own: [], inside: [] };
    mark[found.own ? "own" : "inside"].push(stop);
    marks.set(found.item.id, mark);
  }
  return marks;
}

/** Where a box's mark stands: on its upper left corner, clear of hooks and of the group's arrow. @param {Item} item */
export function cornerOf({ x, y, width, height, shape, strip }) {
  if (strip !== null) return { x: x + 1, y: y + strip + (height - strip) / 2 };
  if (shape === "circle" || shape === "dot") return { x: x - 3, y: y - 3 };
  const round = shape === "pill" || shape === "buffer" ? height / 2 : 0;
  return { x: x + round * 0.3, y: y + round * 0.3 - (shape === "pill" && width < height ? 2 : 0) };
}

/** @param {Mark} mark */
export function wordsOf({ own, inside }) {
  if (own.length) return own.some(({ on }) => on) ? t("Breakpoint: click to remove it") : t("Breakpoint, switched off");
  return count("{n} breakpoint inside", "{n} breakpoints inside", inside.length);
}

/** @param {any} layer a selection @param {readonly Item[]} items those on the screen @param {ReadonlyMap<string, Mark>} marks */
export function drawStops(layer, items, marks) {
  const shown = items.flatMap((item) => {
    const mark = marks.get(item.id);
    return mark ? [{ ...mark, ...cornerOf(item) }] : [];
  });
  layer
    .selectAll("g.stop")
    .data(shown, (/** @type {any} */ d) => d.item)
    .join((/** @type {any} */ enter) => {
      const g = enter.append("g").attr("tabindex", 0).attr("role", "button");
      g.append("circle").attr("r", RADIUS);
      g.append("title");
      return g;
    })
    .attr(
      "class",
      (/** @type {Mark} */ d) =>
        `stop${d.own.length ? "" : " inside"}${[...d.own, ...d.inside].some(({ on }) => on) ? "" : " off"}`,
    )
    .attr("data-stop", (/** @type {Mark} */ d) => d.item)
    .attr("transform", (/** @type {any} */ d) => `translate(${d.x},${d.y})`)
    .attr("aria-label", wordsOf)
    .select("title")
    .text(wordsOf);
}

/** The faint mark that shows where a click sets a breakpoint, while the pointer is over a box. */
export class Ghost {
  /** @param {any} layer */
  constructor(layer) {
    this.layer = layer;
    /** @type {string | null} */
    this.item = null;
  }

  /** @param {Item | null} item */
  over(item) {
    if ((item?.id ?? null) === this.item) return;
    this.item = item?.id ?? null;
    this.layer.selectAll("g.ghost").remove();
    if (!item) return;
    const { x, y } = cornerOf(item);
    const g = select(this.layer.node()).insert("g", ":first-child").attr("class", "stop ghost");
    g.attr("data-stop", item.id).attr("transform", `translate(${x},${y})`);
    g.append("circle").attr("r", RADIUS);
    g.append("title").text(t("Set a breakpoint"));
  }
}
