/** The address bar follows what the reader does, once that stands still; what a reload interrupts is there after it. */

import { debounced } from "./place.js";

const KEY = "tapedeck.late";

/**
 * A browser that reloads a page asks for the address as it was before the page went, so a write that was still
 * waiting is left in the tab's storage, and is found by the page that opens at that address.
 */
function found() {
  try {
    const late = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (late?.from !== location.href) return;
    sessionStorage.removeItem(KEY);
    history.replaceState(history.state, "", late.to);
  } catch {
    // Without storage, or without a right to it, the address is what the browser says.
  }
}

/** @param {string} from @param {string} to */
function leave(from, to) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ from, to }));
  } catch {
    // As above.
  }
}

/** A function that has the address written `ms` after its latest call. @param {() => string | null} address path, search and hash; null: as it is @param {number} ms */
export function addressWriter(address, ms) {
  let waiting = false;
  found();
  const write = () => {
    waiting = false;
    const next = address();
    if (next !== null && next !== location.pathname + location.search + location.hash)
      history.replaceState(history.state, "", next);
  };
  const soon = debounced(write, ms);
  addEventListener("pagehide", () => {
    const from = location.href;
    if (!waiting) return;
    write();
    if (location.href !== from) leave(from, location.href);
  });
  return () => {
    waiting = true;
    soon();
  };
}
