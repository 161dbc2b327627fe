/** One board of cells that is read with the pointer or the arrow keys. */

import { html, useRef } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { formatNumber } from "../tape/words.js";
import { usePainted } from "../ui/canvas.js";
import { moved } from "./cells.js";
import { paint, rangeOf } from "./paint.js";

/** @typedef {import("./cells.js").Grid} Grid */
/** @typedef {import("./cells.js").Focus} Focus */
/** @typedef {import("./cells.js").At} At */

/** The size of a cell that fits. @param {Grid} grid @param {number} pad @param {number} room */
const cellSize = (grid, pad, room) =>
  Math.max(2, Math.min(46, Math.floor(room / (Math.max(grid.columns, grid.rows) + 2 * pad))));

/** @param {readonly At[]} marks */
const keyOf = (marks) =>
  marks.length > 200 ? marks.length : marks.map(({ row, column }) => `${row},${column}`).join();

/**
 * @param {{board: string, name: string, shape: string, grid: Grid, look: import("./paint.js").Look, pad?: number, room: number, marks: readonly At[],
 *   focus: Focus | null, best?: At | null, block?: number, most?: number, scale?: boolean, onPoint: (focus: Focus) => void}} props
 */
export function Board({
  board,
  name,
  shape,
  grid,
  look,
  pad = 0,
  room,
  marks,
  focus,
  best = null,
  block = 0,
  most = 0,
  scale = true,
  onPoint,
}) {
  const cell = cellSize(grid, pad, room);
  const here = focus?.board === board ? focus : null;
  const last = useRef(/** @type {Focus} */ ({ board, row: 0, column: 0 }));
  if (here) last.current = here;
  const canvas = usePainted(
    (pen, element) => paint(pen, element, { grid, look, cell, pad, marks, focus: here, best, block, most }),
    [grid, cell, pad, keyOf(marks), here?.row, here?.column, best?.row, best?.column, block, most],
  );
  const [width, height] = [(grid.columns + 2 * pad) * cell, (grid.rows + 2 * pad) * cell];
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = moved(last.current, event.key, grid);
    if (!to) return;
    event.preventDefault();
    onPoint(to);
  };
  /** @param {PointerEvent} event */
  const pointed = (event) => {
    const box = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * (grid.rows + 2 * pad)) - pad;
    const column = Math.floor(((event.clientX - box.left) / box.width) * (grid.columns + 2 * pad)) - pad;
    if (row >= 0 && column >= 0 && row < grid.rows && column < grid.columns) onPoint({ board, row, column });
  };
  const clamped = {
    ...last.current,
    row: Math.min(last.current.row, grid.rows - 1),
    column: Math.min(last.current.column, grid.columns - 1),
  };
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  const { low, high } = rangeOf(grid, look, most);
  const says = (/** @type {number} */ n) => formatNumber(n, 3).replace("-", "−");
  return html`<figure class=${`lab-board ${look} ${here ? "here" : ""}`}>
    <figcaption><code>${name}</code><span>${shape}</span></figcaption>
    <canvas ref=${canvas} tabindex="0" role="application" aria-roledescription=${t("board of numbers")}
      aria-label=${t("{name}, {rows} × {columns} numbers; the arrow keys read them", { name, rows: grid.rows, columns: grid.columns })}
      width=${Math.round(width * ratio)} height=${Math.round(height * ratio)} style=${{ width: `${width}px`, height: `${height}px` }}
      onKeyDown=${pressed} onFocus=${() => here ?? onPoint(clamped)} onPointerMove=${pointed} onPointerDown=${pointed}></canvas>
    ${scale && html`<div class="lab-scale" aria-hidden="true"><span>${says(low)}</span><i></i><span>${says(high)}</span></div>`}
  </figure>`;
}
