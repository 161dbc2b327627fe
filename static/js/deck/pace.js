/** How long events are shown: one event, one movement of 150–450 ms, and time to read the ones that matter. */

/** @typedef {import("../tape/format.js").TapeEvent} TapeEvent */

const SHORTEST = 150;
const LONGEST = 450;
const USUAL = 900;

/** How much there is to see in an event, relative to an op. */
const WEIGHTS = /** @type {Record<string, number>} */ ({
  call_enter: 0.4,
  call_exit: 0.4,
  hook_add: 0.6,
  hook_remove: 0.6,
  mode: 0.4,
  contribution: 0.9,
  node_enter: 0.7,
  node_exit: 1,
  hook_fire: 1.5,
  accumulate: 1.2,
  backward_start: 1.2,
  raise: 2,
});

/** Milliseconds that an event's movement takes. @param {number} speed */
export function movement(speed) {
  return Math.round(Math.max(SHORTEST, Math.min(LONGEST, LONGEST / Math.sqrt(speed))));
}

/** Milliseconds from an event to the next while playing. @param {TapeEvent | undefined} event @param {number} speed */
export function dwell(event, speed) {
  return Math.round(Math.max(16, (USUAL * (WEIGHTS[event?.kind ?? ""] ?? 1)) / speed));
}
