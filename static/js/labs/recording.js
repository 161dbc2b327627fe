/** A lab's recordings: source text in, a tape out, through the service; one at a time, with progress and a way to stop it. */

import { signal } from "../../vendor/preact.js";
import { heard } from "../language/index.js";
import { Problem, fetchTape } from "../tape/load.js";
import * as client from "../ui/client.js";
import { recall, remember } from "../ui/remember.js";
import { troubleOf } from "../ui/trouble.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../ui/client.js").Entry} Entry */
/** @typedef {{source: string, options?: Record<string, unknown>, title?: string}} Asked */
/** @typedef {{tape: Tape, entry: Entry, asked: Asked}} Recorded */
/** @typedef {{since: number, what: "waiting" | "recording" | "loading"}} Running */
/** @typedef {ReturnType<typeof createRecording>} Recording */

/** How many recordings a lab finds again by their text, instead of asking for the same once more. */
const KEPT = 24;

/** @param {string} key @returns {string | undefined} */
const keptId = (key) => recall("lab.tapes", /** @type {[string, string][]} */ ([])).find(([of]) => of === key)?.[1];

/** @param {string} key @param {string} id */
function keep(key, id) {
  const others = recall("lab.tapes", /** @type {[string, string][]} */ ([])).filter(([of]) => of !== key);
  remember("lab.tapes", [[key, id], ...others].slice(0, KEPT));
}

/** @param {Asked} asked */
const keyOf = (asked) => JSON.stringify([asked.source, asked.options ?? {}]);

/** @param {string} id @param {AbortSignal} signal */
const tapeOf = (id, signal) => fetchTape(`${client.API}/tapes/${encodeURIComponent(id)}`, { signal });

/** What the server still has of this text. @param {string} key @returns {Promise<Entry | null>} */
async function found(key) {
  const id = keptId(key);
  const entry = id ? await client.status(id).catch(() => null) : null;
  return entry?.header ? entry : null;
}

export function createRecording() {
  const recorded = signal(/** @type {Recorded | null} */ (null));
  const running = signal(/** @type {Running | null} */ (null));
  const trouble = signal(/** @type {import("../ui/trouble.js").Trouble | null} */ (null));
  /** @type {AbortController | null} */
  let task = null;
  /** @type {string | null} */
  let id = null;

  /** @param {Asked} asked @param {AbortSignal} signal @returns {Promise<Entry>} */
  async function recordedEntry(asked, signal) {
    const key = keyOf(asked);
    const same = await found(key);
    if (same) return same;
    signal.throwIfAborted();
    const started = await client.startRecording(asked);
    if (signal.aborted) {
      client.cancelRecording(started.id).catch(() => {});
      signal.throwIfAborted();
    }
    id = started.id;
    const entry = await client.follow(id, { signal, onProgress: ({ status }) => tell(status === "queued") });
    if (entry.header) keep(key, entry.id);
    return entry;
  }

  /** @param {boolean} queued */
  const tell = (queued) => {
    if (running.value) running.value = { ...running.value, what: queued ? "waiting" : "recording" };
  };

  const verbs = {
    /** Records a program and loads its tape; a new call ends the one before. @param {Asked} asked @returns {Promise<Recorded | null>} null where it was cancelled, or refused (`trouble` says why) */
    record: async (asked) => {
      task?.abort();
      const mine = (task = new AbortController());
      trouble.value = null;
      running.value = { since: Date.now(), what: "waiting" };
      try {
        const entry = await recordedEntry(asked, mine.signal);
        if (!entry.header) throw new Error(heard(entry.outcome?.detail ?? entry.status));
        running.value = { ...running.value, what: "loading" };
        const tape = await tapeOf(entry.id, mine.signal);
        if (task !== mine) return null;
        return (recorded.value = { tape, entry, asked });
      } catch (error) {
        if (task !== mine || mine.signal.aborted) return null;
        trouble.value = troubleOf(error, () => verbs.record(asked));
        return null;
      } finally {
        if (task === mine) {
          running.value = null;
          id = null;
          task = null;
        }
      }
    },

    /** The tape of a program that was recorded before, if there still is one; nothing is recorded. @param {Asked} asked */
    find: async (asked) => {
      if (task || !keptId(keyOf(asked))) return;
      const mine = (task = new AbortController());
      try {
        const entry = await found(keyOf(asked));
        const tape = entry && (await tapeOf(entry.id, mine.signal));
        if (tape && task === mine) recorded.value = { tape, entry, asked };
      } catch (error) {
        // A tape that is gone was only a convenience: it can be recorded again.
        if (!(error instanceof Problem) && !mine.signal.aborted) throw error;
      } finally {
        if (task === mine) task = null;
      }
    },

    /** Stops what is being recorded; what was typed stays. */
    cancel: () => {
      task?.abort();
      running.value = null;
      if (id) client.cancelRecording(id).catch(() => {});
    },
  };
  return { recorded, running, trouble, ...verbs };
}
