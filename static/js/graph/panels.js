/** The two sides: a panel each, with its name. */

import { count, t } from "../language/index.js";

/** @typedef {import("./types.js").Layout} Layout */

/** @param {any} panels @param {Layout} layout @param {import("./types.js").Counts} counts */
export function drawPanels(panels, layout, counts) {
  panels.selectAll("*").remove();
  if (layout.sides === "overlay")
    return drawPanel(panels, layout.panels.forward, "overlay", wordsOf("overlay", counts));
  for (const side of /** @type {const} */ (["forward", "backward"]))
    if (layout.sides === "both" || layout.sides === side) {
      drawPanel(panels, layout.panels[side], side, wordsOf(side, counts));
      if (side === "backward" && !counts.nodes) drawBare(panels, layout.panels.backward);
    }
}

/** Why there is nothing to see, in two lines. @param {any} panels @param {import("./types.js").Box} box */
function drawBare(panels, { x, y, width, height }) {
  const words = t("torch made no autograd node here").split(" ");
  const half = Math.ceil(words.length / 2);
  const lines = [words.slice(0, half), words.slice(half)].map((line) => line.join(" "));
  lines.forEach((line, i) =>
    panels
      .append("text")
      .attr("class", "panel-bare")
      .attr("x", x + width / 2)
      .attr("y", y + Math.min(height / 2, 160))
      .attr("dy", `${1.4 * i}em`)
      .text(line),
  );
}

/** @param {"forward" | "backward" | "overlay"} side @param {import("./types.js").Counts} counts @returns {[string, string]} */
function wordsOf(side, { ops, nodes }) {
  if (side === "forward") return [t("forward"), count("{n} op · reads down ↓", "{n} ops · reads down ↓", ops)];
  if (side === "backward") return [t("backward"), count("↑ reads up · {n} node", "↑ reads up · {n} nodes", nodes)];
  return [
    t("forward ↓ with gradients ↑"),
    `${count("{n} op", "{n} ops", ops)} · ${count("{n} node", "{n} nodes", nodes)}`,
  ];
}

/** The backward panel is the mirror image of the others. @param {any} panels @param {import("./types.js").Box} box @param {string} kind @param {[string, string]} words */
function drawPanel(panels, { x, y, width, height }, kind, [title, note]) {
  const g = panels.append("g").attr("class", `panel ${kind}`).attr("transform", `translate(${x},${y})`);
  g.append("rect").attr("width", width).attr("height", height).attr("rx", 14);
  const mirrored = kind === "backward";
  const write = (/** @type {string} */ name, /** @type {boolean} */ near, /** @type {string} */ text) =>
    g
      .append("text")
      .attr("class", name)
      .attr("x", near ? 18 : width - 18)
      .attr("y", 22)
      .attr("dy", ".35em")
      .attr("text-anchor", near ? "start" : "end")
      .text(text);
  write("panel-title", !mirrored, title);
  write("panel-note", mirrored, note);
}

/** The names of the panels stay readable: where the title row becomes too small they stand above it. @param {any} panels @param {Layout} layout @param {number} k */
export function namePanels(panels, layout, k) {
  const above = 14 * k < 8.5;
  const size = (/** @type {number} */ pixels) => (above ? `${pixels / k}px` : "");
  panels.selectAll(".panel-title, .panel-note").attr("y", above ? -9 / k : 22);
  panels.selectAll(".panel-title").style("font-size", size(12.5));
  panels.selectAll(".panel-note").style("font-size", size(11));
  panels.selectAll(".panel-bare").style("font-size", above ? `${Math.min(11 / k, 24)}px` : "");
  for (const side of /** @type {const} */ (["forward", "backward", "overlay"])) {
    const { width } = layout.panels[side === "backward" ? side : "forward"];
    panels.selectAll(`.panel.${side} .panel-note`).style("display", above && width * k <= 230 ? "none" : "");
  }
}
