/** The SVG of one thing: outline by kind, words, hook diamonds. Made once; `marks` change it afterwards. */

import { select } from "../../vendor/d3.js";
import { cardPath, drawCards, drawPieces, drawTime, isStacked, writePieces } from "./fold_shape.js";
import { boxPath, cutPath, cylinderPath, diamondPath, stripPath, tagPath } from "./paths.js";
import { STRIP_SIZE } from "./sides.js";
import { DETAIL, TITLE, fitMono, monoWidth, sansWidth } from "./measure.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./marks.js").ItemMark} ItemMark */

/** @param {Item} item */
export function outline(item) {
  const { shape, width, height, side } = item;
  if (item.strip !== null) return stripPath(width, height, shape === "cylinder" ? "round" : "cut");
  if (shape === "cylinder") return cylinderPath(width, height).outline;
  if (shape === "circle" || shape === "dot") return boxPath(width, height, height / 2);
  if (shape === "pill" || shape === "buffer") return boxPath(width, height, height / 2);
  if (shape === "tag") return tagPath(width, height, true);
  if (shape === "group") return isStacked(item) ? cardPath(width, height) : boxPath(width, height, 8);
  return side === "backward" ? cutPath(width, height, Math.min(8, height / 4)) : boxPath(width, height, 6);
}

/** The family of colours. @param {Item} item */
export function family(item) {
  if (item.shape === "cylinder") return "acc";
  if (item.shape === "pill") return "param";
  if (item.shape === "buffer") return "buffer";
  if (item.shape === "tag") return "io";
  return item.side === "forward" ? "op" : "node";
}

/** Fills a `<g>` for an item. @param {SVGGElement} group @param {Item} item */
export function drawItem(group, item) {
  const g = select(group);
  const { width, height, unit } = item;
  g.append("path")
    .attr("class", "halo")
    .attr("d", boxPath(width + 16, height + 16, 14));
  g.append("path")
    .attr("class", "ring")
    .attr("d", boxPath(width + 9, height + 9, 10));
  if (isStacked(item)) drawCards(group, item);
  if (unit.time !== null && item.strip === null) drawTime(group, item);
  g.append("path").attr("class", "shape").attr("d", outline(item));
  if (item.shape === "cylinder" && item.strip === null)
    g.append("path").attr("class", "rim").attr("d", cylinderPath(width, height).rim);
  g.append("path")
    .attr("class", "focus-ring")
    .attr("d", boxPath(width + 8, height + 8, 9));
  if (item.strip !== null) drawStrip(group, item.strip);
  else if (unit.kind === "group") drawGroupRow(group, item);
  else drawWords(group, item);
  g.append("title");
}

/** One line, below what the strip hangs from. @param {SVGGElement} group @param {number} behind */
function drawStrip(group, behind) {
  group.classList.add("strip");
  const text = select(group).append("text").attr("class", "detail");
  text.attr("y", behind / 2).attr("dy", ".35em");
}

/** What a strip says: what is stored, how much of a group is done, else what it is. @param {Item} item @param {ItemMark} mark */
function stripText(item, mark) {
  if (item.kind === "group") return mark.count;
  return item.shape === "cylinder" || item.kind === "output" ? mark.detail : mark.title;
}

/** @param {SVGGElement} group @param {Item} item */
function drawWords(group, item) {
  const g = select(group);
  // A ring has the symbol of the circle in it.
  if (item.shape === "dot") return;
  if (item.shape === "circle" && item.unit.stacked && item.side === "backward") return;
  const lines = item.unit.retains && item.side === "forward" ? 3 : item.face.detail || item.shape !== "box" ? 2 : 1;
  if (item.shape === "circle") {
    g.append("text").attr("class", "symbol").attr("dy", ".35em").text(item.face.title);
    return;
  }
  const up = item.shape === "tag" ? -5 : item.shape === "cylinder" ? 4 : 0;
  group.classList.add(`lines-${lines}`);
  const y = up - (lines - 1) * 8.25;
  g.append("text").attr("class", "title").attr("y", y).attr("dy", ".35em");
  if (lines > 1)
    g.append("text")
      .attr("class", "detail")
      .attr("y", y + 16.5)
      .attr("dy", ".35em");
  if (lines > 2)
    g.append("text")
      .attr("class", "extra")
      .attr("y", y + 32)
      .attr("dy", ".35em");
}

