/** The transport: every way to move along the tape, and the current event in words. */

import { html } from "../../vendor/preact.js";
import { SPEEDS } from "../deck/transport.js";
import { narrate, sentence } from "../tape/narrate.js";
import { Icon } from "../ui/icons.js";
import { Say } from "../ui/say.js";
import { MemoryLine } from "./memory.js";
import { Scrubber } from "./scrubber.js";

/** @typedef {import("../ui/model.js").Model} Model */

/** Letters that two lines hold where they are shortest: beside the scrubber, and on a phone. */
const ROOM = 74;

/** @param {{model: Model}} props */
export function Transport({ model }) {
  const player = model.player.value;
  const { step, playing, speed } = model.position.value;
  const count = player?.tape.events.length ?? 0;
  const over = count > 0 && step >= count - 1;
  /** @param {"start" | "previousPhase" | "back" | "next" | "nextPhase" | "end"} type @param {string} label @param {boolean} there */
  const button = (
    type,
    label,
    there,
  ) => html`<button type="button" class="button icon-only" title=${label} aria-label=${label.replace(/ \(.*/, "")}
    disabled=${!player || there} onClick=${() => model.deck({ type })}><${Icon} name=${type} size=${20} /></button>`;
  return html`<footer class="transport" aria-label="Transport">
    <div class="controls" role="group" aria-label="Controls">
      ${button("start", "To the start (Home)", step <= -1)}
      ${button("previousPhase", "Previous phase ([)", step <= -1)}
      ${button("back", "Back (←)", step <= -1)}
      <button type="button" class=${`play${playing ? " on" : ""}`} title=${playing ? "Pause (Space)" : over ? "Play again from the start (Space)" : "Play (Space)"} aria-label=${playing ? "Pause" : "Play"} disabled=${!player}
        onClick=${() => model.deck({ type: "toggle" })}><${Icon} name=${playing ? "pause" : over ? "again" : "play"} size=${22} /></button>
      ${button("next", "Next (→)", step >= count - 1)}
      ${button("nextPhase", "Next phase (])", step >= count - 1)}
      ${button("end", "To the end (End)", step >= count - 1)}
      <label class="speed"><span class="hidden">Speed</span><select title="Speed" value=${speed}
        onChange=${(/** @type {Event} */ event) => model.deck({ type: "speed", speed: Number(/** @type {HTMLSelectElement} */ (event.target).value) })}>
        ${SPEEDS.map((each) => html`<option key=${each} value=${each} selected=${each === speed}>${`${each}×`}</option>`)}</select></label>
    </div>
    <${Scrubber} model=${model} />
    <div class="now">
      <p class="now-words" title=${player && step >= 0 ? narrate(player.history, step) : undefined}>${player ? html`<${Say} parts=${step < 0 ? ["Press play, or step with the arrow keys."] : sentence(player.history, step, { room: ROOM })} />` : "No tape yet"}</p>
      <div class="now-step"><span>${player ? html`step <b>${step + 1}</b> / ${count}` : ""}</span><${MemoryLine} model=${model} /></div>
    </div>
  </footer>`;
}
