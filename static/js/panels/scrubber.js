/** The scrubber: the whole tape on one line — phases in colour, module calls as a flame strip, hooks, prints, the end. */

import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { narrate } from "../tape/narrate.js";
import { colour, onThemeChange } from "../ui/theme.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("../ui/model.js").Player} Player */
/** @typedef {{from: number, to: number, depth: number}} Flame */

const EDGE = 10;
const TRACK = { top: 27, height: 8 };
const FLAME = { bottom: 24, height: 3, rows: 6 };
const HEIGHT = 54;
const TONES = /** @type {const} */ ({ build: "--build", forward: "--forward", backward: "--backward", update: "--update" });

/** Module calls as stretches of steps. @param {Player} player @returns {Flame[]} */
function flames({ tape }) {
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

/** Draws the whole strip in its solid or its pale colours. @param {Player} player @param {number} width @param {boolean} solid @param {HTMLElement} probe @param {Flame[]} calls */
function strip(player, width, solid, probe, calls) {
  const ratio = devicePixelRatio || 1;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(HEIGHT * ratio);
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.scale(ratio, ratio);
  const count = player.tape.events.length || 1;
  /** @param {number} edge the border before step `edge` */
  const x = (edge) => EDGE + (edge / count) * (width - 2 * EDGE);
  const tone = (/** @type {keyof typeof TONES} */ phase) => colour(probe, solid ? TONES[phase] : `${TONES[phase]}-pale`);
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
    pen.fillRect(x(from), FLAME.bottom - (depth + 1) * (FLAME.height + 1), Math.max(1, x(to + 1) - x(from) - 1), FLAME.height);
  }
  pen.globalAlpha = 1;
  marks(pen, player, x, solid, probe);
  return canvas;
}

/** Hook firings as diamonds, prints as ticks below, a raise as a cross. @param {CanvasRenderingContext2D} pen @param {Player} player @param {(edge: number) => number} x @param {boolean} solid @param {HTMLElement} probe */
function marks(pen, { tape }, x, solid, probe) {
  const tones = { hook: colour(probe, "--hook-line"), print: colour(probe, "--muted"), raise: colour(probe, "--danger"), paper: colour(probe, "--surface") };
  const middle = TRACK.top + TRACK.height / 2;
  let lastHook = -Infinity;
  tape.events.forEach((event, step) => {
    const at = x(step + 1);
    if (event.kind === "hook_fire" && at - lastHook >= 3) {
      lastHook = at;
      pen.globalAlpha = solid ? 1 : 0.55;
      pen.fillStyle = tones.hook;
      pen.strokeStyle = tones.paper;
      pen.beginPath();
      pen.moveTo(at, middle - 6);
      pen.lineTo(at + 5, middle);
      pen.lineTo(at, middle + 6);
      pen.lineTo(at - 5, middle);
      pen.closePath();
      pen.fill();
      pen.stroke();
    } else if (event.kind === "print" || event.kind === "warning") {
      pen.globalAlpha = solid ? 1 : 0.5;
      pen.fillStyle = tones.print;
      pen.fillRect(at - 1, TRACK.top + TRACK.height + 1, 2, 4);
    } else if (event.kind === "raise") {
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
    }
  });
  pen.globalAlpha = 1;
}

/** @param {{model: Model}} props */
export function Scrubber({ model }) {
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const strips = useRef(/** @type {{width: number, done: HTMLCanvasElement, todo: HTMLCanvasElement} | null} */ (null));
  const [hover, setHover] = useState(/** @type {number | null} */ (null));
  const [width, setWidth] = useState(0);
  const [, repaint] = useState(0);
  const player = model.player.value;
  const step = model.step.value;
  const count = player?.tape.events.length ?? 0;
  const x = EDGE + ((step + 1) / (count || 1)) * (width - 2 * EDGE);

  useEffect(() => {
    if (!host.current) return undefined;
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.round(entry.contentRect.width)));
    watcher.observe(host.current);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => {
    const build = () => {
      if (!player || !host.current || width < 40) return;
      const calls = flames(player);
      strips.current = { width, done: strip(player, width, true, host.current, calls), todo: strip(player, width, false, host.current, calls) };
      repaint((n) => n + 1);
    };
    return onThemeChange(build);
  }, [player, width]);
  useEffect(() => {
    const ready = strips.current;
    const board = canvas.current;
    const pen = board?.getContext("2d");
    if (!board || !pen || !ready || !player || ready.width !== width) return;
    if (board.width !== ready.done.width || board.height !== ready.done.height) {
      board.width = ready.done.width;
      board.height = ready.done.height;
    }
    const cut = Math.round((x / width) * board.width);
    pen.clearRect(0, 0, board.width, board.height);
    if (cut > 0) pen.drawImage(ready.done, 0, 0, cut, board.height, 0, 0, cut, board.height);
    if (cut < board.width) pen.drawImage(ready.todo, cut, 0, board.width - cut, board.height, cut, 0, board.width - cut, board.height);
  });

  /** @param {MouseEvent} event the step under the pointer */
  const under = (event) => {
    const box = /** @type {HTMLElement} */ (host.current).getBoundingClientRect();
    const share = (event.clientX - box.left - EDGE) / Math.max(1, box.width - 2 * EDGE);
    return Math.max(-1, Math.min(count - 1, Math.round(share * count) - 1));
  };
  /** @param {PointerEvent} event */
  const grab = (event) => {
    host.current?.setPointerCapture(event.pointerId);
    model.deck({ type: "seek", step: under(event) });
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (!player) return;
    setHover(under(event));
    if (event.buttons & 1) model.deck({ type: "seek", step: under(event) });
  };
  const words = player ? narrate(player.history, step) : "No tape";
  const hoverX = hover === null ? 0 : EDGE + ((hover + 1) / (count || 1)) * (width - 2 * EDGE);
  return html`<div class=${`scrubber ${model.segment.value?.phase ?? ""}`} ref=${host} role="slider" tabindex="0" aria-label="Position on the tape" aria-valuemin="0"
    aria-valuemax=${count} aria-valuenow=${step + 1} aria-valuetext=${`Step ${step + 1} of ${count}. ${words}`} aria-disabled=${!player}
    onPointerDown=${grab} onPointerMove=${move} onPointerLeave=${() => setHover(null)}>
    <canvas ref=${canvas} aria-hidden="true"></canvas>
    ${player && html`<span class="thumb" style=${{ transform: `translate(${x}px, ${TRACK.top + TRACK.height / 2}px)` }}></span>`}
    ${player && hover !== null && html`<div class="tip" style=${{ left: `${Math.max(4, Math.min(width - 264, hoverX - 130))}px` }}><b>${`step ${hover + 1}`}</b> ${narrate(player.history, hover)}</div>`}
  </div>`;
}