/** The row of a group: arrow, name, type, count, and how many parameters. @param {SVGGElement} group @param {Item} item */
function drawGroupRow(group, item) {
  const g = select(group);
  const { width, height, unit, face } = item;
  const y = unit.open || isStacked(item) ? 18 - height / 2 : unit.fold?.narrow ? -9 : 0;
  if (isStacked(item)) drawPieces(group, item);
  let x = -width / 2 + 16;
  g.append("rect")
    .attr("class", "turner-room")
    .attr("x", -width / 2)
    .attr("y", y - 16)
    .attr("width", 30)
    .attr("height", 32);
  g.append("path")
    .attr("class", "turner")
    .attr(
      "d",
      unit.open
        ? `M${x - 5},${y - 2.5}L${x},${y + 2.5}L${x + 5},${y - 2.5}`
        : `M${x - 2},${y - 5}L${x + 3},${y}L${x - 2},${y + 5}`,
    );
  x += 14;
  const narrow = unit.fold?.narrow && !unit.open;
  g.append("text").attr("class", "title start").attr("x", x).attr("y", y).attr("dy", ".35em");
  x += monoWidth(face.title, TITLE) + 9;
  const parameters = narrow ? 0 : (unit.counts?.parameters ?? 0);
  const right = width / 2 - 14 - (parameters ? 34 : 0);
  if (
    face.detail &&
    !narrow &&
    x + sansWidth(face.detail, 12) < right - 40 &&
    !crossed(item, x, x + sansWidth(face.detail, 12))
  )
    g.append("text").attr("class", "type").attr("x", x).attr("y", y).attr("dy", ".35em").text(face.detail);
  g.append("text")
    .attr("class", "count")
    .attr("x", right)
    .attr("y", narrow ? y + 18 : y)
    .attr("dy", ".35em");
  if (!parameters) return;
  const badge = g
    .append("g")
    .attr("class", `badge ${item.side === "forward" ? "param" : "acc"}`)
    .attr("transform", `translate(${width / 2 - 27},${y})`);
  badge
    .append("path")
    .attr(
      "d",
      item.side === "forward" ? boxPath(26, 17, 9) : cylinderPath(26, 18).outline.replaceAll("6 0 0 1", "3 0 0 1"),
    );
  badge.append("text").attr("dy", ".36em").text(parameters);
}

/** Whether a wire comes through an open group's title row between two places, counted from its middle. @param {Item} item @param {number} left @param {number} right */
function crossed(item, left, right) {
  const middle = item.x + item.width / 2;
  return item.wires.some(({ points }) =>
    points.some(({ x, y }) => y < item.y + 30 && x - middle > left - 4 && x - middle < right + 4),
  );
}

/** The size at which a title still fits, where it stands alone: from afar it is as large as it can be. @param {Item} item @param {string} title */
function largest(item, title) {
  const row = item.kind === "group" ? Math.min(item.height, 30) : item.height - 6;
  const room = item.width - (item.kind === "group" ? 40 : 10);
  return Math.round(Math.min(row * 0.72, room / Math.max(1, monoWidth(title, 1))) * 10) / 10;
}

/** @param {SVGGElement} group @param {Item} item @param {ItemMark} mark */
export function writeItem(group, item, mark) {
  const room = item.width - 14;
  const set = (/** @type {string} */ name, /** @type {string} */ text) => {
    const element = group.querySelector(`:scope > .${name}`);
    if (element && element.textContent !== text) element.textContent = text;
  };
  if (item.strip !== null) return set("detail", fitMono(stripText(item, mark), room, STRIP_SIZE));
  const title = item.kind === "group" ? item.face.title : fitMono(mark.title, room, TITLE);
  set("title", title);
  group.style.setProperty("--most", String(largest(item, title)));
  set("detail", fitMono(mark.detail, isStacked(item) ? room - 18 : room, DETAIL));
  set("extra", fitMono(mark.extra, room, DETAIL));
  set("count", mark.count);
  if (isStacked(item)) writePieces(group, item, mark.pieces);
}

/** Places of an item's diamonds, along the edge that the hook works at. @param {Item} item */
export function hookPlaces(item) {
  const { unit, side, width, height } = item;
  /** @type {Record<string, number>} */
  const used = { top: 0, bottom: 0 };
  // A stack has the hooks of all its modules.
  const all = isStacked(item) ? unit.hooks.filter((mark) => mark.side === side).length : 0;
  const step = Math.min(22, (width - 36) / Math.max(1, all - 1));
  // An open group has one frame for both sides of an overlay.
  const both = unit.stacked && unit.open;
  return unit.hooks
    .filter((mark) => both || mark.side === side)
    .map((mark) => {
      const n = used[mark.edge]++;
      const offset = item.shape === "circle" || item.shape === "dot" ? -6 : unit.kind === "group" ? 18 : 12;
      const y = mark.edge === "top" ? item.y : item.y + height;
      if (item.strip === null) return { hook: mark.hook, x: item.x + width - offset - n * step, y };
      // Beside a strip, so that its words can be read; what leaves it leaves the face above.
      const upper = mark.edge === "top" ? item.y - above(item) : item.y + (item.strip + height) / 2;
      return { hook: mark.hook, x: item.x - 3 - n * 21, y: upper };
    });
}

/** How far the face above a strip reaches over the strip's own top. @param {Item} item */
const above = ({ unit, strip }) => (unit.forward?.height ?? 0) - (strip ?? 0);

export const DIAMOND = diamondPath(9);
