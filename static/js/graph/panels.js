/** The two sides: a panel each, with its name. */

/** @typedef {import("./types.js").Layout} Layout */

/** @param {any} panels @param {Layout} layout @param {import("./types.js").Counts} counts */
export function drawPanels(panels, layout, counts) {
  panels.selectAll("*").remove();
  const plural = (/** @type {number} */ n, /** @type {string} */ word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  for (const side of /** @type {const} */ (["forward", "backward"])) {
    const { x, y, width, height } = layout.panels[side];
    const g = panels.append("g").attr("class", `panel ${side}`).attr("transform", `translate(${x},${y})`);
    g.append("rect").attr("width", width).attr("height", height).attr("rx", 14);
    const [near, far] = side === "forward" ? [18, width - 18] : [width - 18, 18];
    g.append("text")
      .attr("class", "panel-title")
      .attr("x", near)
      .attr("y", 22)
      .attr("dy", ".35em")
      .attr("text-anchor", side === "forward" ? "start" : "end")
      .text(side);
    g.append("text")
      .attr("class", "panel-note")
      .attr("x", far)
      .attr("y", 22)
      .attr("dy", ".35em")
      .attr("text-anchor", side === "forward" ? "end" : "start")
      .text(
        side === "forward"
          ? `${plural(counts.ops, "op")} · reads down ↓`
          : `↑ reads up · ${plural(counts.nodes, "node")}`,
      );
  }
}

/** The names of the panels stay readable: where the title row becomes too small they stand above it. @param {any} panels @param {Layout} layout @param {number} k */
export function namePanels(panels, layout, k) {
  const above = 14 * k < 8.5;
  const wide = layout.panels.forward.width * k > 230;
  const texts = panels.selectAll("text").attr("y", above ? -9 / k : 22);
  texts.style("font-size", (/** @type {any} */ _, /** @type {number} */ i) =>
    above ? `${(i % 2 ? 11 : 12.5) / k}px` : "",
  );
  panels.selectAll(".panel-note").style("display", above && !wide ? "none" : "");
}
