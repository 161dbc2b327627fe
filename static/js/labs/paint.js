/** Cells on a canvas: grey for pictures, blue above and orange below zero for weights and gradients, numbers where there is room. */

import { formatNumber } from "../tape/words.js";
import { colour } from "../ui/theme.js";

/** @typedef {import("./cells.js").Grid} Grid */
/** @typedef {import("./cells.js").At} At */
/** @typedef {"grey" | "heat"} Look */
/** @typedef {{grid: Grid, look: Look, cell: number, pad: number, marks: readonly At[], focus: At | null, best: At | null, block: number, most: number}} Painting `block`: cells between two stronger lines, 0 for none; `most`: the number with the strongest colour, 0 for the largest; `pad`: cells of padding around; `best`: the winner of a max pooling */

/** Cells this wide have their number in them. */
const LEGIBLE = 30;
const STRONGEST = 0.5;

/** A number in a cell: two places, and never an exact 0 for what is none. @param {number} n */
export function brief(n) {
  if (!Number.isFinite(n) || Math.abs(n) >= 1e4) return formatNumber(n, 3).replace("-", "−");
  if (Number.isInteger(n)) return String(n).replace("-", "−");
  const places = Math.abs(n) >= 100 ? 0 : Math.abs(n) >= 10 ? 1 : 2;
  const text = n.toFixed(places);
  return (Number(text) === 0 ? text : String(Number(text))).replace("-", "−");
}

/** The lowest and the highest number of a look: a picture's own 0 and 1 where they suffice. @param {Grid} grid @param {Look} look @param {number} [top] of a heat map, the number with the strongest colour */
export function rangeOf({ data }, look, top = 0) {
  const finite = data.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (!finite.length) return { low: 0, high: 1 };
  if (look === "grey") return low >= 0 && high <= 1 ? { low: 0, high: 1 } : { low, high: high > low ? high : low + 1 };
  const most = top || Math.max(Math.abs(low), Math.abs(high));
  return { low: -most, high: most };
}

/** @param {HTMLElement} board */
function inks(board) {
  const names = [
    "--forward",
    "--backward",
    "--surface",
    "--danger",
    "--text",
    "--now",
    "--line",
    "--surface-sunken",
    "--now-ring",
    "--muted",
  ];
  const [above, below, paper, odd, text, now, line, sunken, ring, muted] = names.map((name) => colour(board, name));
  return { above, below, paper, odd, text, now, line, sunken, ring, muted };
}

/** @param {CanvasRenderingContext2D} pen @param {ReturnType<typeof inks>} ink @param {Painting} painting */
function cells(pen, ink, { grid, look, cell, pad, most }) {
  const { low, high } = rangeOf(grid, look, most);
  const level = cell >= LEGIBLE ? STRONGEST : 0.95;
  grid.data.forEach((n, i) => {
    const [x, y] = [((i % grid.columns) + pad) * cell, (Math.floor(i / grid.columns) + pad) * cell];
    const share = high > low ? (n - low) / (high - low) : 0.5;
    const shade = Math.round(255 * Math.max(0, Math.min(1, share)));
    pen.globalAlpha = 1;
    pen.fillStyle = !Number.isFinite(n) ? ink.odd : look === "grey" ? `rgb(${shade} ${shade} ${shade})` : ink.paper;
    pen.fillRect(x, y, cell, cell);
    if (look === "heat" && Number.isFinite(n)) {
      pen.globalAlpha = high > 0 ? Math.min(1, Math.abs(n) / high) * level : 0;
      pen.fillStyle = n >= 0 ? ink.above : ink.below;
      pen.fillRect(x, y, cell, cell);
      pen.globalAlpha = 1;
    }
    if (cell < LEGIBLE) return;
    pen.fillStyle = look === "heat" ? ink.text : shade > 127 ? "#14202e" : "#ffffff";
    pen.fillText(brief(n), x + cell / 2, y + cell / 2 + 0.5, cell - 5);
  });
}

/** The border that the padding adds, where x is 0. @param {CanvasRenderingContext2D} pen @param {ReturnType<typeof inks>} ink @param {Painting} painting */
function border(pen, ink, { grid, cell, pad }) {
  if (!pad) return;
  const [width, height] = [(grid.columns + 2 * pad) * cell, (grid.rows + 2 * pad) * cell];
  pen.fillStyle = ink.sunken;
  pen.fillRect(0, 0, width, height);
  pen.strokeStyle = ink.line;
  pen.lineWidth = 1;
  pen.setLineDash([3, 3]);
  pen.strokeRect(0.5, 0.5, width - 1, height - 1);
  pen.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} pen @param {ReturnType<typeof inks>} ink @param {Painting} painting */
function overlay(pen, ink, { marks, focus, best, cell, pad }) {
  const box = (/** @type {At} */ at, /** @type {number} */ inset) =>
    /** @type {const} */ ([
      (at.column + pad) * cell + inset,
      (at.row + pad) * cell + inset,
      cell - 2 * inset,
      cell - 2 * inset,
    ]);
  const thin = cell < 10 ? 1 : cell < LEGIBLE ? 2 : 3;
  const many = marks.length > 200;
  for (const at of marks) {
    // Where there are numbers, they stay readable.
    pen.globalAlpha = cell >= LEGIBLE ? 0.12 : 0.32;
    pen.fillStyle = ink.now;
    pen.fillRect(...box(at, 0));
    pen.globalAlpha = 1;
    if (many) continue;
    pen.strokeStyle = ink.now;
    pen.lineWidth = thin;
    pen.strokeRect(...box(at, thin / 2));
  }
  for (const at of [best, focus]) {
    if (!at) continue;
    pen.lineWidth = cell < 10 ? 3 : 4;
    pen.strokeStyle = ink.paper;
    pen.strokeRect(...box(at, 0));
    pen.lineWidth = cell < 10 ? 1.5 : 2.5;
    pen.strokeStyle = at === focus ? ink.ring : ink.above;
    pen.strokeRect(...box(at, 0));
  }
}

/** Lines between the kernels of one weight. @param {CanvasRenderingContext2D} pen @param {ReturnType<typeof inks>} ink @param {Painting} painting */
function blocks(pen, ink, { grid, cell, block }) {
  if (!block) return;
  pen.fillStyle = ink.muted;
  for (let x = block; x < grid.columns; x += block) pen.fillRect(x * cell - 1, 0, 2, grid.rows * cell);
  for (let y = block; y < grid.rows; y += block) pen.fillRect(0, y * cell - 1, grid.columns * cell, 2);
}

/** @param {CanvasRenderingContext2D} pen @param {HTMLCanvasElement} board @param {Painting} painting */
export function paint(pen, board, painting) {
  const { grid, cell, pad } = painting;
  const scale = board.width / ((grid.columns + 2 * pad) * cell);
  const ink = inks(board);
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, (grid.columns + 2 * pad) * cell, (grid.rows + 2 * pad) * cell);
  pen.font = `${cell >= 44 ? 13 : 11}px ${getComputedStyle(board).fontFamily}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  border(pen, ink, painting);
  cells(pen, ink, painting);
  blocks(pen, ink, painting);
  overlay(pen, ink, painting);
}
