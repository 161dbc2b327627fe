/** A tensor as a grid of its numbers: the last two dimensions are rows and columns, further ones make blocks. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { formatNumber, formatShape } from "../../tape/words.js";
import { Letter, shown } from "./letters.js";

/** @typedef {import("./loops.js").Tensor} Tensor */
/** @typedef {"now" | "line" | "done" | "later" | ""} Mark */

/** @param {number | null} number */
export const brief = (number) => (number === null ? "" : formatNumber(number, 4).replace("-", "−"));

/** The places along the leading dimensions, one for each block. @param {readonly number[]} shape @returns {number[][]} */
function blocks(shape) {
  return shape
    .slice(0, -2)
    .reduce(
      (found, size) => found.flatMap((at) => Array.from({ length: size }, (_, i) => [...at, i])),
      /** @type {number[][]} */ ([[]]),
    );
}

/** @param {{tensor: Tensor, title: string, tone: "ahead" | "back", all: readonly string[], summed: readonly string[], mark: (cell: number) => Mark, number: (cell: number) => string}} props `mark`: how a cell stands, `number`: what it shows */
export function Grid({ tensor, title, tone, all, summed, mark, number }) {
  const { labels, shape } = tensor;
  const [rows, columns] = [shape.length > 1 ? shape[shape.length - 2] : 1, shape.length ? shape[shape.length - 1] : 1];
  const [rowLabel, columnLabel] = [
    shape.length > 1 ? labels[labels.length - 2] : null,
    labels[labels.length - 1] ?? null,
  ];
  const letter = (/** @type {string} */ label) =>
    html`<${Letter} label=${label} all=${all} summed=${summed.includes(label)} />`;
  return html`<figure class=${`ein-grid ${tone}`}>
    <figcaption><b>${title}</b>${labels.length > 0 && html`<span class="ein-subscripts">${labels.map((label, i) => html`<span key=${i}>${letter(label)}</span>`)}</span>`}<span class="muted">${shape.length ? formatShape(shape) : t("scalar")}</span></figcaption>
    <div class="ein-blocks">${blocks(shape).map(
      (
        at,
        block,
      ) => html`<table key=${block} aria-label=${at.length ? `${title} ${at.map((i, dim) => `${shown(labels[dim])} = ${i}`).join(", ")}` : title}>
      ${at.length > 0 && html`<caption>${at.map((i, dim) => html`<span key=${dim}>${letter(labels[dim])}<span>= ${i}</span></span>`)}</caption>`}
      <thead><tr>${rowLabel && html`<td class="ein-corner">${letter(rowLabel)}<i aria-hidden="true">╲</i>${columnLabel && letter(columnLabel)}</td>`}
        ${Array.from({ length: columns }, (_, column) => html`<th key=${column} scope="col">${!rowLabel && columnLabel && column === 0 ? html`${letter(columnLabel)}` : null} ${columnLabel ? column : ""}</th>`)}</tr></thead>
      <tbody>${Array.from(
        { length: rows },
        (_, row) =>
          html`<tr key=${row}>${rowLabel && html`<th scope="row">${row}</th>`}${Array.from(
            { length: columns },
            (_cell, column) => {
              const cell = block * rows * columns + row * columns + column;
              return html`<td key=${column} class=${`cell ${mark(cell)}`}>${number(cell)}</td>`;
            },
          )}</tr>`,
      )}</tbody></table>`,
    )}</div>
  </figure>`;
}
