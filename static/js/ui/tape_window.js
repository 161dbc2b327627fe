/** The part of the tape that the scrubber shows; null is all of it. */

import { signal } from "../../vendor/preact.js";
import { isWhole, narrower, whole, zoomed } from "../deck/window.js";

/** @typedef {import("../deck/window.js").Stretch} Stretch */
/** @typedef {import("./model.js").Model} Model */

export const tapeWindow = signal(/** @type {Stretch | null} */ (null));

/** @param {number} count events of the tape @returns {Stretch} */
export const stretchOf = (count) => tapeWindow.value ?? whole(count);

/** @param {Stretch} stretch @param {number} count */
export function showStretch(stretch, count) {
  tapeWindow.value = isWhole(stretch, count) ? null : stretch;
}

/** Zooms around where the tape stands, or around the middle where that is not shown. @param {Model} model @param {number} factor */
export function zoomTape(model, factor) {
  const count = model.player.value?.tape.events.length ?? 0;
  const now = stretchOf(count);
  const here = model.step.value + 1;
  const inside = here >= now.from && here <= now.to;
  showStretch(zoomed(now, count, inside ? here : (now.from + now.to) / 2, factor), count);
}

/** Narrows to this iteration, then to this phase, then shows all again. @param {Model} model */
export function narrowTape(model) {
  const player = model.player.value;
  if (!player) return;
  const count = player.tape.events.length;
  showStretch(narrower(stretchOf(count), player.segments, model.step.value, count), count);
}
