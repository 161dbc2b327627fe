/** How a stretch of the tape looks on the scrubber: phases as a track, module calls as a flame strip above it, marks on it. */

import { colour } from "../ui/theme.js";
import { drawFlames } from "./scrubber_flames.js";
import { drawMarks } from "./scrubber_marks.js";

/** @typedef {import("../ui/model.js").Player} Player */
/** @typedef {import("../tape/phases.js").Phase} Phase */
/** @typedef {import("../tape/phases.js").Segment} Segment */
/** @typedef {import("../deck/window.js").Stretch} Stretch */
/** @typedef {{player: Player, rows: import("./scrubber_flames.js").Row[], places: import("./scrubber_marks.js").Places}} Shown */
/** @typedef {ReturnType<typeof paletteOf>} Palette */

export const EDGE = 10;
export const TRACK = { top: 27, height: 8 };
export const HEIGHT = 54;
const PHASES = /** @type {Phase[]} */ (["build", "forward", "backward", "update"]);

/** Every colour and font that is drawn with, looked up once a theme. @param {HTMLElement} probe */
export function paletteOf(probe) {
  const tone = (/** @type {string} */ name) => colour(probe, `--${name}`);
  const font = getComputedStyle(probe).fontFamily;
  const of = (/** @type {(phase: Phase) => string} */ name) =>
    /** @type {Record<Phase, string>} */ (Object.fromEntries(PHASES.map((phase) => [phase, tone(name(phase))])));
  return {
    solid: of((phase) => phase),
    pale: of((phase) => `${phase}-pale`),
    label: of((phase) => (phase === "build" ? "muted" : phase)),
    flame: tone("forward"),
    name: tone("forward-text"),
    font: `11px ${font}`,
    small: `9px ${font}`,
    marks: {
      hook: tone("hook-line"),
      print: tone("muted"),
      raise: tone("danger"),
      paper: tone("surface"),
      finding: tone("now"),
      text: tone("text"),
      font: `700 10px ${font}`,
    },
  };
}

/** The first segment that reaches beyond an edge. @param {readonly Segment[]} segments @param {number} edge */
function firstAfter(segments, edge) {
  let [low, high] = [0, segments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle].to + 1 <= edge) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** From an edge of the tape to a place on the screen. @param {Stretch} stretch @param {number} width */
export const scale =
  ({ from, to }, width) =>
  (/** @type {number} */ edge) =>
    EDGE + ((edge - from) / (to - from || 1)) * (width - 2 * EDGE);

/** Draws a stretch in its solid or its pale colours. @param {HTMLCanvasElement} canvas @param {Shown} shown @param {Stretch} stretch @param {number} width @param {boolean} solid @param {Palette} palette */
export function drawStrip(canvas, { player, rows, places }, stretch, width, solid, palette) {
  const ratio = devicePixelRatio || 1;
  const size = [Math.round(width * ratio), Math.round(HEIGHT * ratio)];
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, HEIGHT);
  const x = scale(stretch, width);
  drawTrack(pen, player.segments, stretch, x, width, solid, palette);
  const look = { flame: palette.flame, name: palette.name, font: palette.small, solid, width };
  drawFlames(pen, player.tape, rows, stretch, x, look);
  drawMarks(pen, places, stretch, x, solid, palette.marks, TRACK);
}

/** @param {CanvasRenderingContext2D} pen @param {readonly Segment[]} segments @param {Stretch} stretch @param {(edge: number) => number} x @param {number} width @param {boolean} solid @param {Palette} palette */
function drawTrack(pen, segments, stretch, x, width, solid, palette) {
  pen.font = palette.font;
  let labelled = -Infinity;
  let drawn = -Infinity;
  for (let i = firstAfter(segments, stretch.from); i < segments.length && segments[i].from < stretch.to; i += 1) {
    const segment = segments[i];
    const end = x(segment.to + 1);
    if (end < drawn + 0.5) continue;
    const begin = Math.max(x(segment.from), -EDGE);
    const gap = i < segments.length - 1 ? Math.min(3, (end - begin) / 4) : 0;
    const right = Math.min(Math.max(begin + 1, end - gap), width + EDGE);
    drawn = right;
    pen.fillStyle = (solid ? palette.solid : palette.pale)[segment.phase];
    pen.beginPath();
    pen.roundRect(begin, TRACK.top, right - begin, TRACK.height, TRACK.height / 2);
    pen.fill();
    const left = Math.max(begin, EDGE);
    if (left <= labelled || right - left < 6) continue;
    const size = pen.measureText(segment.label).width;
    if ((right - left <= size && right - left <= 24) || left + size > width) continue;
    pen.fillStyle = palette.label[segment.phase];
    pen.fillText(segment.label, left, HEIGHT - 4);
    labelled = left + size + 8;
  }
}
