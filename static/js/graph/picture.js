/**
 * The graph as a picture that stands alone: SVG with every style written out in the theme now shown, generic fonts, no scripts.
 *
 * What is drawn on the screen is copied. For the whole graph everything is drawn for a moment, at full size, before the browser
 * paints again: the picture is drawn by the same code as the screen, whatever that learns to draw.
 */

import { t } from "../language/index.js";
import { attributesOf, make, paintOf, styledCopy, xmlText } from "./picture_styles.js";
import { grouped } from "../tape/grouped.js";

/** @typedef {import("./index.js").Graph} Graph */
/** @typedef {{svg: string, width: number, height: number}} Picture */
/** @typedef {{title: string, moment: string}} Words what stands above the picture */
/** @typedef {{width: number, height: number, place: string}} Frame */

/** More things than these are not drawn at once. */
export const MOST = 6000;
const PAD = 24;
const HEAD = 56;
const EDGE = 18;
const NAME = "Tapedeck";
/** The widths of letters, in parts of their size: a little more than fonts have, for a browser may take any font. */
const WIDE = 0.6;

/** Why the whole graph is not drawn as one picture, or null. @param {number} things */
export const tooLarge = (things) =>
  things <= MOST
    ? null
    : t("The graph has {n} things now; a picture holds up to {most}. Close some modules, or take the view.", {
        n: grouped(things),
        most: grouped(MOST),
      });

/** @param {Graph} graph @param {"view" | "whole"} part @param {Words} words @returns {Picture | {refused: string}} */
export function pictureOf(graph, part, words) {
  const { layout, renderer, viewport, host } = graph;
  if (!layout || !host.clientWidth) return { refused: t("There is no graph on the screen to be taken along.") };
  // A movement is no moment of the tape.
  graph.animation?.cancel();
  if (part === "view") return compose(graph.svg, { ...viewport.size, place: String(viewport.transform) }, words);
  const refused = tooLarge(layout.items.length);
  if (refused) return { refused };
  const [width, height] = [Math.ceil(layout.width) + 2 * PAD, Math.ceil(layout.height) + 2 * PAD];
  try {
    renderer.look({ x: -PAD, y: -PAD, width, height }, 1);
    return compose(graph.svg, { width, height, place: `translate(${PAD},${PAD})` }, words);
  } finally {
    graph.look();
  }
}

/** @param {SVGSVGElement} svg @param {Frame} frame @param {Words} words @returns {Picture} */
function compose(svg, { width, height, place }, words) {
  const all = height + HEAD;
  const page = getComputedStyle(svg).backgroundColor;
  const root = make("svg", { width, height: all, viewBox: `0 0 ${width} ${all}`, "font-family": "sans-serif" });
  const title = make("title");
  title.textContent = xmlText(`${words.title} · ${words.moment}`);
  const inner = make("svg", { y: HEAD, width, height, viewBox: `0 0 ${width} ${height}`, overflow: "hidden" });
  for (const part of svg.children) inner.append(styledCopy(part));
  inner.querySelector(":scope > g")?.setAttribute("transform", place);
  root.append(
    title,
    make("rect", { width, height: all, ...attributesOf(paintOf(page), "fill") }),
    ...heading(svg, words, width),
    inner,
  );
  return { svg: new XMLSerializer().serializeToString(root), width, height: all };
}

/** The name of the program, the step and what happens at it. @param {SVGSVGElement} svg @param {Words} words @param {number} width */
function heading(svg, { title, moment }, width) {
  const ink = attributesOf(paintOf(getComputedStyle(svg).color), "fill");
  const room = width - 2 * EDGE;
  const line = (
    /** @type {string} */ text,
    /** @type {number} */ size,
    /** @type {Record<string, string | number>} */ more,
  ) => {
    const element = make("text", { "font-size": size, ...ink, ...more });
    element.textContent = xmlText(text);
    return element;
  };
  return [
    line(shortened(title, room - 90, 15), 15, { x: EDGE, y: 25, "font-weight": 700 }),
    line(NAME, 12, { x: width - EDGE, y: 25, "text-anchor": "end", opacity: 0.7 }),
    line(shortened(moment, room, 12.5), 12.5, { x: EDGE, y: 45, opacity: 0.8 }),
  ];
}

/** @param {string} text @param {number} width @param {number} size */
function shortened(text, width, size) {
  const letters = [...text];
  const room = Math.max(4, Math.floor(width / (size * WIDE)));
  return letters.length <= room ? text : `${letters.slice(0, room - 1).join("")}…`;
}
