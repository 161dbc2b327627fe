/** A heat map: every number of a tensor's last two dimensions as a colour, blue above zero and orange below, read by pointer or arrow keys. */

import { html, useState } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { formatNumber, toNumber } from "../../tape/words.js";
import { usePainted } from "../../ui/canvas.js";
import { colour } from "../../ui/theme.js";
import { PAGE, extent, indexText, pickers, range } from "./matrix.js";

/** @typedef {import("./matrix.js").Numbers} Numbers */
/** @typedef {{row: number, column: number}} At */
/** @typedef {{data: Numbers, rows: number, columns: number, cell: {width: number, height: number}, most: number}} Picture */

/** The room there is, in CSS pixels; it shrinks with its pane. */
const ROOM = 288;
/** Cells this wide have their number in them. */
const LEGIBLE = 34;

/** The strongest colour; under text one that it can still be read on (AA in both themes). @param {number} width */
const strength = (width) => (width >= LEGIBLE ? 0.5 : 0.95);
const KEYS = /** @type {Record<string, [number, number]>} */ ({
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-8, 0],
  PageDown: [8, 0],
  Home: [0, -PAGE],
  End: [0, PAGE],
});

/** @param {number} columns */
function cellOf(columns) {
  const width = Math.max(3, Math.min(44, Math.floor(ROOM / columns)));
  return { width, height: width >= LEGIBLE ? 24 : width };
}

