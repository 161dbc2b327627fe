/** The flame strip: module calls above the track, those of the window, as detailed as they can be seen. */

import { callTitle } from "../tape/words.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../deck/window.js").Stretch} Stretch */
/** @typedef {{call: number, from: number, to: number}} Flame in steps, both inside */
/** @typedef {{flames: Flame[], reach: number[]}} Row `reach`: the last step of any flame so far */

const TOP = 1;
const BOTTOM = 24;
const ROWS = 6;
/** A row of this height holds a name. */
const NAMED = 10;

/** The calls by how many are open around them. @param {Tape} tape @returns {Row[]} */
export function flameRows(tape) {
  /** @type {Row[]} */
  const rows = [];
  /** @type {Map<number, Flame>} */
  const open = new Map();
  tape.events.forEach((event, step) => {
    if (event.kind === "call_enter") {
      const flame = { call: event.call, from: step, to: tape.events.length - 1 };
      (rows[open.size] ??= { flames: [], reach: [] }).flames.push(flame);
      open.set(event.call, flame);
    } else if (event.kind === "call_exit") {
      const flame = open.get(event.call);
      if (flame) flame.to = step;
      open.delete(event.call);
    }
  });
  for (const row of rows) {
    let reach = -1;
    row.reach = row.flames.map(({ to }) => (reach = Math.max(reach, to)));
  }
  return rows;
}

/** The flames of a row that can be seen: of those narrower than a pixel, one for each pixel. @param {Row} row @param {Stretch} stretch @param {(edge: number) => number} x */
function seen({ flames, reach }, { from, to }, x) {
  /** @type {{call: number, left: number, right: number}[]} */
  const found = [];
  let [low, high] = [0, flames.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reach[middle] + 1 <= from) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < flames.length && flames[i].from < to; i += 1) {
    const [left, right] = [x(flames[i].from), x(flames[i].to + 1)];
    const last = found.at(-1);
    if (last && right < last.right + 0.6) continue;
    found.push({ call: flames[i].call, left, right: Math.max(left + 1, right - 1) });
  }
  return found;
}

/** @param {CanvasRenderingContext2D} pen @param {Tape} tape @param {readonly Row[]} rows @param {Stretch} stretch @param {(edge: number) => number} x @param {{flame: string, name: string, font: string, solid: boolean, width: number}} look */
export function drawFlames(pen, tape, rows, stretch, x, { flame, name, font, solid, width }) {
  let shown = rows.map((row) => seen(row, stretch, x)).filter((row) => row.length);
  // What is open all the time says nothing about the window; what is in it does.
  while (
    shown.length > 1 &&
    shown[0].length === 1 &&
    shown[0][0].left <= x(stretch.from) &&
    shown[0][0].right >= x(stretch.to) - 2
  )
    shown = shown.slice(1);
  shown = shown.slice(0, ROWS);
  const pitch = Math.min(NAMED + 2, Math.max(4, Math.floor((BOTTOM - TOP) / Math.max(1, shown.length))));
  pen.font = font;
  shown.forEach((row, depth) => {
    const top = BOTTOM - (depth + 1) * pitch;
    for (const { call, left, right } of row) {
      const named = pitch > NAMED && right - left > 26;
      pen.globalAlpha = named ? (solid ? 0.3 : 0.16) : (solid ? 0.9 : 0.35) * (1 - depth * 0.12);
      pen.fillStyle = flame;
      pen.fillRect(left, top, right - left, pitch - 1);
      if (!named) continue;
      const [from, to] = [Math.max(left, 2) + 3, Math.min(right, width - 2) - 3];
      const words = fitted(pen, callTitle(tape, call), to - from);
      pen.globalAlpha = solid ? 1 : 0.75;
      pen.fillStyle = name;
      if (words) pen.fillText(words, from, top + NAMED - 1.5);
    }
  });
  pen.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} pen @param {string} text @param {number} room */
function fitted(pen, text, room) {
  const each = pen.measureText("m").width;
  const most = Math.floor(room / each);
  if (text.length <= most) return text;
  return most > 2 ? `${text.slice(0, most - 1)}…` : "";
}
