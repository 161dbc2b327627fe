/** The whole tape in small, while the scrubber shows a part of it: the part can be dragged along, or moved with the arrow keys. */

import { html } from "../../vendor/preact.js";
import { panned } from "../deck/window.js";
import { t } from "../language/index.js";
import { grouped } from "../tape/grouped.js";
import { usePainted } from "../ui/canvas.js";
import { showStretch } from "../ui/tape_window.js";
import { paletteOf } from "./scrubber_strip.js";

/** @typedef {import("../ui/model.js").Player} Player */
/** @typedef {import("../deck/window.js").Stretch} Stretch */

const HEIGHT = 8;

/** @param {{player: Player, stretch: Stretch, step: number, width: number}} props */
export function Overview({ player, stretch, step, width }) {
  const count = player.tape.events.length;
  const canvas = usePainted(
    (pen, board) => {
      const palette = paletteOf(board);
      board.width = Math.round(width * (devicePixelRatio || 1));
      board.height = Math.round(HEIGHT * (devicePixelRatio || 1));
      for (const { phase, from, to } of player.segments) {
        pen.fillStyle = palette.solid[phase];
        pen.fillRect(
          (from / count) * board.width,
          0,
          Math.max(0.5, ((to + 1 - from) / count) * board.width),
          board.height,
        );
      }
    },
    [player, width],
  );
  const share = (/** @type {number} */ edge) => `${(edge / count) * 100}%`;
  /** @param {number} by */
  const move = (by) => showStretch(panned(stretch, count, by), count);
  /** @param {PointerEvent} event */
  const grab = (event) => {
    const bar = /** @type {HTMLElement} */ (event.currentTarget);
    const box = bar.getBoundingClientRect();
    const at = (/** @type {PointerEvent} */ { clientX }) => ((clientX - box.left) / box.width) * count;
    const start = at(event);
    const inside = start >= stretch.from && start <= stretch.to;
    const held = inside ? stretch : panned(stretch, count, start - (stretch.from + stretch.to) / 2);
    showStretch(held, count);
    bar.setPointerCapture(event.pointerId);
    bar.onpointermove = (each) => showStretch(panned(held, count, at(each) - start), count);
    bar.onpointerup = bar.onpointercancel = () => (bar.onpointermove = null);
  };
  /** @param {KeyboardEvent} event */
  const push = (event) => {
    const length = stretch.to - stretch.from;
    const by = {
      ArrowLeft: -length / 10,
      ArrowRight: length / 10,
      PageUp: -length,
      PageDown: length,
      Home: -count,
      End: count,
    }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(by);
  };
  const [first, last] = [Math.floor(stretch.from) + 1, Math.min(count, Math.ceil(stretch.to))];
  const says = t("steps {first} to {last} of {count}", {
    first: grouped(first),
    last: grouped(last),
    count: grouped(count),
  });
  return html`<div class="overview">
    <div class="overview-bar" role="scrollbar" tabindex="0" aria-label=${t("Part of the tape that is shown")} aria-controls="tape-scrubber" aria-orientation="horizontal"
      aria-valuemin="1" aria-valuemax=${count} aria-valuenow=${first} aria-valuetext=${says} onPointerDown=${grab} onKeyDown=${push}>
      <canvas ref=${canvas} aria-hidden="true"></canvas>
      <span class="overview-part" style=${{ left: share(stretch.from), width: share(stretch.to - stretch.from) }}></span>
      <span class="overview-now" style=${{ left: share(step + 1) }}></span>
    </div>
    <span class="overview-says">${says}</span>
  </div>`;
}
