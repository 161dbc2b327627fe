/** The convolution lab's state: its fields, the learner's own picture, the recording that is shown, and the cell that is pointed at. */

import { computed, signal } from "../../../vendor/preact.js";
import { recall, remember } from "../../ui/remember.js";
import { createFields } from "../fields.js";
import { createShown } from "../shown.js";
import { PLAIN, changed, sizeOf } from "./choices.js";
import { complaints } from "./complaints.js";
import { decode } from "./decode.js";
import { explain } from "./explain.js";
import { base64, kept, literal } from "./pixels.js";
import { program } from "./program.js";
import { read, wanted } from "./reading.js";
import { numberAt, sceneOf } from "./scene.js";

/** @typedef {import("./choices.js").Choices} Choices */
/** @typedef {import("./marks.js").Focus} Focus */
/** @typedef {import("../shown.js").Shown<Readonly<Choices>, import("./reading.js").Reading>} Shown */
/** @typedef {ReturnType<typeof createLab>} ConvolutionLab */

const OWN = "lab.convolution.own";

/** `output,3,4` as it stands in the address. @param {string} text @returns {Focus | null} */
function focusOf(text) {
  const [board, row, column] = text.split(",");
  const known = [
    "picture",
    "kernel",
    "output",
    "activated",
    "picture_grad",
    "kernel_grad",
    "output_grad",
    "activated_grad",
  ];
  if (!known.includes(board) || !/^\d{1,3}$/.test(row) || !/^\d{1,3}$/.test(column)) return null;
  return { board: /** @type {Focus["board"]} */ (board), row: Number(row), column: Number(column) };
}

/** What can be undone: all but the channel, which is only where one looks. @param {Readonly<Choices>} choices */
const edited = (choices) => Object.fromEntries(Object.entries(choices).filter(([field]) => field !== "channel"));

export function createLab() {
  const fields = createFields("convolution", edited(PLAIN), { channel: PLAIN.channel, at: "" });
  const own = signal(kept(recall(OWN, "")));
  const refusal = signal(/** @type {string | null} */ (null));

  const choices = computed(
    () => /** @type {Readonly<Choices>} */ ({ ...fields.now.value, channel: fields.place.value.channel }),
  );
  const wrong = computed(() => complaints(choices.value, own.value !== null));
  const source = computed(() => {
    if (wrong.value.length) return null;
    const { picture, channels } = choices.value;
    const bytes = picture === "own" && own.value ? literal(own.value, sizeOf(choices.value), Number(channels)) : "";
    return program(choices.value, bytes);
  });
  const latest = createShown({ title: "Convolution lab", choices, source, ms: 250, read, wanted });
  const { shown } = latest;
  const channel = computed(() => (shown.value?.choices.channels === "3" ? Number(fields.place.value.channel) || 0 : 0));
  const scene = computed(() =>
    shown.value ? sceneOf(shown.value.choices, shown.value.reading, shown.value.values, channel.value) : null,
  );
  /** What is pointed at, as long as the recording has it. */
  const focus = computed(() => {
    const asked = focusOf(fields.place.value.at);
    const there = asked && scene.value && !Number.isNaN(numberAt(scene.value.boards[asked.board], asked));
    return there ? asked : null;
  });
  const failure = computed(() => {
    const outcome = shown.value?.outcome;
    if (!shown.value || !outcome || outcome.status === "finished") return null;
    const detail = outcome.detail ?? outcome.status;
    return {
      detail: detail.replace(/ \(line \d+\)$/, ""),
      line: outcome.where?.line ?? null,
      advice: explain(detail, shown.value.choices),
    };
  });

  return {
    fields,
    ...latest,
    choices,
    wrong,
    source,
    scene,
    channel,
    focus,
    failure,
    refusal,
    own,
    /** @param {Partial<Choices>} change */
    change: (change) => {
      refusal.value = null;
      fields.change(edited(changed(choices.value, change)));
    },
    /** @param {Focus} at */
    point: (at) => fields.go({ at: `${at.board},${at.row},${at.column}` }),
    /** Takes a picture file of the learner's. @param {File} file */
    take: async (file) => {
      const { bytes, refusal: why } = await decode(file);
      refusal.value = why;
      if (!bytes) return;
      own.value = bytes;
      remember(OWN, base64(bytes));
      fields.change({ picture: "own" });
    },
  };
}
