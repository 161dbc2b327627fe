/** A small transport for the frames of a lab's animation: play, step, scrub; the keys of the player. */

import { computed, html, signal, useEffect } from "../../vendor/preact.js";
import { apply, rewound } from "../deck/transport.js";
import { t } from "../language/index.js";
import { hear } from "../ui/hear.js";
import { Icon } from "../ui/icons.js";
import { reducedMotion } from "../ui/theme.js";

/** @typedef {ReturnType<typeof createTransport>} Transport */
/** @typedef {import("../deck/transport.js").Action} Action */

const SPEEDS = /** @type {const} */ ([0.5, 1, 2, 4, 8]);

/** Frame -1 is before the first. @param {{dwellMs?: number, segments?: () => {from: number, to: number, phase: string, label: string}[]}} [options] */
export function createTransport({ dwellMs = 700, segments = () => [] } = {}) {
  const count = signal(0);
  const position = signal(rewound());
  let timer = 0;

  const reel = () => ({
    count: count.value,
    segments: /** @type {import("../tape/phases.js").Segment[]} */ (/** @type {unknown} */ (segments())),
  });
  /** @param {Action} action */
  const send = (action) => {
    position.value = apply(position.value, action, reel());
    clearTimeout(timer);
    const { playing, speed } = position.value;
    if (playing) timer = window.setTimeout(() => send({ type: "tick" }), Math.max(30, dwellMs / speed));
  };

  return {
    count,
    position,
    at: computed(() => position.value.step),
    send,
    segments,
    /** New frames: it stands at the same frame, or where it is told to. @param {number} frames @param {number} [at] */
    load: (frames, at = position.value.step) => {
      count.value = frames;
      send({ type: "pause" });
      position.value = { ...position.value, step: Math.max(-1, Math.min(frames - 1, at)) };
    },
  };
}

const KEYS = /** @type {Record<string, Action>} */ ({
  " ": { type: "toggle" },
  ArrowRight: { type: "next" },
  ArrowLeft: { type: "back" },
  "Shift+ArrowRight": { type: "skip", by: 10 },
  "Shift+ArrowLeft": { type: "skip", by: -10 },
  Home: { type: "start" },
  End: { type: "end" },
});

/** Whether the key belongs to what has the focus. @param {EventTarget | null} target @param {string} key */
function taken(target, key) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest(".lab-scrub")) return false;
  if (target.closest("input, textarea, select, [contenteditable=true], .cm-editor")) return true;
  if (key === " ") return target.closest("button, a, summary") !== null;
  return target.closest("[role=tablist], [role=grid], [role=radiogroup], [role=slider]") !== null;
}

/** @param {Transport} transport */
function useKeys(transport) {
  useEffect(
    () =>
      hear(document, (event) => {
        const action = KEYS[event.shiftKey ? `Shift+${event.key}` : event.key];
        if (!action || !transport.count.value || taken(event.target, event.key)) return false;
        transport.send(action);
        return true;
      }),
    [transport],
  );
}

/** @param {{name: import("../ui/icons.js").IconName, label: string, off: boolean, act: () => void}} props */
const Control = ({ name, label, off, act }) =>
  html`<button type="button" class="button icon-only" title=${label} aria-label=${label.replace(/ ?[(（].*/, "")} disabled=${off} onClick=${act}><${Icon} name=${name} size=${20} /></button>`;

/** `says`: the present frame in words, also for who cannot see it. @param {{transport: Transport, says: string, label?: string}} props */
export function TransportBar({ transport, says, label = t("Position in the animation") }) {
  useKeys(transport);
  const { step, playing, speed } = transport.position.value;
  const count = transport.count.value;
  const [atStart, atEnd] = [step < 0, step >= count - 1];
  const send = transport.send;
  const still = reducedMotion();
  return html`<section class="lab-transport" aria-label=${t("Controls")}>
    <div class="controls">
      <${Control} name="start" label=${t("To the start (Home)")} off=${atStart} act=${() => send({ type: "start" })} />
      <${Control} name="back" label=${t("Back (←)")} off=${atStart} act=${() => send({ type: "back" })} />
      <button type="button" class=${`lab-play${playing && !still ? " on" : ""}`} title=${playing ? t("Pause (Space)") : atEnd ? t("Play again from the start (Space)") : t("Play (Space)")}
        aria-label=${playing ? t("Pause") : t("Play")} disabled=${!count} onClick=${() => send({ type: "toggle" })}><${Icon} name=${playing ? "pause" : atEnd && count ? "again" : "play"} size=${22} /></button>
      <${Control} name="next" label=${t("Next (→)")} off=${atEnd} act=${() => send({ type: "next" })} />
      <${Control} name="end" label=${t("To the end (End)")} off=${atEnd} act=${() => send({ type: "end" })} />
      <label class="lab-speed"><span class="hidden">${t("Speed")}</span><select title=${t("Speed")} value=${speed}
        onChange=${(/** @type {Event} */ event) => send({ type: "speed", speed: Number(/** @type {HTMLSelectElement} */ (event.target).value) })}>
        ${SPEEDS.map((each) => html`<option key=${each} value=${each} selected=${each === speed}>${`${each}×`}</option>`)}</select></label>
    </div>
    <${Scrub} transport=${transport} says=${says} label=${label} />
    <p class="lab-says" role="status" aria-live=${playing ? "off" : "polite"}>${says}</p>
  </section>`;
}

/** @param {{transport: Transport, says: string, label: string}} props */
function Scrub({ transport, says, label }) {
  const { step } = transport.position.value;
  const count = transport.count.value;
  const parts = transport.segments();
  const share = (/** @type {number} */ at) => `${(100 * (at + 1)) / Math.max(1, count)}%`;
  return html`<div class="lab-scrub">
    <div class="lab-track" aria-hidden="true">
      ${(parts.length ? parts : [{ from: 0, to: count - 1, phase: "forward", label: "" }]).map(
        (part) =>
          html`<span key=${part.from} class=${`lab-part ${part.phase}`} style=${{ left: share(part.from - 1), width: `${(100 * (part.to - part.from + 1)) / Math.max(1, count)}%` }}>
            <i style=${{ width: `${Math.max(0, Math.min(100, (100 * (step - part.from + 1)) / (part.to - part.from + 1)))}%` }}></i><em>${part.label}</em></span>`,
      )}
    </div>
    <input type="range" min="-1" max=${Math.max(-1, count - 1)} step="1" value=${step} disabled=${!count} aria-label=${label} aria-valuetext=${says}
      onInput=${(/** @type {Event} */ event) => transport.send({ type: "seek", step: Number(/** @type {HTMLInputElement} */ (event.target).value) })} />
  </div>`;
}
