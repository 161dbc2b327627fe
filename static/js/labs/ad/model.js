/** The AD lab's state: what is set, what is recorded of it, the frames of its animation, and where that stands. */

import { computed, effect, untracked } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { createFields } from "../fields.js";
import { createRecording } from "../recording.js";
import { frameAt, keepPlace, whenSettled } from "../settled.js";
import { createTransport } from "../transport.js";
import { arrivals, readForward, readReverse } from "./read.js";
import { DEFAULTS, setupOf } from "./setup.js";
import { directionProgram, forwardProgram, reverseProgram, weightedProgram } from "./source.js";

/** @typedef {import("./setup.js").Setup} Setup */
/** @typedef {import("./read.js").Frame} Frame */
/** @typedef {ReturnType<typeof createModel>} Model */
/** @typedef {NonNullable<ReturnType<typeof numbersOf>>} Numbers */
/** @typedef {{program: import("./source.js").Program, options: Record<string, unknown>, column: number}} Wanted what is to be recorded, and which of its passes is looked at */

/** @param {Setup} setup @returns {{forward: Wanted, reverse: Wanted} | null} null while something is wrong */
function wantedOf({ trace, point, names, forward, reverse, wrong }) {
  if (!trace || wrong.length) return null;
  return {
    forward:
      forward.kind === "unit"
        ? { program: forwardProgram(trace, point), options: { mode: "forward", wrt: names }, column: forward.at }
        : { program: directionProgram(trace, point, forward.numbers), options: {}, column: 0 },
    reverse:
      reverse.kind === "unit"
        ? unitPass(reverseProgram(trace, point), reverse.at)
        : { program: weightedProgram(trace, point, reverse.numbers), options: {}, column: 0 },
  };
}

/** @param {import("./source.js").Program} program @param {number} output @returns {Wanted} */
const unitPass = (program, output) => ({
  program,
  options: {},
  column: program.passes.findIndex(({ outputs }) => outputs.includes(output)),
});

/** The tape, if it is of this program. @param {import("../recording.js").Recorded | null} recorded @param {Wanted | undefined} wanted */
const tapeOf = (recorded, wanted) =>
  recorded &&
  wanted &&
  recorded.asked.source === wanted.program.source &&
  JSON.stringify(recorded.asked.options) === JSON.stringify(wanted.options)
    ? recorded.tape
    : null;

/** Everything that the tapes say, once both are there. @param {Setup} setup @param {ReturnType<typeof wantedOf>} wanted @param {import("../recording.js").Recorded | null} forward @param {import("../recording.js").Recorded | null} reverse */
function numbersOf(setup, wanted, forward, reverse) {
  const [one, other] = [tapeOf(forward, wanted?.forward), tapeOf(reverse, wanted?.reverse)];
  if (!setup.trace || !wanted || !one || !other) return null;
  return {
    forward: readForward(one, setup.trace, wanted.forward.program),
    reverse: readReverse(other, wanted.reverse.program),
  };
}

export function createModel() {
  const fields = createFields("ad", DEFAULTS, { step: "" });
  const [forward, reverse] = [createRecording(), createRecording()];
  const setup = computed(() => setupOf(fields.now.value));
  const wanted = computed(() => wantedOf(setup.value));
  const numbers = computed(() => numbersOf(setup.value, wanted.value, forward.recorded.value, reverse.recorded.value));
  const pass = computed(() => numbers.value?.reverse.passes[wanted.value?.reverse.column ?? -1] ?? null);
  const split = computed(() => (numbers.value ? (setup.value.trace?.rows.length ?? 0) : 0));

  const transport = createTransport({
    dwellMs: 1100,
    segments: () => {
      const [ahead, back] = [split.value, pass.value?.frames.length ?? 0];
      return [
        { from: 0, to: ahead - 1, phase: "forward", label: t("forward: values and tangents") },
        ...(back ? [{ from: ahead, to: ahead + back - 1, phase: "backward", label: t("backward: adjoints") }] : []),
      ];
    },
  });

  /** What stands on the page at the present frame: so many rows of the forward pass, so many frames of the backward pass. */
  const shown = computed(() => {
    const at = transport.at.value;
    const rows = numbers.value ? Math.min(at + 1, split.value) : 0;
    const frames = Math.max(0, at + 1 - split.value);
    const frame = pass.value?.frames[frames - 1] ?? null;
    const arrived = pass.value ? arrivals(pass.value, frames, setup.value.trace?.rows.length ?? 0) : null;
    return { rows, frames, frame: frames ? frame : null, arrived, row: at >= 0 && !frames && rows ? rows - 1 : null };
  });

  const { pending, now: recordNow } = whenSettled(wanted, () => {
    const asked = untracked(() => wanted.value);
    if (!asked) return;
    for (const [recording, { program, options }, title] of /** @type {const} */ ([
      [forward, asked.forward, "forward mode"],
      [reverse, asked.reverse, "reverse mode"],
    ])) {
      if (untracked(() => tapeOf(recording.recorded.value, { program, options, column: 0 }))) continue;
      recording.record({ source: program.source, options, title: `AD lab: ${title}` });
    }
  });
  // New numbers: all of them are shown, unless the address says where to stand.
  effect(() => {
    const frames = split.value + (pass.value?.frames.length ?? 0);
    if (!frames) return;
    untracked(() => transport.load(frames, frameAt(fields.place.value.step, frames)));
  });
  keepPlace(transport, (step) => fields.go({ step }));

  /** Nothing is there and nothing is coming. */
  const idle = computed(
    () =>
      Boolean(wanted.value) &&
      !numbers.value &&
      !pending.value &&
      [forward, reverse].every(({ running, trouble }) => !running.value && !trouble.value),
  );
  return { fields, forward, reverse, idle, setup, wanted, numbers, pass, split, shown, transport, recordNow };
}
