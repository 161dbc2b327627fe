/** The graph before and after, forward and backward, with their nodes and parameters counted. */

import { html } from "../../../vendor/preact.js";
import { count, t } from "../../language/index.js";
import { Drawing } from "./drawing.js";

/** @typedef {import("./lab_model.js").Shown} Shown */
/** @typedef {import("./reading.js").Side} Side */

/** @param {{side: Side, title: string}} props */
function One({ side, title }) {
  const nodes = count("{n} node", "{n} nodes", side.nodes);
  const parameters = count("{n} parameter", "{n} parameters", side.parameters);
  return html`<section class="card fuse-side" aria-label=${title}>
    <header><h2>${title}</h2><p class="fuse-counts"><span class="param">${parameters}</span><span class="node">${nodes}</span></p></header>
    <div class="fuse-half forward" tabindex="0" role="group" aria-label=${t("forward")}><h3>${t("forward")}</h3><${Drawing} items=${side.forward} up=${false} label=${t(
      "Forward ops: {ops}",
      {
        ops: side.forward
          .filter(({ kind }) => kind === "op")
          .map(({ label }) => label)
          .join(", "),
      },
    )} /></div>
    <div class="fuse-half backward" tabindex="0" role="group" aria-label=${t("backward")}><h3>${t("backward")}</h3><${Drawing} items=${side.backward} up=${true} label=${t("Autograd nodes: {nodes}", { nodes: side.backward.map(({ label, detail }) => `${label} ${detail}`.trim()).join(", ") })} /></div>
  </section>`;
}

/** @param {{shown: Shown}} props */
export function Graphs({ shown }) {
  const { before, after } = shown.reading;
  return html`<div class="fuse-graphs">
    ${before && html`<${One} side=${before} title=${t("Before")} />`}
    ${after && html`<${One} side=${after} title=${t("After")} />`}
  </div>`;
}
