/** The address bar follows what the reader does, once that stands still; what a reload interrupts is there after it. */

import { debounced } from "./place.js";

const KEY = "tapedeck.late";

/**
 * A browser that reloads a page (or goes back to it) asks for the address as it knew it before the page went: a write
 * that was still waiting, or on its way, is left in the tab's storage, and is found by the page that comes in its place.
 * Who follows a link to the same address means that address.
 */
function found() {
  const [opened] = performance.getEntriesByType("navigation");
  if (/** @type {PerformanceNavigationTiming} */ (opened)?.type === "navigate") return;
  try {
    const late = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (late?.from.includes(location.href)) history.replaceState(history.state, "", late.to);
  } catch {
    // Without storage, or without a right to it, the address is what the browser says.
  }
}

/** @param {string[]} from @param {string} to */
function leave(from, to) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ from, to }));
  } catch {
    // As above.
  }
}

/** A function that has the address written `ms` after its latest call. @param {() => string | null} hash what stands after the path; null: what stands there @param {number} ms */
export function addressWriter(hash, ms) {
  found();
  let waiting = false;
  /** The address before the latest write. */
  let before = location.href;
  const write = () => {
    if (!waiting) return;
    waiting = false;
    const next = hash();
    if (next === null || next === location.hash) return;
    before = location.href;
    history.replaceState(history.state, "", location.pathname + location.search + next);
  };
  const soon = debounced(write, ms);
  // Who goes to another address has left what was to be written.
  addEventListener("popstate", () => {
    waiting = false;
    before = location.href;
  });
  addEventListener("pagehide", () => {
    const from = [before, location.href];
    write();
    leave(from, location.href);
  });
  return () => {
    waiting = true;
    soon();
  };
}
