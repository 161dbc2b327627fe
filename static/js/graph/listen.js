/** What the pointer and the keys do on the picture: choose, open, mark with a breakpoint, ask for a menu. */

import { select } from "../../vendor/d3.js";
import { thingsOf } from "./describe.js";

/** @typedef {import("./index.js").Graph} Graph */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {{item: Item | null, thing: string | null}} Hit */

/** @param {Graph} graph */
export function listen(graph) {
  const choose = (/** @type {string | null} */ thing) => {
    graph.select(thing);
    graph.options.onSelect(thing);
  };
  select(graph.svg)
    .on("click.graph", (event) => {
      if (stopped(graph, event)) return;
      const { item, thing } = hitOf(graph, event);
      if (item?.kind === "group" && elementOf(event).closest(".turner-room")) return graph.toggle(item.unit.id);
      choose(thing);
    })
    .on("dblclick.graph", (event) => {
      const { item } = hitOf(graph, event);
      if (item?.kind === "group") graph.toggle(item.unit.id);
    })
    .on("keydown.graph", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      const { item, thing } = hitOf(graph, event);
      const marked = stopped(graph, event);
      if (!thing && !marked) return;
      event.preventDefault();
      event.stopPropagation();
      if (marked) return;
      if (item?.kind === "group" && event.key === "Enter") graph.toggle(item.unit.id);
      else choose(thing);
    })
    .on("pointerover.graph", (event) => {
      if (event.pointerType !== "mouse" || event.buttons || elementOf(event).closest("g.stop")) return;
      const { item } = hitOf(graph, event);
      const { ghost, detail, stops } = graph.renderer;
      // What is put together has no events of its own to stop at.
      ghost.over(item && !item.unit.fold && detail > 1 && !stops.has(item.id) ? item : null);
    })
    .on("pointerleave.graph", () => graph.renderer.ghost.over(null))
    .on("contextmenu.graph", (event) => {
      const { item, thing } = hitOf(graph, event);
      if (!thing) return;
      event.preventDefault();
      graph.options.onMenu({ thing, group: item?.kind === "group" ? item.unit.id : null, ...menuPlace(graph, event) });
    });
}

/** @param {Event} event */
const elementOf = (event) => /** @type {Element} */ (event.target);

/** What is under the pointer or has the focus. @param {Graph} graph @param {Event} event @returns {Hit} */
function hitOf(graph, event) {
  const hook = elementOf(event).closest("g.hook");
  if (hook) return { item: null, thing: `hook:${hook.getAttribute("data-hook")}` };
  const id = elementOf(event).closest("g.item")?.getAttribute("data-id");
  const item = id ? (graph.items.get(id) ?? null) : null;
  graph.lastSide = id?.[0];
  return { item, thing: item ? (thingsOf(item)[0] ?? null) : null };
}

/** What a mark on a corner does, if it was one. @param {Graph} graph @param {Event} event */
function stopped(graph, event) {
  const id = elementOf(event).closest("g.stop")?.getAttribute("data-stop");
  if (!id) return false;
  const mark = graph.renderer.stops.get(id);
  const item = graph.items.get(id);
  const thing = mark ? mark.own[0]?.thing : item && thingsOf(item)[0];
  if (thing) graph.options.onStop(thing);
  else if (mark) graph.reveal(mark.inside[0].thing);
  return true;
}

/** Where a menu opens: at the pointer, or at the box that has the focus. @param {Graph} graph @param {MouseEvent} event */
function menuPlace(graph, event) {
  const host = graph.host.getBoundingClientRect();
  const target = elementOf(event).closest("g.item, g.hook");
  const box = target?.querySelector(":scope > .shape")?.getBoundingClientRect();
  const [x, y] =
    event.button !== 2 && box
      ? [box.left + Math.min(40, box.width / 2), box.top + Math.min(34, box.height)]
      : [event.clientX, event.clientY];
  return { x: x - host.left, y: y - host.top };
}
