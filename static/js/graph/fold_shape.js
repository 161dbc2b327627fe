/** How a fold is drawn: closed, a stack of cards with a piece for each of its members; open along time, the time above each turn. */

import { select } from "../../vendor/d3.js";
import { isGroup } from "./nesting.js";

/** @typedef {import("./types.js").Item} Item */

/** How far the cards below stand out. */
const EDGE = 4;
const CARDS = 2;

/** Whether an item is a stack of cards. @param {Item} item */
export const isStacked = ({ unit, strip }) =>
  unit.fold !== null && unit.fold.kind !== "turn" && !unit.open && strip === null;

/** The card on top, its middle above that of the whole. @param {number} width @param {number} height */
export function cardPath(width, height) {
  const card = height - EDGE * CARDS;
  const [w, top, bottom, r] = [width / 2, -height / 2, card - height / 2, 8];
  return `M${r - w},${top}H${w - r}A${r},${r} 0 0 1 ${w},${top + r}V${bottom - r}A${r},${r} 0 0 1 ${w - r},${bottom}H${r - w}A${r},${r} 0 0 1 ${-w},${bottom - r}V${top + r}A${r},${r} 0 0 1 ${r - w},${top}Z`;
}

/** The cards below it, of which only the lower edges are seen. @param {SVGGElement} group @param {Item} item */
export function drawCards(group, { width, height }) {
  const cards = select(group).append("g").attr("class", "cards");
  for (let i = CARDS; i > 0; i -= 1)
    cards
      .append("path")
      .attr("class", "shape")
      .attr("transform", `translate(0,${EDGE * i})`)
      .attr("d", cardPath(width - 14 * i, height));
}

/** Shapes and costs, and a piece for each member. @param {SVGGElement} group @param {Item} item */
export function drawPieces(group, { width, height }) {
  const g = select(group);
  g.append("text")
    .attr("class", "detail note")
    .attr("x", 16 - width / 2)
    .attr("y", 36 - height / 2)
    .attr("dy", ".35em");
  g.append("g")
    .attr("class", "pieces")
    .attr("transform", `translate(${16 - width / 2},${height / 2 - 20})`);
}

/** @param {SVGGElement} group @param {Item} item @param {string} pieces */
export function writePieces(group, { width }, pieces) {
  const element = group.querySelector(":scope > .pieces");
  if (!element || element.getAttribute("data-pieces") === pieces) return;
  element.setAttribute("data-pieces", pieces);
  const step = (width - 32) / Math.max(1, pieces.length);
  select(element)
    .selectAll("rect")
    .data([...pieces])
    .join("rect")
    .attr("class", (/** @type {string} */ each) => `piece ${CLASSES[each] ?? ""}`)
    .attr("x", (_, i) => i * step)
    .attr("width", step > 6 ? step - 2.5 : step)
    .attr("height", 5)
    .attr("rx", step > 6 ? 2 : 0);
}

const CLASSES = /** @type {Record<string, string>} */ ({ d: "done", r: "running", i: "idle" });

/** `t = 3` above each turn that does not say so itself. @param {SVGGElement} group @param {Item} item */
export function drawTimes(group, item) {
  const { fold } = item.unit;
  if (!fold) return;
  const [x, y] = [item.x + item.width / 2, item.y + item.height / 2];
  const numbers = new Map(fold.members.map((member, i) => [member, fold.first + i]));
  for (const child of item.children) {
    const number = numbers.get(child.unit.id);
    if (number === undefined || (isGroup(child.unit.id) && child.unit.fold)) continue;
    select(group)
      .append("text")
      .attr("class", "time")
      .attr("x", child.x - x)
      .attr("y", child.y - y - 7)
      .text(`t = ${number}`);
  }
}
