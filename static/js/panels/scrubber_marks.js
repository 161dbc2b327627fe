/** Marks on the track: findings as flags and breakpoints as dots above it, hook firings as diamonds, prints as ticks below, a raise as a cross; what is crowded is counted. */

import { between, clusters, sparse } from "../deck/clusters.js";

/** @typedef {import("../deck/marks.js").Mark} Mark */
/** @typedef {import("../deck/marks.js").MarkKind} MarkKind */
/** @typedef {import("../deck/window.js").Stretch} Stretch */
/** @typedef {Record<MarkKind, number[]>} Places the steps of each kind, in order */
/** @typedef {{hook: string, print: string, raise: string, paper: string, finding: string, text: string, font: string}} Tones */
/** @typedef {{top: number, height: number}} Track */

/** @param {readonly Mark[]} marks @returns {Places} */
export function placesOf(marks) {
  const places = /** @type {Places} */ ({ finding: [], raise: [], breakpoint: [], hook: [], print: [] });
  for (const { kind, step } of marks) places[kind].push(step);
  for (const steps of Object.values(places)) steps.sort((a, b) => a - b);
  return places;
}

/** @param {CanvasRenderingContext2D} pen @param {Places} places @param {Stretch} stretch @param {(edge: number) => number} x @param {boolean} solid @param {Tones} tones @param {Track} track */
export function drawMarks(pen, places, stretch, x, solid, tones, { top, height }) {
  const middle = top + height / 2;
  const width = x(stretch.to) - x(stretch.from);
  // A mark is drawn where its step ends, and reaches a little over the border.
  const at = (/** @type {number} */ step) => x(step + 1);
  const inside = (/** @type {MarkKind} */ kind) =>
    between(places[kind], Math.floor(stretch.from) - 2, Math.ceil(stretch.to));
  pen.globalAlpha = solid ? 1 : 0.5;
  pen.fillStyle = tones.print;
  for (const { x: place } of clusters(inside("print"), at, 1.5, 2)) pen.fillRect(place - 1, top + height + 1, 2, 4);
  for (const cluster of sparse(inside("hook"), at, 9, width)) {
    pen.globalAlpha = solid ? 1 : 0.6;
    const left = cluster.n > 1 ? counted(pen, cluster, middle, tones.hook, tones) : cluster.x;
    pen.fillStyle = tones.hook;
    pen.strokeStyle = tones.paper;
    const size = cluster.n > 1 ? 4 : 6;
    shape(pen, [
      [left, middle - size],
      [left + size * 0.85, middle],
      [left, middle + size],
      [left - size * 0.85, middle],
    ]);
  }
  pen.globalAlpha = 1;
  for (const cluster of sparse(inside("breakpoint"), at, 9, width)) {
    const left = cluster.n > 1 ? counted(pen, cluster, top - 7, tones.raise, tones) : cluster.x;
    pen.fillStyle = tones.raise;
    pen.strokeStyle = tones.paper;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.arc(left, top - 7, cluster.n > 1 ? 3 : 4.5, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
  }
  for (const step of inside("raise")) cross(pen, at(step), middle, tones.raise);
  pen.lineWidth = 1;
  for (const { x: place } of clusters(inside("finding"), at, 6, 12)) {
    pen.fillStyle = tones.finding;
    pen.strokeStyle = tones.text;
    shape(pen, [
      [place - 6, top - 12],
      [place + 6, top - 12],
      [place, top - 1],
    ]);
  }
}

/** A small plate with the number of marks; where their sign goes on it. @param {CanvasRenderingContext2D} pen @param {import("../deck/clusters.js").Cluster} cluster @param {number} middle @param {string} tone @param {Tones} tones */
function counted(pen, { x, n }, middle, tone, tones) {
  const text = n > 999 ? `${Math.floor(n / 1000)}k` : String(n);
  pen.font = tones.font;
  const width = 15 + pen.measureText(text).width;
  pen.fillStyle = tones.paper;
  pen.strokeStyle = tone;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.roundRect(x - width / 2, middle - 6.5, width, 13, 6.5);
  pen.fill();
  pen.stroke();
  pen.fillStyle = tones.text;
  pen.fillText(text, x - width / 2 + 11, middle + 3.5);
  return x - width / 2 + 6.5;
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {string} tone */
function cross(pen, x, y, tone) {
  pen.strokeStyle = tone;
  pen.lineWidth = 2.4;
  pen.beginPath();
  pen.moveTo(x - 5, y - 5);
  pen.lineTo(x + 5, y + 5);
  pen.moveTo(x + 5, y - 5);
  pen.lineTo(x - 5, y + 5);
  pen.stroke();
}

/** @param {CanvasRenderingContext2D} pen @param {[number, number][]} corners */
function shape(pen, corners) {
  pen.beginPath();
  for (const [x, y] of corners) pen.lineTo(x, y);
  pen.closePath();
  pen.fill();
  pen.stroke();
}
