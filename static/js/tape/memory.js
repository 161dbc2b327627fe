/**
 * Live memory along a tape: how many bytes of tensors were alive after each step, and the peak.
 *
 * The same sum as `server/tapedeck/views/memory.py`: over the storages that Python could see, from the step at which each
 * was born to before the one at which it was freed. What a kernel uses within one op or node is not seen and not counted.
 */

import { lastAt } from "./state.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {{steps: number[], bytes: number[], peak: {step: number, bytes: number}}} Memory `bytes[i]` from step `steps[i]` on; the first step is -1 */

/** @type {WeakMap<Tape, Memory>} */
const known = new WeakMap();

/** @param {Tape} tape @returns {Memory} */
export function memory(tape) {
  let found = known.get(tape);
  if (!found) known.set(tape, (found = curve(tape)));
  return found;
}

/** The bytes that are alive after a step. @param {Memory} memory @param {number} step */
export const liveAt = ({ steps, bytes }, step) => bytes[lastAt(steps, step)];

/** @param {Tape} tape @returns {Memory} */
function curve({ storages, events }) {
  const changes = new Map([[-1, 0]]);
  const change = (/** @type {number} */ step, /** @type {number} */ by) => {
    if (step < events.length) changes.set(step, (changes.get(step) ?? 0) + by);
  };
  for (const { bytes, born, freed } of storages) {
    if (freed !== null && (born ?? -1) >= freed) continue;
    change(born ?? -1, bytes);
    if (freed !== null) change(freed, -bytes);
  }
  const steps = [...changes.keys()].filter((step) => step === -1 || changes.get(step)).sort((a, b) => a - b);
  let [live, peak] = [0, { step: -1, bytes: changes.get(-1) ?? 0 }];
  const bytes = steps.map((step) => {
    live += changes.get(step) ?? 0;
    if (live > peak.bytes) peak = { step, bytes: live };
    return live;
  });
  return { steps, bytes, peak };
}
