/** The small shapes that stand before names: the graph's own, as in the legend. */

import { html } from "../../vendor/preact.js";
import { parseThing } from "../tape/things.js";
import { OUTLINES } from "../ui/outlines.js";

/** @typedef {import("../tape/load.js").Tape} Tape */

/** @typedef {keyof typeof OUTLINES} Family */

const ROLES = /** @type {Record<string, Family>} */ ({
  parameter: "param",
  buffer: "buffer",
  input: "io",
  gradient: "gradient",
});

/** @param {Tape} tape @param {string} thing @returns {Family} */
function familyOf(tape, thing) {
  const { kind, id } = /** @type {NonNullable<ReturnType<typeof parseThing>>} */ (parseThing(tape, thing));
  if (kind === "tensor") return ROLES[tape.tensors[id].role] ?? "value";
  if (kind === "node") return tape.nodes[id].variable === null ? "node" : "acc";
  return kind === "module" || kind === "call" ? "group" : kind;
}

/** @param {{tape: Tape, thing: string}} props */
export function KeyShape({ tape, thing }) {
  const family = familyOf(tape, thing);
  return html`<svg class=${`key-shape small ${family}`} viewBox="-2 -2 36 20" width="27" height="15" aria-hidden="true"><path d=${OUTLINES[family]} /></svg>`;
}
