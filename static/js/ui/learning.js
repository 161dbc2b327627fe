/** A lesson while it is learned: where its notes stand on the tape that plays, what is asked before them, what has been done. */

import { batch, computed, signal } from "../../vendor/preact.js";
import { questionBefore } from "../lessons/asking.js";
import { edited } from "../lessons/edits.js";
import { stepOf } from "../lessons/moments.js";
import * as client from "./client.js";
import { optionsFrom } from "./options.js";
import { recall, remember } from "./remember.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("../lessons/edits.js").Experiment} Experiment */
/** @typedef {{id: string, note: string, where: import("../lessons/moments.js").Where}} Moment */
/**
 * @typedef {{slug: string, chapter: string, title: string, summary: string, question: string, text: string[], source: string,
 *   options: Record<string, unknown>, moments: Moment[], experiments: Experiment[], predictions: string[],
 *   check: {question: string, choices: string[], right: number, answer: string}, previous: string | null, next: string | null}} Lesson
 */
/** @typedef {{moment: Moment, step: number}} Note `step` is -1 where the moment does not happen on this tape */
/** @typedef {{notes: string[], right: boolean}} Done the notes that were read, and whether the check was answered */
/** @typedef {ReturnType<typeof createLearning>} Learning */

const KEY = "learned";

/** @param {Model} model @param {{onRecorded: (id: string) => void}} options `onRecorded`: an experiment was recorded */
export function createLearning(model, options) {
  const lesson = signal(/** @type {Lesson | null} */ (null));
  const done = signal(recall(KEY, /** @type {Record<string, Done>} */ ({})));
  /** The predictions that were made, by moment: the choice. */
  const predicted = signal(/** @type {Record<string, number>} */ ({}));
  /** Whether playing stops at every note. */
  const pauses = signal(recall("lesson pauses", true));

  /** Whether the tape that is there is this lesson's: until then its notes lead nowhere. */
  const ready = signal(false);

  const notes = computed(() => {
    const tape = ready.value ? model.player.value?.tape : undefined;
    return (lesson.value?.moments ?? []).map((moment) => ({ moment, step: tape ? stepOf(tape, moment.where) : -1 }));
  });
  /** The note of this very step. */
  const here = computed(() => notes.value.find(({ step }) => step >= 0 && step === model.step.value) ?? null);
  /** The note before which the tape stands, and what is asked there. */
  const asked = computed(() => {
    const player = model.player.value;
    const next = notes.value.find(({ step }) => step >= 0 && step === model.step.value + 1);
    if (!player || !next || !lesson.value?.predictions.includes(next.moment.id)) return null;
    const question = questionBefore(player.history, next.step);
    return question && { ...question, note: next, chosen: predicted.value[next.moment.id] ?? null };
  });
  /** The steps at which playing stops: at a note, and before one that is to be predicted. */
  const stops = computed(() => {
    if (!lesson.value || !pauses.value) return new Set();
    const before = new Set(lesson.value.predictions);
    return new Set(
      notes.value.flatMap(({ moment, step }) => (step < 0 ? [] : before.has(moment.id) ? [step - 1, step] : [step])),
    );
  });

  /** @param {string} slug @param {Partial<Done>} change */
  function record(slug, change) {
    const before = done.value[slug] ?? { notes: [], right: false };
    done.value = { ...done.value, [slug]: { ...before, ...change } };
    remember(KEY, done.value);
  }

  return {
    lesson,
    ready,
    done,
    notes,
    here,
    asked,
    stops,
    pauses,

    /** Takes up a lesson; its tape is recorded apart. @param {string} slug */
    begin: async (slug) => {
      const found = await client.lesson(slug);
      batch(() => {
        lesson.value = found;
        ready.value = false;
        predicted.value = {};
        model.options.value = optionsFrom(found.options);
      });
      return found;
    },

    /** Lays the lesson aside; the tape stays. */
    end: () => (lesson.value = null),

    /** A note has been on the page. @param {Note} note */
    read: ({ moment }) => {
      const slug = lesson.value?.slug;
      const before = slug ? (done.value[slug]?.notes ?? []) : [];
      if (slug && !before.includes(moment.id)) record(slug, { notes: [...before, moment.id] });
    },

    /** Says what comes; the first answer counts. @param {string} moment @param {number} choice */
    predict: (moment, choice) => {
      if (!(moment in predicted.value)) predicted.value = { ...predicted.value, [moment]: choice };
    },

    /** The check was answered rightly. */
    pass: () => lesson.value && record(lesson.value.slug, { right: true }),

    /** @param {boolean} on */
    pauseAtNotes: (on) => {
      pauses.value = on;
      remember("lesson pauses", on);
    },

    /** Turns a control: the program is edited and recorded again, and the tape stands at the same note. @param {Experiment} experiment @param {number | string} value */
    turn: async (experiment, value) => {
      const text = edited(model.text.value, experiment, value);
      if (text === null || text === model.text.value) return;
      const at = here.value?.moment.id;
      model.edit(text);
      predicted.value = {};
      await model.run({ autoplay: false, onRecorded: options.onRecorded });
      const again = notes.value.find(({ moment }) => moment.id === at);
      if (again && again.step >= 0) model.deck({ type: "seek", step: again.step });
    },
  };
}
