/** The server's word on a spec: its source, or what is wrong with it and where; asked again a little after every edit. */

import { effect, signal, untracked } from "../../../vendor/preact.js";
import { ask } from "../../tape/load.js";
import { API } from "../../ui/client.js";
import { troubleOf } from "../../ui/trouble.js";
import { placeOf } from "./where.js";

/** @typedef {import("./reading.js").Spec} Spec */
/** @typedef {{sentence: string, place: import("./where.js").Place}} Fault */
/** @typedef {{spec: Spec, source: string | null, fault: Fault | null}} Translated one of both is there */
/** @typedef {ReturnType<typeof createTranslation>} Translation */

const PAUSE_MS = 220;

/** @param {Spec} spec @param {AbortSignal} signal @returns {Promise<Translated>} */
async function translated(spec, signal) {
  const headers = { "content-type": "application/json" };
  const asked = { method: "POST", headers, body: JSON.stringify({ spec }), signal };
  const { source, fault } = await (await ask(`${API}/spec/check`, asked)).json();
  if (!fault) return { spec, source, fault: null };
  const place = placeOf(fault.where, Object.keys(spec.inputs));
  return { spec, source: null, fault: { sentence: fault.detail, place } };
}

/** What can be named in a spec. @returns {Promise<import("./reading.js").Table>} */
export const fetchTable = async () => (await ask(`${API}/spec/table`)).json();

/** @param {import("../../../vendor/preact.js").ReadonlySignal<Spec | null>} spec */
export function createTranslation(spec) {
  const latest = signal(/** @type {Translated | null} */ (null));
  /** The last that was right: what is shown while something is wrong. */
  const good = signal(/** @type {{spec: Spec, source: string} | null} */ (null));
  const trouble = signal(/** @type {import("../../ui/trouble.js").Trouble | null} */ (null));
  /** @type {AbortController | null} */
  let task = null;
  let timer = 0;

  /** Asks for the present spec at once. @returns {Promise<Translated | null>} null where there is none, or no answer */
  async function now() {
    clearTimeout(timer);
    task?.abort();
    const asked = untracked(() => spec.value);
    if (!asked) return null;
    if (untracked(() => latest.value?.spec) === asked) return latest.value;
    const mine = (task = new AbortController());
    try {
      const told = await translated(asked, mine.signal);
      if (task !== mine) return null;
      trouble.value = null;
      if (told.source !== null) good.value = { spec: asked, source: told.source };
      return (latest.value = told);
    } catch (error) {
      if (!mine.signal.aborted) trouble.value = troubleOf(error, now);
      return null;
    }
  }

  effect(() => {
    void spec.value;
    clearTimeout(timer);
    timer = window.setTimeout(now, untracked(() => latest.value) ? PAUSE_MS : 0);
  });
  return { latest, good, trouble, now };
}
