/** The arrow heads that wires end in, one for each side and state, defined once for each picture. */

import { select } from "../../vendor/d3.js";

/** @param {SVGSVGElement} svg @param {string} name the prefix of the markers' ids */
export function defineArrows(svg, name) {
  const defs = select(svg).append("defs");
  for (const [kind, size] of /** @type {const} */ ([
    ["forward-done", 11],
    ["forward-idle", 8],
    ["backward-done", 11],
    ["backward-idle", 8],
    ["saved", 7],
  ])) {
    defs
      .append("marker")
      .attr("id", `${name}-${kind}`)
      .attr("class", `arrow ${kind}`)
      .attr("viewBox", "0 0 8 8")
      .attr("refX", 7.2)
      .attr("refY", 4)
      .attr("markerWidth", size)
      .attr("markerHeight", size)
      .attr("orient", "auto")
      .attr("markerUnits", "userSpaceOnUse")
      .append("path")
      .attr("d", "M0,0.6L7.4,4L0,7.4Z");
  }
}
