/** The scrubber: the whole tape on one line — phases in colour, module calls as a flame strip, hooks, breakpoints, prints, findings, the end. */

import { html, useEffect, useMemo, useRef, useState } from "../../vendor/preact.js";
import { reasonOf } from "../deck/breakpoints.js";
import { markNear, marksOf } from "../deck/marks.js";
import { narrate } from "../tape/narrate.js";
import { onThemeChange } from "../ui/theme.js";
import { EDGE, TRACK, flames, strip } from "./scrubber_strip.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {{step: number, says: string | null}} Place */

const REACH = 6;
const TIP = 260;

/** @param {{model: Model}} props */
export function Scrubber({ model }) {
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const strips = useRef(/** @type {{width: number, done: HTMLCanvasElement, todo: HTMLCanvasElement} | null} */ (null));
  const [hover, setHover] = useState(/** @type {Place | null} */ (null));
  const [width, setWidth] = useState(0);
  const [, repaint] = useState(0);
  const player = model.player.value;
  const step = model.step.value;
  const count = player?.tape.events.length ?? 0;
  const stops = model.stops.value;
  const marks = useMemo(
    () => marksOf(player?.tape.events ?? [], model.findings.value, stops),
    [player, model.findings.value, stops],
  );
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
      strips.current = {
        width,
        done: strip(player, width, true, host.current, calls, marks),
        todo: strip(player, width, false, host.current, calls, marks),
      };
      repaint((n) => n + 1);
    };
    return onThemeChange(build);
  }, [player, width, marks]);
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
    if (cut < board.width)
      pen.drawImage(ready.todo, cut, 0, board.width - cut, board.height, cut, 0, board.width - cut, board.height);
  });

  /** The step under the pointer; a mark is easier to hit than it is wide. @param {MouseEvent} event @param {boolean} [dragging] @returns {Place} */
  const under = (event, dragging = false) => {
    const box = /** @type {HTMLElement} */ (host.current).getBoundingClientRect();
    const inner = Math.max(1, box.width - 2 * EDGE);
    const at = ((event.clientX - box.left - EDGE) / inner) * count - 1;
    const mark = dragging ? null : markNear(marks, at, (REACH / inner) * count);
    return mark ?? { step: Math.max(-1, Math.min(count - 1, Math.round(at))), says: null };
  };
  /** @param {PointerEvent} event */
  const grab = (event) => {
    if (event.button !== 0) return;
    host.current?.setPointerCapture(event.pointerId);
    model.deck({ type: "seek", step: under(event).step });
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (!player) return;
    const dragging = (event.buttons & 1) === 1;
    setHover(under(event, dragging));
    if (dragging && Math.abs(event.movementX) > 0) model.deck({ type: "seek", step: under(event, true).step });
  };
  const words = player ? narrate(player.history, step) : "No tape";
  const stop = hover === null ? null : model.stopAt(hover.step);
  const hoverX = hover === null ? 0 : EDGE + ((hover.step + 1) / (count || 1)) * (width - 2 * EDGE);
  return html`<div class=${`scrubber ${model.segment.value?.phase ?? ""}`} ref=${host} role="slider" tabindex="0" aria-label="Position on the tape" aria-valuemin="0"
    aria-valuemax=${count} aria-valuenow=${step + 1} aria-valuetext=${`Step ${step + 1} of ${count}. ${words}`} aria-disabled=${!player}
    onPointerDown=${grab} onPointerMove=${move} onPointerLeave=${() => setHover(null)}>
    <canvas ref=${canvas} aria-hidden="true"></canvas>
    ${player && html`<span class="thumb" style=${{ transform: `translate(${x}px, ${TRACK.top + TRACK.height / 2}px)` }}></span>`}
    ${player && hover !== null && html`<div class="tip" style=${{ left: `${Math.max(4, Math.min(width - TIP - 4, hoverX - TIP / 2))}px` }}><b>${`step ${hover.step + 1}`}</b> ${narrate(player.history, hover.step)}${hover.says && html`<p class="found">${hover.says}</p>`}${stop && html`<p class="stop-here">Breakpoint: ${reasonOf(player.tape, stop)}</p>`}</div>`}
  </div>`;
}
