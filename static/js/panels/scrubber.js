/** The scrubber: the tape on one line, or a part of it — phases in colour, module calls as a flame strip, hooks, breakpoints, prints, findings, the end. */

import { html, useEffect, useMemo, useRef, useState } from "../../vendor/preact.js";
import { reasonOf } from "../deck/breakpoints.js";
import { between } from "../deck/clusters.js";
import { markNear, marksOf } from "../deck/marks.js";
import { following, whole } from "../deck/window.js";
import { count, t } from "../language/index.js";
import { narrate } from "../tape/narrate.js";
import { onThemeChange } from "../ui/theme.js";
import { narrowTape, showStretch, stretchOf, tapeWindow, zoomTape } from "../ui/tape_window.js";
import { flameRows } from "./scrubber_flames.js";
import { Gestures } from "./scrubber_gestures.js";
import { placesOf } from "./scrubber_marks.js";
import { Overview } from "./scrubber_overview.js";
import { TRACK, drawStrip, paletteOf, scale } from "./scrubber_strip.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("../deck/window.js").Stretch} Stretch */
/** @typedef {{step: number, says: string | null, hooks: number}} Place `hooks`: that stand too close together to be told apart */
/** @typedef {{of: unknown[], done: HTMLCanvasElement, todo: HTMLCanvasElement}} Strips */

const REACH = 6;
const CROWD = 9;
const TIP = 260;
/** Shorter tapes can be seen whole on any screen. */
const LONG = 40;

/** @param {{model: Model}} props */
export function Scrubber({ model }) {
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [width, setWidth] = useState(0);
  const player = model.player.value;
  const step = model.step.value;
  const count = player?.tape.events.length ?? 0;
  const stretch = stretchOf(count);
  const stops = model.stops.value;
  const marks = useMemo(
    () => marksOf(player?.tape.events ?? [], model.findings.value, stops),
    [player, model.findings.value, stops],
  );
  const shown = useMemo(
    () => player && { player, rows: flameRows(player.tape), places: placesOf(marks) },
    [player, marks],
  );
  const x = scale(stretch, width);
  const canvas = useStrips(host, shown, stretch, width, x(step + 1));
  const { hover, handlers } = usePointer(model, host, marks, shown?.places.hook ?? []);

  useEffect(() => {
    if (!host.current) return undefined;
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.round(entry.contentRect.width)));
    watcher.observe(host.current);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => () => (tapeWindow.value = null), [player]);
  useEffect(() => {
    if (tapeWindow.value) showStretch(following(tapeWindow.value, count, step + 1), count);
  }, [step]);

  const words = player ? narrate(player.history, step) : t("No tape");
  const place = x(step + 1);
  return html`<div class="tape-strip">
    <div id="tape-scrubber" class=${`scrubber ${model.segment.value?.phase ?? ""}${tapeWindow.value ? " zoomed" : ""}`} ref=${host} role="slider" tabindex="0" aria-label=${t("Position on the tape")} aria-valuemin="0"
      aria-valuemax=${count} aria-valuenow=${step + 1} aria-valuetext=${`${t("Step {n} of {all}.", { n: step + 1, all: count })} ${words}`} aria-disabled=${!player} ...${handlers}>
      <canvas ref=${canvas} aria-hidden="true"></canvas>
      ${player && place >= -2 && place <= width + 2 && html`<span class="thumb" style=${{ transform: `translate(${place}px, ${TRACK.top + TRACK.height / 2}px)` }}></span>`}
      ${player && hover && html`<${Tip} model=${model} player=${player} place=${hover} left=${Math.max(4, Math.min(width - TIP - 4, x(hover.step + 1) - TIP / 2))} />`}
    </div>
    ${count >= LONG && html`<${Zooms} model=${model} />`}
    ${player && tapeWindow.value && html`<${Overview} player=${player} stretch=${stretch} step=${step} width=${width} />`}
  </div>`;
}

/** @param {{model: Model, player: import("../ui/model.js").Player, place: Place, left: number}} props */
function Tip({ model, player, place, left }) {
  const stop = model.stopAt(place.step);
  return html`<div class="tip" style=${{ left: `${left}px` }}><b>${t("step {n}", { n: place.step + 1 })}</b> ${narrate(player.history, place.step)}${place.says && html`<p class="found">${place.says}</p>`}${
    place.hooks > 1 &&
    html`<p class="crowd">${count("{n} hook call here; the wheel zooms in", "{n} hook calls here; the wheel zooms in", place.hooks)}</p>`
  }${stop && html`<p class="stop-here">${t("Breakpoint: ")}${reasonOf(player.tape, stop)}</p>`}</div>`;
}

