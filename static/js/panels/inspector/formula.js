/** A formula as HTML: names in the program's face, bars, fractions, roots, sub- and superscripts. */

import { html } from "../../../vendor/preact.js";
import { middle } from "../../tape/short.js";

/** @typedef {import("../../tape/formulas_typeset.js").Setting} Setting */
/** @typedef {import("../../tape/formulas_typeset.js").Piece} Piece */

const LONGEST = 30;

/** A name; what is more than one word is held together by a frame. @param {{text: string}} props */
function Variable({ text }) {
  const short = middle(text, LONGEST);
  const framed = /[^\p{L}\p{N}\p{M}_.ᵀ@]/u.test(text);
  return html`<var class=${framed ? "framed" : undefined} title=${short === text ? undefined : text}>${short}</var>`;
}

/** @param {{piece: Piece}} props */
function Part({ piece }) {
  if (typeof piece === "string") return html`<span class="sign">${piece}</span>`;
  if ("name" in piece) return html`<${Variable} text=${piece.name} />`;
  if ("letter" in piece) return html`<i class="letter">${piece.letter}</i>`;
  if ("bar" in piece)
    return piece.bar.startsWith("d ")
      ? html`<span class="differential">d<${Variable} text=${piece.of} /></span>`
      : html`<${Variable} text=${piece.bar} />`;
  if ("value" in piece) return html`<b>${piece.value}</b>`;
  if ("above" in piece) return html`<sup><${Formula} set=${piece.above} /></sup>`;
  if ("below" in piece) return html`<sub>${piece.below}</sub>`;
  if ("root" in piece) return html`<span class="root"><i>√</i><span><${Formula} set=${piece.root} /></span></span>`;
  return html`<span class="fraction"><span><${Formula} set=${piece.top} /></span><span><${Formula} set=${piece.bottom} /></span></span>`;
}

/** Pieces in groups: what stands above or below something is never parted from it. @param {Setting} set @returns {Setting[]} */
function held(set) {
  /** @type {Setting[]} */
  const groups = [];
  for (const piece of set) {
    const last = groups.at(-1);
    if (last && typeof piece === "object" && ("below" in piece || "above" in piece)) last.push(piece);
    else groups.push([piece]);
  }
  return groups;
}

/** @param {{set: Setting}} props */
export function Formula({ set }) {
  return html`${held(set).map((group, i) =>
    group.length > 1
      ? html`<span class="held" key=${i}>${group.map((piece, k) => html`<${Part} key=${k} piece=${piece} />`)}</span>`
      : html`<${Part} key=${i} piece=${group[0]} />`,
  )}`;
}
