/** The transport: every way to move along the tape, and the current event in words. */

import { html } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { reasonOf } from "../deck/breakpoints.js";
import { SPEEDS } from "../deck/transport.js";
import { narrate, sentence } from "../tape/narrate.js";
import { Icon } from "../ui/icons.js";
import { Say } from "../ui/say.js";
import { MemoryLine } from "./memory.js";
import { Scrubber } from "./scrubber.js";

/** @typedef {import("../ui/model.js").Model} Model */

/** Letters that two lines hold where they are shortest: beside the scrubber, and on a phone. */
const ROOM = 74;

/** @param {{name: import("../ui/icons.js").IconName, label: string, off: boolean, act: () => void, size?: number, pressed?: boolean}} props `label`: with its key in brackets */
function Control({ name, label, off, act, size = 20, pressed }) {
  return html`<button type="button" class="button icon-only" title=${label} aria-label=${label.replace(/\s?[(（].*/, "")} aria-pressed=${pressed}
    disabled=${off} onClick=${act}><${Icon} name=${name} size=${size} /></button>`;
}

/** Playing, and the jumps of any player. @param {{model: Model}} props */
function Playing({ model }) {
  const player = model.player.value;
  const { step, playing, direction, speed } = model.position.value;
  const count = player?.tape.events.length ?? 0;
  const over = count > 0 && step >= count - 1;
  const [atStart, atEnd] = [!player || step <= -1, !player || step >= count - 1];
  const backwards = playing && direction === -1;
  /** @param {"start" | "previousPhase" | "back" | "next" | "nextPhase" | "end"} type @param {string} label @param {boolean} off */
  const button = (type, label, off) =>
    html`<${Control} name=${type} label=${label} off=${off} act=${() => model.deck({ type })} />`;
  return html`<div class="controls" role="group" aria-label=${t("Controls")}>
      ${button("start", t("To the start (Home)"), atStart)}
      ${button("previousPhase", t("Previous phase ([)"), atStart)}
      ${button("back", t("Back (←)"), atStart)}
      <span class="reverse"><${Control} name="playBack" label=${t("Play backwards (R)")} off=${!player || count === 0} pressed=${backwards} size=${18} act=${() => model.deck({ type: "toggleBack" })} /></span>
      <button type="button" class=${`play${playing ? " on" : ""}`} title=${playing ? t("Pause (Space)") : over ? t("Play again from the start (Space)") : t("Play (Space)")} aria-label=${playing ? t("Pause") : t("Play")} disabled=${!player}
        onClick=${() => model.deck({ type: "toggle" })}><${Icon} name=${playing ? "pause" : over ? "again" : "play"} size=${22} /></button>
      ${button("next", t("Next (→)"), atEnd)}
      ${button("nextPhase", t("Next phase (])"), atEnd)}
      ${button("end", t("To the end (End)"), atEnd)}
      <label class="speed"><span class="hidden">${t("Speed")}</span><select title=${t("Speed")} value=${speed}
        onChange=${(/** @type {Event} */ event) => model.deck({ type: "speed", speed: Number(/** @type {HTMLSelectElement} */ (event.target).value) })}>
        ${SPEEDS.map((each) => html`<option key=${each} value=${each} selected=${each === speed}>${`${each}×`}</option>`)}</select></label>
    </div>`;
}

/** Stepping as in a debugger, and breakpoints: what leads back stands on the left, what leads on on the right. @param {{model: Model, toggle: () => void, shown: boolean}} props */
function Stepping({ model, toggle, shown }) {
  const player = model.player.value;
  const step = model.step.value;
  const [atStart, atEnd] = [!player || step <= -1, !player || step >= player.tape.events.length - 1];
  const set = model.breakpoints.value;
  const on = set.filter((each) => each.on).length;
  const says = set.length
    ? t("Breakpoints, {on} of {all} on (Shift B)", { on, all: set.length })
    : t("Breakpoints (Shift B)");
  return html`<div class="controls stepping" role="group" aria-label=${t("Stepping")}>
      <${Control} name="previousBreakpoint" label=${t("Previous breakpoint (P)")} off=${model.nextStop(step, -1) === null} act=${() => model.runToStop(-1)} />
      <${Control} name="outBack" label=${t("Back out (Shift U)")} off=${atStart} act=${() => model.stepBy("outBack")} />
      <${Control} name="overBack" label=${t("Back over (Shift O)")} off=${atStart} act=${() => model.stepBy("overBack")} />
      <button type="button" class=${`button small breaks${on ? " some" : ""}`} title=${says} aria-label=${says.replace(/\s?[(（].*/, "")} aria-expanded=${shown} onClick=${toggle}><${Icon} name="breakpoint" size=${15} /><b>${set.length}</b></button>
      <${Control} name="over" label=${t("Step over (O)")} off=${atEnd} act=${() => model.stepBy("over")} />
      <${Control} name="out" label=${t("Step out (U)")} off=${atEnd} act=${() => model.stepBy("out")} />
      <${Control} name="nextBreakpoint" label=${t("Next breakpoint (N)")} off=${model.nextStop(step, 1) === null} act=${() => model.runToStop(1)} />
    </div>`;
}

/** The breakpoint that the tape stands at, and whether it stopped the tape or somebody came by. @param {Model} model */
export function whyStopped(model) {
  const player = model.player.value;
  const { step, playing } = model.position.value;
  const stop = player && !playing ? model.stopAt(step) : null;
  return player && stop ? { stopped: model.halted.value === step, reason: reasonOf(player.tape, stop) } : null;
}

/** @param {NonNullable<ReturnType<typeof whyStopped>>} why */
export const sayWhy = ({ stopped, reason }) =>
  stopped ? t("Stopped at a breakpoint: {reason}", { reason }) : t("At a breakpoint: {reason}", { reason });

/** @param {{model: Model, breakpoints: {toggle: () => void, shown: boolean}}} props */
export function Transport({ model, breakpoints }) {
  const player = model.player.value;
  const step = model.step.value;
  const length = player?.tape.events.length ?? 0;
  const why = whyStopped(model);
  return html`<footer class="transport" aria-label=${t("Transport")}>
    <div class="decks"><${Playing} model=${model} /><${Stepping} model=${model} toggle=${breakpoints.toggle} shown=${breakpoints.shown} /></div>
    <${Scrubber} model=${model} />
    <div class="now">
      ${why && html`<p class="now-why" title=${sayWhy(why)}><${Icon} name="breakpoint" size=${13} /><span>${why.stopped ? t("Stopped: ") : t("Breakpoint: ")}${why.reason}</span></p>`}
      <p class="now-words" title=${player && step >= 0 ? narrate(player.history, step) : undefined}>${player ? html`<${Say} parts=${step < 0 ? [t("Press play, or step with the arrow keys.")] : sentence(player.history, step, { room: ROOM })} />` : t("No tape yet")}</p>
      <div class="now-step"><span>${player ? html`${t("step")} <b>${step + 1}</b> / ${length}` : ""}</span><${MemoryLine} model=${model} /></div>
    </div>
  </footer>`;
}
