/** The fusion lab's state: its fields, the recording that is shown, the steps of its story, and a second recording of many seeds. */

import { computed, effect, signal } from "../../../vendor/preact.js";
import { numbers as fetchNumbers } from "../../ui/client.js";
import { debounced } from "../../ui/place.js";
import { createFields } from "../fields.js";
import { printedOn } from "../found.js";
import { createRecording } from "../recording.js";
import { createTransport } from "../transport.js";
import { valuesOf } from "../values.js";
import { PLAIN, complaints } from "./choices.js";
import { failures, program, seedsProgram } from "./program.js";
import { read } from "./reading.js";
import { STEPS } from "./story.js";

/** @typedef {import("./choices.js").Choices} Choices */
/** @typedef {import("../cells.js").Focus} Focus */
/** @typedef {import("./story.js").Told & {tape: import("../recording.js").Recorded["tape"], outcome: import("../../ui/client.js").Outcome | null, source: string}} Shown */
/** @typedef {{source: string, id: string, ones: number, random: number}} Counted how often the check failed */
/** @typedef {ReturnType<typeof createLab>} FusionLab */

/** @param {Readonly<Choices>} choices */
const stepsOf = ({ what }) => (what === "norm" ? STEPS.norm : STEPS.branches);

export function createLab() {
  const fields = createFields("fusion", PLAIN, { step: "" });
  const recording = createRecording();
  const many = createRecording();
  const transport = createTransport({ dwellMs: 2600 });
  const shown = signal(/** @type {Shown | null} */ (null));
  const counted = signal(/** @type {Counted | null} */ (null));
  /** The program whose recording the learner has cancelled. */
  const cancelled = signal(/** @type {string | null} */ (null));
  const lost = signal(/** @type {string | null} */ (null));
  /** Why there is nothing to count: on a busy machine the run may be too slow. */
  const uncounted = signal(/** @type {string | null} */ (null));
  const focus = signal(/** @type {Focus | null} */ (null));

  const choices = computed(() => /** @type {Readonly<Choices>} */ (fields.now.value));
  const wrong = computed(() => complaints(choices.value));
  const source = computed(() => (wrong.value.length ? null : program(choices.value)));
  const stale = computed(() => shown.value !== null && shown.value.source !== source.value);

  async function renew() {
    const text = source.value;
    if (text === null || text === shown.value?.source) return;
    const asked = choices.value;
    cancelled.value = null;
    const done = await recording.record({ source: text, title: "Fusion lab" });
    if (!done && source.value === text && !recording.trouble.value) cancelled.value = text;
    if (!done || source.value !== text) return;
    const reading = read(done.tape, asked.what);
    try {
      const values = await valuesOf(done.tape, Object.values(reading.values), fetchNumbers);
      if (source.value !== text) return;
      lost.value = null;
      const other = shown.value?.choices.what !== asked.what;
      shown.value = {
        tape: done.tape,
        outcome: done.entry.outcome ?? null,
        choices: asked,
        source: text,
        reading,
        values,
      };
      if (other) focus.value = null;
      stand(asked, other);
    } catch (error) {
      lost.value = String(error);
    }
  }

  /** Where the story stands: as the address says, else at its end. @param {Readonly<Choices>} asked @param {boolean} fresh */
  function stand(asked, fresh) {
    const steps = stepsOf(asked);
    const told = /^-?\d$/.test(fields.place.value.step) ? Number(fields.place.value.step) : steps - 1;
    transport.load(steps, fresh ? told : transport.position.value.step);
  }

  const soon = debounced(renew, 200);
  effect(() => {
    if (source.value !== null) soon();
  });
  effect(() => {
    const { step } = transport.position.value;
    if (transport.count.value) fields.go({ step: step === transport.count.value - 1 ? "" : String(step) });
  });

  return {
    fields,
    recording,
    many,
    transport,
    choices,
    wrong,
    source,
    shown,
    stale,
    counted,
    uncounted,
    lost,
    stopped: computed(() => cancelled.value !== null && cancelled.value === source.value),
    renew,
    focus,
    seedsSource: computed(() => (wrong.value.length ? null : seedsProgram(choices.value))),
    /** @param {Partial<Choices>} change */
    change: (change) => {
      if (change.what !== undefined) fields.go({ step: "" });
      fields.change(change);
    },
    /** @param {Focus} at */
    point: (at) => (focus.value = at),
    /** Records the check with 200 seeds. */
    count: async () => {
      if (wrong.value.length) return;
      uncounted.value = null;
      const text = seedsProgram(choices.value);
      const done = await many.record({
        source: text,
        title: "Fusion lab: 200 seeds",
        options: { values: "structure" },
      });
      if (!done) return;
      const found = failures(printedOn(done.tape));
      counted.value = found && { source: text, id: done.tape.id, ...found };
      uncounted.value = found ? null : (done.entry.outcome?.detail ?? done.entry.status);
    },
  };
}
