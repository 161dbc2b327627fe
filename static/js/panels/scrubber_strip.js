/** How the scrubber looks: phases as a track, module calls as a flame strip above it, marks on it. Drawn once a width and theme. */

import { colour } from "../ui/theme.js";

/** @typedef {import("../ui/model.js").Player} Player */
/** @typedef {import("../deck/marks.js").Mark} Mark */
/** @typedef {{from: number, to: number, depth: number}} Flame */

export const EDGE = 10;
export const TRACK = { top: 27, height: 8 };
const FLAME = { bottom: 24, height: 3, rows: 6 };
const HEIGHT = 54;
const TONES = /** @type {const} */ ({
  build: "--build",
  forward: "--forward",
  backward: "--backward",
  update: "--update",
});

/** Module calls as stretches of steps. @param {Player} player @returns {Flame[]} */
export function flames({ tape }) {
  /** @type {Flame[]} */
  const found = [];
  /** @type {Map<number, Flame>} */
  const open = new Map();
  tape.events.forEach((event, step) => {
    if (event.kind === "call_enter") {
      const flame = { from: step, to: tape.events.length - 1, depth: open.size };
      open.set(event.call, flame);
      found.push(flame);
    } else if (event.kind === "call_exit") {
      const flame = open.get(event.call);
      if (flame) flame.to = step;
      open.delete(event.call);
    }
  });
  return found;
}

/** Draws the whole strip in its solid or its pale colours. @param {Player} player @param {number} width @param {boolean} solid @param {HTMLElement} probe @param {Flame[]} calls @param {readonly Mark[]} marks */
export function strip(player, width, solid, probe, calls, marks) {
  const ratio = devicePixelRatio || 1;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(HEIGHT * ratio);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.scale(ratio, ratio);
  const count = player.tape.events.length || 1;
  /** @param {number} edge the border before step `edge` */
  const x = (edge) => EDGE + (edge / count) * (width - 2 * EDGE);
  const tone = (/** @type {keyof typeof TONES} */ phase) =>
    colour(probe, solid ? TONES[phase] : `${TONES[phase]}-pale`);
  pen.font = `11px ${getComputedStyle(probe).fontFamily}`;
  let labelled = -Infinity;
  player.segments.forEach((segment, i) => {
    const gap = i < player.segments.length - 1 ? 3 : 0;
    const [left, right] = [x(segment.from), Math.max(x(segment.from) + 1, x(segment.to + 1) - gap)];
    pen.fillStyle = tone(segment.phase);
    pen.beginPath();
    pen.roundRect(left, TRACK.top, right - left, TRACK.height, TRACK.height / 2);
    pen.fill();
    const size = pen.measureText(segment.label).width;
    if (left > labelled && (right - left > size || right - left > 24)) {
      pen.fillStyle = colour(probe, segment.phase === "build" ? "--muted" : TONES[segment.phase]);
      pen.fillText(segment.label, left, HEIGHT - 4, Math.max(24, width - left));
      labelled = left + size + 8;
    }
  });
  pen.globalAlpha = solid ? 0.85 : 0.35;
  for (const { from, to, depth } of calls) {
    if (depth >= FLAME.rows) continue;
    pen.fillStyle = colour(probe, "--forward");
    pen.globalAlpha = (solid ? 0.9 : 0.35) * (1 - depth * 0.12);
    pen.fillRect(
      x(from),
      FLAME.bottom - (depth + 1) * (FLAME.height + 1),
      Math.max(1, x(to + 1) - x(from) - 1),
      FLAME.height,
    );
  }
  pen.globalAlpha = 1;
  drawMarks(pen, marks, x, solid, probe);
  return canvas;
}

/** Findings as flags and breakpoints as dots above the track, hook firings as diamonds, prints as ticks below, a raise as a cross. @param {CanvasRenderingContext2D} pen @param {readonly Mark[]} marks @param {(edge: number) => number} x @param {boolean} solid @param {HTMLElement} probe */
function drawMarks(pen, marks, x, solid, probe) {
  const tones = {
    hook: colour(probe, "--hook-line"),
    print: colour(probe, "--muted"),
    raise: colour(probe, "--danger"),
    paper: colour(probe, "--surface"),
    finding: colour(probe, "--now"),
    text: colour(probe, "--text"),
  };
  const middle = TRACK.top + TRACK.height / 2;
  let lastHook = -Infinity;
  let lastStop = -Infinity;
  for (const { kind, step } of marks) {
    const at = x(step + 1);
    if (kind === "hook" && at - lastHook >= 3) {
      lastHook = at;
      pen.globalAlpha = solid ? 1 : 0.55;
      pen.fillStyle = tones.hook;
      pen.strokeStyle = tones.paper;
      shape(pen, [
        [at, middle - 6.5],
        [at + 5.5, middle],
        [at, middle + 6.5],
        [at - 5.5, middle],
      ]);
    } else if (kind === "print") {
      pen.globalAlpha = solid ? 1 : 0.5;
      pen.fillStyle = tones.print;
      pen.fillRect(at - 1, TRACK.top + TRACK.height + 1, 2, 4);
    } else if (kind === "raise") {
      pen.globalAlpha = 1;
      pen.strokeStyle = tones.raise;
      pen.lineWidth = 2.4;
      pen.beginPath();
      pen.moveTo(at - 5, middle - 5);
      pen.lineTo(at + 5, middle + 5);
      pen.moveTo(at + 5, middle - 5);
      pen.lineTo(at - 5, middle + 5);
      pen.stroke();
      pen.lineWidth = 1;
    } else if (kind === "breakpoint" && at - lastStop >= 4) {
      lastStop = at;
      pen.globalAlpha = 1;
      pen.fillStyle = tones.raise;
      pen.strokeStyle = tones.paper;
      pen.lineWidth = 1.5;
      pen.beginPath();
      pen.arc(at, TRACK.top - 7, 4.5, 0, 2 * Math.PI);
      pen.fill();
      pen.stroke();
      pen.lineWidth = 1;
    } else if (kind === "finding") {
      pen.globalAlpha = 1;
      pen.fillStyle = tones.finding;
      pen.strokeStyle = tones.text;
      shape(pen, [
        [at - 6, TRACK.top - 12],
        [at + 6, TRACK.top - 12],
        [at, TRACK.top - 1],
      ]);
    }
  }
  pen.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} pen @param {[number, number][]} corners */
function shape(pen, corners) {
  pen.beginPath();
  for (const [x, y] of corners) pen.lineTo(x, y);
  pen.closePath();
  pen.fill();
  pen.stroke();
}
