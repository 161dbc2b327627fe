/** The fusion lab's state: its fields, the recording that is shown, the steps of its story, and a second recording of many seeds. */

import { computed, signal } from "../../../vendor/preact.js";
import { heard } from "../../language/index.js";
import { createFields } from "../fields.js";
import { printedOn } from "../found.js";
import { createRecording } from "../recording.js";
import { keepPlace } from "../settled.js";
import { createShown } from "../shown.js";
import { createTransport } from "../transport.js";
import { PLAIN, complaints } from "./choices.js";
import { failures, program, seedsProgram } from "./program.js";
import { read } from "./reading.js";
import { STEPS } from "./story.js";

/** @typedef {import("./choices.js").Choices} Choices */
/** @typedef {import("../cells.js").Focus} Focus */
/** @typedef {import("../shown.js").Shown<Readonly<Choices>, import("./reading.js").Reading>} Shown */
/** @typedef {{source: string, id: string, ones: number, random: number}} Counted how often the check failed */
/** @typedef {ReturnType<typeof createLab>} FusionLab */

/** @param {Readonly<Choices>} choices */
const stepsOf = ({ what }) => (what === "norm" ? STEPS.norm : STEPS.branches);

export function createLab() {
  const fields = createFields("fusion", PLAIN, { step: "" });
  const many = createRecording();
  const transport = createTransport({ dwellMs: 2600 });
  const counted = signal(/** @type {Counted | null} */ (null));
  /** Why there is nothing to count: on a busy machine the run may be too slow. */
  const uncounted = signal(/** @type {string | null} */ (null));
  const focus = signal(/** @type {Focus | null} */ (null));

  const choices = computed(() => /** @type {Readonly<Choices>} */ (fields.now.value));
  const wrong = computed(() => complaints(choices.value));
  const source = computed(() => (wrong.value.length ? null : program(choices.value)));
  const latest = createShown({
    title: "Fusion lab",
    choices,
    source,
    ms: 200,
    read: (tape, { what }) => read(tape, what),
    wanted: ({ values }) => Object.values(values),
    arrived: (shown, before) => {
      const other = before?.choices.what !== shown.choices.what;
      if (other) focus.value = null;
      stand(shown.choices, other);
    },
  });

  /** Where the story stands: as the address says, else at its end. @param {Readonly<Choices>} asked @param {boolean} fresh */
  function stand(asked, fresh) {
    const steps = stepsOf(asked);
    const told = /^-?\d$/.test(fields.place.value.step) ? Number(fields.place.value.step) : steps - 1;
    transport.load(steps, fresh ? told : transport.position.value.step);
  }

  keepPlace(transport, (step) => fields.go({ step }));

  return {
    fields,
    ...latest,
    many,
    transport,
    choices,
    wrong,
    source,
    counted,
    uncounted,
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
      uncounted.value = found ? null : heard(done.entry.outcome?.detail ?? done.entry.status);
    },
  };
}
