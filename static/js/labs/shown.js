/** What a lab shows: the latest recording of its program that came through, until the next has come. */

import { computed, effect, signal } from "../../vendor/preact.js";
import { numbers as fetchNumbers } from "../ui/client.js";
import { debounced } from "../ui/place.js";
import { createRecording } from "./recording.js";
import { valuesOf } from "./values.js";

/** @typedef {import("./recording.js").Recorded["tape"]} Tape */
/**
 * @template Choices, Reading
 * @typedef {{tape: Tape, outcome: import("../ui/client.js").Outcome | null, choices: Choices, source: string, reading: Reading, values: Map<number, import("./values.js").Numbers>}} Shown
 */

/**
 * Records `source` as soon as it has stood still for `ms`. Nothing is recorded while it is null.
 * @template Choices, Reading
 * @param {object} lab
 * @param {string} lab.title
 * @param {{readonly value: Choices}} lab.choices what the program is made of
 * @param {{readonly value: string | null}} lab.source
 * @param {number} lab.ms
 * @param {(tape: Tape, choices: Choices) => Reading} lab.read
 * @param {(reading: Reading) => number[]} lab.wanted the values to fetch
 * @param {(shown: Shown<Choices, Reading>, before: Shown<Choices, Reading> | null) => void} [lab.arrived] is told of each recording that is shown
 */
export function createShown({ title, choices, source, ms, read, wanted, arrived = () => {} }) {
  const recording = createRecording();
  const shown = signal(/** @type {Shown<Choices, Reading> | null} */ (null));
  /** The program whose recording the learner has cancelled. */
  const cancelled = signal(/** @type {string | null} */ (null));
  const lost = signal(/** @type {string | null} */ (null));

  async function renew() {
    const text = source.value;
    if (text === null || text === shown.value?.source) return;
    const asked = choices.value;
    cancelled.value = null;
    const done = await recording.record({ source: text, title });
    if (!done && source.value === text && !recording.trouble.value) cancelled.value = text;
    if (!done || source.value !== text) return;
    const reading = read(done.tape, asked);
    try {
      const values = await valuesOf(done.tape, wanted(reading), fetchNumbers);
      if (source.value !== text) return;
      lost.value = null;
      const before = shown.value;
      const outcome = done.entry.outcome ?? null;
      shown.value = { tape: done.tape, outcome, choices: asked, source: text, reading, values };
      arrived(shown.value, before);
    } catch (error) {
      lost.value = String(error);
    }
  }
  const soon = debounced(renew, ms);
  effect(() => {
    if (source.value !== null) soon();
  });

  return {
    recording,
    shown,
    lost,
    renew,
    /** Whether what is shown is of another program than the present one. */
    stale: computed(() => shown.value !== null && shown.value.source !== source.value),
    stopped: computed(() => cancelled.value !== null && cancelled.value === source.value),
  };
}
