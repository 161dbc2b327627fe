/** Whose lineage the graph shows, if anything's, and which part of it. */

import { signal } from "../../vendor/preact.js";

/** @typedef {{thing: string, part: import("../tape/lineage_parts.js").PartName}} Traced */

export const traced = signal(/** @type {Traced | null} */ (null));

/** @param {string} thing @param {import("../tape/lineage_parts.js").PartName} part */
export const isTraced = (thing, part) => traced.value?.thing === thing && traced.value.part === part;

/** Shows everything again; whether there was anything to end. */
export function clearTrace() {
  if (traced.value === null) return false;
  traced.value = null;
  return true;
}
