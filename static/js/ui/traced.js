/** Whose lineage the graph shows, if anything's. */

import { signal } from "../../vendor/preact.js";

export const traced = signal(/** @type {string | null} */ (null));

/** Shows everything again; whether there was anything to end. */
export function clearTrace() {
  if (traced.value === null) return false;
  traced.value = null;
  return true;
}