/** @param {CanvasRenderingContext2D} pen @param {HTMLCanvasElement} board */
function inks(pen, board) {
  const [above, below, zero, odd, text] = ["--forward", "--backward", "--surface", "--danger", "--text"].map((name) =>
    colour(board, name),
  );
  pen.font = `11px ${getComputedStyle(board).fontFamily}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  return { above, below, zero, odd, text };
}

/** Fills an area with the colour of a number. @param {CanvasRenderingContext2D} pen @param {ReturnType<typeof inks>} ink @param {number} n @param {number} most @param {number} level @param {[number, number, number, number]} area */
function fill(pen, ink, n, most, level, area) {
  pen.globalAlpha = 1;
  pen.fillStyle = ink.zero;
  pen.fillRect(...area);
  const finite = Number.isFinite(n);
  pen.globalAlpha = finite ? (most > 0 ? (Math.abs(n) / most) * level : 0) : 1;
  pen.fillStyle = finite ? (n >= 0 ? ink.above : ink.below) : ink.odd;
  pen.fillRect(...area);
  pen.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} pen @param {HTMLCanvasElement} board @param {Picture} picture @param {At | null} at */
function draw(pen, board, { data, columns, cell, most }, at) {
  const scale = board.width / (columns * cell.width);
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  const ink = inks(pen, board);
  data.forEach((number, i) => {
    const n = toNumber(number);
    const [x, y] = [(i % columns) * cell.width, Math.floor(i / columns) * cell.height];
    fill(pen, ink, n, most, strength(cell.width), [x, y, cell.width, cell.height]);
    if (cell.width < LEGIBLE) return;
    pen.fillStyle = Number.isFinite(n) ? ink.text : ink.zero;
    pen.fillText(formatNumber(number, 3), x + cell.width / 2, y + cell.height / 2 + 0.5, cell.width - 4);
  });
  if (!at) return;
  const width = cell.width < 10 ? 1.5 : 2;
  pen.lineWidth = width;
  pen.strokeStyle = ink.text;
  pen.strokeRect(
    at.column * cell.width + width / 2,
    at.row * cell.height + width / 2,
    cell.width - width,
    cell.height - width,
  );
}

/** The colours from the least number over zero to the largest. @param {{min: number, max: number, most: number, level: number}} props */
function Legend({ min, max, most, level }) {
  const [low, high] = [Math.min(0, min), Math.max(0, max)];
  const zero = high > low ? (-low / (high - low)) * 100 : 50;
  const canvas = usePainted(
    (pen, board) => {
      const ink = inks(pen, board);
      for (let x = 0; x < board.width; x += 1)
        fill(pen, ink, low + ((x + 0.5) / board.width) * (high - low), most, level, [x, 0, 1, 1]);
    },
    [low, high, most, level],
  );
  return html`<div class="legend" role="img" aria-label=${t("Colours: orange below zero, blue above; from {min} to {max}", { min: formatNumber(min), max: formatNumber(max) })}>
    <canvas ref=${canvas} width="128" height="1"></canvas>
    <div aria-hidden="true"><span>${min < 0 ? t("min {n}", { n: formatNumber(min, 3) }) : "0"}</span>
    ${min < 0 && max > 0 && html`<span class="zero" style=${{ left: `${Math.min(78, Math.max(22, zero))}%` }}>0</span>`}
    <span>${max > 0 ? t("max {n}", { n: formatNumber(max, 3) }) : "0"}</span></div>
  </div>`;
}

/** One choice for each dimension that is not on the screen. @param {{shape: readonly number[], place: readonly number[], onMove: (place: number[]) => void}} props */
function Pickers({ shape, place, onMove }) {
  const all = pickers(shape, place);
  if (!all.length) return null;
  return html`<div class="slices">${all.map(
    ({ name, dimension, at, last, by }) => html`<label key=${dimension}>${name}
      <input class="small" type="number" min="0" max=${last} step=${by} value=${at} onInput=${(
        /** @type {InputEvent} */ event,
      ) => {
        const to = Number(/** @type {HTMLInputElement} */ (event.target).value);
        if (Number.isInteger(to) && to >= 0 && to <= last)
          onMove(place.map((index, i) => (i === dimension ? to - (to % by) : index)));
      }} /><span class="muted">${t("of {n}", { n: shape[dimension] })}</span></label>`,
  )}</div>`;
}

/** @param {{data: Numbers, shape: readonly number[], place: readonly number[], onMove: (place: number[]) => void}} props `data` are the numbers at the place */
export function HeatMap({ data, shape, place, onMove }) {
  const [at, setAt] = useState(/** @type {At | null} */ (null));
  const { rows, columns } = extent(shape, place);
  const cell = cellOf(columns);
  const { min, max, most } = range(data);
  const read = at && at.row < rows && at.column < columns ? at : null;
  const canvas = usePainted(
    (pen, board) => draw(pen, board, { data, rows, columns, cell, most }, read),
    [data, columns, read?.row, read?.column],
  );
  /** @param {number} row @param {number} column */
  const go = (row, column) =>
    setAt({ row: Math.max(0, Math.min(rows - 1, row)), column: Math.max(0, Math.min(columns - 1, column)) });
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    const move = KEYS[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    go((read?.row ?? 0) + move[0], (read?.column ?? 0) + move[1]);
  };
  /** @param {PointerEvent} event */
  const pointed = (event) => {
    const box = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    go(
      Math.floor(((event.clientY - box.top) / box.height) * rows),
      Math.floor(((event.clientX - box.left) / box.width) * columns),
    );
  };
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  return html`<div class="heat">
    <${Pickers} shape=${shape} place=${place} onMove=${onMove} />
    <canvas ref=${canvas} tabindex="0" role="application" aria-roledescription=${t("heat map")} aria-label=${t("Heat map of {rows} × {columns} numbers; the arrow keys read them", { rows, columns })}
      width=${columns * cell.width * ratio} height=${rows * cell.height * ratio} style=${{ width: `${columns * cell.width}px` }}
      onKeyDown=${pressed} onFocus=${() => read ?? go(0, 0)} onPointerMove=${pointed} onPointerDown=${pointed}></canvas>
    <p class="readout" role="status">${read ? html`<span class="muted">${indexText(place, read.row, read.column)}</span> <code>${formatNumber(data[read.row * columns + read.column], 6)}</code>` : html`<span class="muted">${t("Point at a cell, or use the arrow keys.")}</span>`}</p>
    <${Legend} min=${min} max=${max} most=${most} level=${strength(cell.width)} />
  </div>`;
}
