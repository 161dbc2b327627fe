/** What a lab does once its fields stand still, and how the place of its animation stands in the address. */

import { effect, signal, untracked } from "../../vendor/preact.js";

const PAUSE_MS = 650;

/** Calls `act` when the page opens, and again whenever `what` has changed and then stood still. @param {{readonly value: unknown}} what @param {() => void} act */
export function whenSettled(what, act) {
  let timer = 0;
  let first = true;
  const pending = signal(false);
  const now = () => {
    clearTimeout(timer);
    pending.value = false;
    act();
  };
  effect(() => {
    void what.value;
    clearTimeout(timer);
    untracked(() => (pending.value = true));
    timer = window.setTimeout(now, first ? 0 : PAUSE_MS);
    first = false;
  });
  return { pending, now };
}

/** The frame that a place in the address asks for; without one, the last of `frames`. @param {string} asked @param {number} frames */
export const frameAt = (asked, frames) => (/^-?\d+$/.test(asked) ? Number(asked) : frames - 1);

/** Writes where the animation stands into the address, once it stands; its end needs no mention. @param {import("./transport.js").Transport} transport @param {(at: string) => void} go */
export const keepPlace = (transport, go) =>
  effect(() => {
    const { step, playing } = transport.position.value;
    if (!transport.count.value || playing) return;
    untracked(() => go(step === transport.count.value - 1 ? "" : String(step)));
  });
