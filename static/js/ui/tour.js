/** Where the tour of the page stands, and whether it has been offered before. */

import { signal } from "../../vendor/preact.js";
import { recall, remember } from "./remember.js";

const KEY = "tour";

/** The step of the tour that is shown, or null. */
export const tourAt = signal(/** @type {number | null} */ (null));
/** Whether this browser has been asked. */
export const tourKnown = signal(recall(KEY, /** @type {string} */ ("")) === "known");

/** Not to be offered again; it stays in Help. */
export function declineTour() {
  tourKnown.value = true;
  remember(KEY, "known");
}

export function startTour() {
  declineTour();
  tourAt.value = 0;
}

/** Whether there was a tour to end. */
export function endTour() {
  if (tourAt.value === null) return false;
  tourAt.value = null;
  return true;
}
