/** A graph from the tape, drawn small: blue boxes forward, cut corners backward, pills for parameters, cylinders that store. */

import { html } from "../../../vendor/preact.js";
import { boxPath, cutPath, cylinderPath, tagPath } from "../../graph/paths.js";
import { place } from "./graphs.js";

/** @typedef {import("./graphs.js").Item} Item */
/** @typedef {import("./graphs.js").Placed} Placed */

/** @param {Placed} item */
function outline({ kind, width, height }) {
  if (kind === "node") return cutPath(width, height, 7);
  if (kind === "acc") return cylinderPath(width, height + 12).outline;
  if (kind === "param") return boxPath(width, height, height / 2);
  if (kind === "input" || kind === "output") return tagPath(width, height + 6, true);
  return boxPath(width, height, 6);
}

const FAMILIES = /** @type {Record<Item["kind"], string>} */ ({
  input: "io",
  output: "io",
  param: "param",
  op: "op",
  node: "node",
  acc: "acc",
});

/** @param {{item: Placed}} props */
function Thing({ item }) {
  const { kind, x, y, width, height, label, detail } = item;
  const shift = kind === "acc" ? 5 : kind === "input" || kind === "output" ? -3 : 0;
  return html`<g class=${`fuse-item ${FAMILIES[kind]}`} transform=${`translate(${x + width / 2},${y + height / 2})`}>
    <path d=${outline(item)} />
    ${kind === "acc" && html`<path class="rim" d=${cylinderPath(width, height + 12).rim} />`}
    <text y=${detail ? shift - 6 : shift} dy=".35em">${label}</text>
    ${detail && html`<text class="detail" y=${shift + 7} dy=".35em">${detail}</text>`}
  </g>`;
}

/** @param {{from: Placed, to: Placed, up: boolean, marker: string}} props */
function Arrow({ from, to, up, marker }) {
  const [x1, x2] = [from.x + from.width / 2, to.x + to.width / 2];
  const [y1, y2] = up
    ? [from.y - 1, to.y + to.height + 10]
    : [from.y + from.height + (from.kind === "input" ? 3 : 1), to.y - 6];
  const middle = (y1 + y2) / 2;
  return html`<path class="fuse-arrow" d=${`M${x1},${y1}C${x1},${middle} ${x2},${middle} ${x2},${y2}`} marker-end=${`url(#${marker})`} />`;
}

/** Smaller than this a graph cannot be read; it is scrolled instead. */
const LEAST = 0.78;

/** @param {{items: Item[], up: boolean, label: string}} props `up`: gradients go up */
export function Drawing({ items, up, label }) {
  const { items: placed, arrows, width, height } = place(items, up);
  const marker = up ? "fuse-up" : "fuse-down";
  // Drawn at its own size where there is room, smaller where there is not.
  return html`<svg class=${`fuse-graph ${up ? "backward" : "forward"}`} viewBox=${`-8 -8 ${width + 16} ${height + 16}`} style=${{ maxWidth: `${width + 16}px`, minWidth: `${Math.round((width + 16) * LEAST)}px` }} role="img" aria-label=${label}>
    <defs><marker id=${marker} viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="fuse-head" d="M0,0L8,4L0,8Z" /></marker></defs>
    ${arrows.map(({ from, to }) => html`<${Arrow} key=${`${from.id} ${to.id}`} from=${from} to=${to} up=${up} marker=${marker} />`)}
    ${placed.map((item) => html`<${Thing} key=${item.id} item=${item} />`)}
  </svg>`;
}
