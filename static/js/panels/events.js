/** The event list: everything that happened, one sentence each; only the rows on screen exist. */

import { html, useEffect, useMemo, useRef, useState } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { grouped } from "../tape/grouped.js";
import { narrate, sentence } from "../tape/narrate.js";
import { segmentAt } from "../tape/phases.js";
import { lastAt } from "../tape/state.js";
import { Say } from "../ui/say.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("../ui/model.js").Player} Player */

const ROW = 40;
/** What stands beside a sentence, and what a letter of it takes on average, in px. */
const [BESIDE, LETTER] = [60, 6.9];
const GROUPS = /** @type {Record<string, string[] | null>} */ ({
  "all events": null,
  ops: ["op"],
  gradients: ["contribution", "node_enter", "node_exit", "accumulate", "retain", "tangent"],
  hooks: ["hook_add", "hook_fire", "hook_remove"],
  calls: ["call_enter", "call_exit"],
  updates: ["optimizer_step", "param_update", "grad_zero"],
  modes: ["mode"],
  output: ["print", "warning", "raise"],
});

const GROUP_WORDS = /** @type {Record<string, string>} */ ({
  "all events": t("all events"),
  ops: t("ops"),
  gradients: t("gradients"),
  hooks: t("hooks"),
  calls: t("calls"),
  updates: t("updates"),
  modes: t("modes"),
  output: t("output"),
});

/** The steps that a filter lets through. @param {Player} player @param {string} group @param {string} words */
function filtered({ tape, history }, group, words) {
  const kinds = GROUPS[group];
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const steps = [];
  for (let step = 0; step < tape.events.length; step += 1) {
    const { kind } = tape.events[step];
    if (kinds && !kinds.includes(kind)) continue;
    if (wanted.length) {
      const text = `${kind} ${narrate(history, step)}`.toLowerCase();
      if (!wanted.every((word) => text.includes(word))) continue;
    }
    steps.push(step);
  }
  return steps;
}

/** @param {{model: Model, heading: unknown}} props */
export function Events({ model, heading }) {
  const list = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [group, setGroup] = useState("all events");
  const [words, setWords] = useState("");
  const [view, setView] = useState({ top: 0, height: 300, width: 350 });
  const player = model.player.value;
  const step = model.step.value;
  const steps = useMemo(() => (player ? filtered(player, group, words) : []), [player, group, words]);
  const here = lastAt(steps, step);

  useEffect(() => {
    const box = list.current;
    if (!box) return undefined;
    const watcher = new ResizeObserver(() =>
      setView({ top: box.scrollTop, height: box.clientHeight, width: box.clientWidth }),
    );
    watcher.observe(box);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => {
    const box = list.current;
    if (!box || here < 0) return;
    const top = here * ROW;
    if (top < box.scrollTop + ROW || top + 2 * ROW > box.scrollTop + box.clientHeight)
      box.scrollTop = Math.max(0, top - box.clientHeight / 2 + ROW / 2);
  }, [here, player, group, words]);

  const room = Math.floor((2 * (view.width - BESIDE)) / LETTER);
  const first = Math.max(0, Math.floor(view.top / ROW) - 4);
  const rows = steps.slice(first, first + Math.ceil(view.height / ROW) + 9);
  return html`
    <header class="pane-head">
      ${heading}
      <select class="small" aria-label=${t("Kind of event")} value=${group} onChange=${(/** @type {Event} */ event) => setGroup(/** @type {HTMLSelectElement} */ (event.target).value)}>
        ${Object.keys(GROUPS).map((name) => html`<option key=${name} value=${name}>${GROUP_WORDS[name]}</option>`)}</select>
      <input class="small" type="search" placeholder=${t("Filter")} aria-label=${t("Filter events by text")} value=${words} onInput=${(/** @type {Event} */ event) => setWords(/** @type {HTMLInputElement} */ (event.target).value)} />
      <span class="muted">${player ? grouped(steps.length) : ""}</span>
    </header>
    <div class="events" ref=${list} role=${steps.length ? "list" : "group"} tabindex="0" aria-label=${t("Events")}
      onScroll=${(/** @type {Event} */ event) => setView({ top: /** @type {HTMLElement} */ (event.target).scrollTop, height: view.height, width: view.width })}>
      <div class="events-all" style=${{ height: `${steps.length * ROW}px` }}>
        ${
          player &&
          rows.map(
            (
              each,
              i,
            ) => html`<div key=${each} role="listitem" class="event-place" style=${{ transform: `translateY(${(first + i) * ROW}px)` }}>
          <button type="button" class=${`event ${segmentAt(player.segments, each)?.phase} ${player.tape.events[each].kind}${each > step ? " later" : ""}`} title=${narrate(player.history, each)} aria-current=${each === step ? "step" : undefined}
            onClick=${() => model.deck({ type: "seek", step: each })}><span class="event-step">${each + 1}</span><${Say} parts=${sentence(player.history, each, { room })} /></button></div>`,
          )
        }
      </div>
      ${!steps.length && html`<p class="empty">${player ? t("No event matches.") : t("What happened, step by step, appears here.")}</p>`}
    </div>`;
}