/** @param {{model: Model}} props */
function Zooms({ model }) {
  const part = tapeWindow.value !== null;
  /** @param {string} sign @param {string} says @param {string} key @param {() => void} act @param {boolean} [off] */
  const button = (sign, says, key, act, off = false) =>
    html`<button type="button" title=${`${says} (${key})`} aria-label=${says} disabled=${off} onClick=${act}>${sign}</button>`;
  return html`<div class="zooms" role="group" aria-label=${t("Zoom of the tape")}>
    ${button("+", t("Zoom in"), "X", () => zoomTape(model, 1 / 2))}
    ${button("−", t("Zoom out"), "Shift X", () => zoomTape(model, 2), !part)}
    ${button("↔", t("This iteration, this phase, the whole tape"), "W", () => narrowTape(model))}
  </div>`;
}

/** The strip, solid up to where the tape stands and pale from there on: drawn anew where what is shown has changed, put together at every step.
 * @param {{current: HTMLDivElement | null}} host @param {import("./scrubber_strip.js").Shown | null} shown @param {Stretch} stretch @param {number} width @param {number} place */
function useStrips(host, shown, stretch, width, place) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const strips = useRef(/** @type {Strips | null} */ (null));
  const palette = useRef(/** @type {import("./scrubber_strip.js").Palette | null} */ (null));
  const [theme, setTheme] = useState(0);
  useEffect(
    () =>
      onThemeChange(() => {
        palette.current = null;
        setTheme((n) => n + 1);
      }),
    [],
  );
  useEffect(() => {
    const board = canvas.current;
    const pen = board?.getContext("2d");
    if (!board || !pen || !shown || !host.current || width < 40) return;
    palette.current ??= paletteOf(host.current);
    const of = [shown, stretch.from, stretch.to, width, theme];
    const ready = (strips.current ??= {
      of: [],
      done: document.createElement("canvas"),
      todo: document.createElement("canvas"),
    });
    if (of.some((each, i) => each !== ready.of[i])) {
      drawStrip(ready.done, shown, stretch, width, true, palette.current);
      drawStrip(ready.todo, shown, stretch, width, false, palette.current);
      ready.of = of;
    }
    if (board.width !== ready.done.width || board.height !== ready.done.height)
      [board.width, board.height] = [ready.done.width, ready.done.height];
    const cut = Math.max(0, Math.min(board.width, Math.round((place / width) * board.width)));
    const { width: all, height } = board;
    pen.clearRect(0, 0, all, height);
    if (cut > 0) pen.drawImage(ready.done, 0, 0, cut, height, 0, 0, cut, height);
    if (cut < all) pen.drawImage(ready.todo, cut, 0, all - cut, height, cut, 0, all - cut, height);
  });
  return canvas;
}

/** What the pointer is over, and what it does. @param {Model} model @param {{current: HTMLDivElement | null}} host @param {readonly import("../deck/marks.js").Mark[]} marks @param {readonly number[]} hooks */
function usePointer(model, host, marks, hooks) {
  const [hover, setHover] = useState(/** @type {Place | null} */ (null));
  const count = () => model.player.value?.tape.events.length ?? 0;
  /** The step that an edge means; a mark is easier to hit than it is wide. @param {number} edge @param {number} reach @param {boolean} dragging @returns {Place} */
  const placeAt = (edge, reach, dragging) => {
    const mark = dragging ? null : markNear(marksNow.current, edge - 1, reach);
    const step = mark?.step ?? Math.max(-1, Math.min(count() - 1, Math.round(edge - 1)));
    const crowd = (reach / REACH) * CROWD;
    const near = mark?.kind === "hook" ? between(hooksNow.current, step - crowd, step + crowd).length : 0;
    return { step, says: mark?.says ?? null, hooks: near };
  };
  const marksNow = useRef(marks);
  const hooksNow = useRef(hooks);
  [marksNow.current, hooksNow.current] = [marks, hooks];
  const gestures = useMemo(
    () =>
      new Gestures({
        box: () => /** @type {HTMLElement} */ (host.current).getBoundingClientRect(),
        stretch: () => stretchOf(count()),
        count,
        show: (next) => showStretch(next, count()),
        seek: (edge, { dragging, reach }) => model.deck({ type: "seek", step: placeAt(edge, reach, dragging).step }),
      }),
    [model],
  );
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (!model.player.value) return;
    const dragging = gestures.move(event);
    setHover(
      gestures.now && gestures.now.kind !== "scrub"
        ? null
        : placeAt(gestures.edgeAt(event.clientX), REACH * gestures.grain, dragging),
    );
  };
  const handlers = {
    onPointerDown: (/** @type {PointerEvent} */ event) => model.player.value && gestures.down(event),
    onPointerMove: move,
    onPointerUp: (/** @type {PointerEvent} */ event) => gestures.up(event),
    onPointerCancel: (/** @type {PointerEvent} */ event) => gestures.up(event),
    onPointerLeave: () => setHover(null),
    onWheel: (/** @type {WheelEvent} */ event) => {
      if (!model.player.value) return;
      gestures.wheel(event);
      setHover(null);
    },
    onDblClick: () => showStretch(whole(count()), count()),
  };
  return { hover, handlers };
}
