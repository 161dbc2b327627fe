/** Notices that were closed stay closed while the tab lives, also across a reload. */

import { signal } from "../../vendor/preact.js";

const KEY = "tapedeck.dismissed";
const MOST = 100;

/** @returns {string[]} */
function stored() {
  try {
    const keys = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(keys) ? keys : [];
  } catch {
    return [];
  }
}

const dismissed = signal(stored());

/** @param {string} key */
export const isDismissed = (key) => dismissed.value.includes(key);

/** @param {string} key */
export function dismiss(key) {
  dismissed.value = [...dismissed.value, key].slice(-MOST);
  try {
    sessionStorage.setItem(KEY, JSON.stringify(dismissed.value));
  } catch {
    // It then stays closed until the reload.
  }
}
