/** The lab's state: the spec and every edit of it, what the server makes of it, what is recorded of it, and where the reader is. */

import { computed, effect, signal, untracked } from "../../../vendor/preact.js";
import { troubleOf } from "../../ui/trouble.js";
import { createFields } from "../fields.js";
import { createRecording } from "../recording.js";
import { factsOf, stillTrue } from "./facts.js";
import { failureOf } from "./failing.js";
import { followed, none } from "./identities.js";
import { titleOf } from "./layers.js";
import { namesOf, unused } from "./naming.js";
import { pictureOf } from "./picture.js";
import { Unreadable, readSpec } from "./reading.js";
import { DEFAULTS } from "./starts.js";
import { createTranslation, fetchTable } from "./translation.js";
import { fieldId } from "./where.js";
import { writtenOf } from "./written.js";

/** @typedef {import("./reading.js").Spec} Spec */
/** @typedef {import("./reading.js").Table} Table */
/** @typedef {ReturnType<typeof createModel>} Model */
/** @typedef {{spec: Spec, wrong: string}} Read `wrong`: why the text could not be read; the spec is then the first of all */

/** @param {string} text @param {Table} table @returns {Read} */
function read(text, table) {
  try {
    return { spec: readSpec(text, table), wrong: "" };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { spec: readSpec(DEFAULTS.spec, table), wrong: error.message };
  }
}

/** Everything that a tape says of the spec that it was recorded of. @param {import("../recording.js").Recorded} recorded @param {Spec} spec */
function told({ tape, entry }, spec) {
  const names = namesOf(spec);
  const written = writtenOf(tape.sources[0]?.text ?? "", names, Object.keys(spec.inputs));
  const facts = factsOf(tape, written, names);
  const failure = failureOf(tape, spec, written, names, facts);
  return { spec, id: entry.id, ended: tape.header.ended, outcome: entry.outcome ?? null, facts, failure };
}

export function createModel() {
  const fields = createFields("describe", DEFAULTS);
  const table = signal(/** @type {Table | null} */ (null));
  const trouble = signal(/** @type {import("../../ui/trouble.js").Trouble | null} */ (null));
  const text = computed(() => fields.now.value.spec);
  const reading = computed(() => (table.value ? read(text.value, table.value) : null));
  const spec = computed(() => reading.value?.spec ?? null);
  const translation = createTranslation(spec);
  const recording = createRecording();

  /** The fault of the present spec; while an edit is on its way to the server, still that of the one before. */
  const fault = computed(() => translation.latest.value?.fault ?? null);
  const names = computed(() => (spec.value ? namesOf(spec.value) : []));
  const written = computed(() => {
    const good = translation.good.value;
    return good ? writtenOf(good.source, namesOf(good.spec), Object.keys(good.spec.inputs)) : null;
  });
  const picture = computed(() => (spec.value && table.value ? pictureOf(spec.value, table.value) : null));
  const idle = computed(() => (spec.value && table.value ? unused(spec.value, table.value) : new Set()));

  /** Which spec each recorded source is of. */
  const sources = new Map(/** @type {[string, Spec][]} */ ([]));
  effect(() => {
    const good = translation.good.value;
    if (good) sources.set(good.source, good.spec);
  });
  const last = computed(() => {
    const recorded = recording.recorded.value;
    const of = recorded && sources.get(recorded.asked.source);
    return recorded && of ? told(recorded, of) : null;
  });
  /** Whether the tape is of the present spec. */
  const fresh = computed(
    () =>
      last.value !== null &&
      translation.latest.value?.source === recording.recorded.value?.asked.source &&
      translation.latest.value?.spec === spec.value,
  );
  const facts = computed(() =>
    last.value && spec.value ? stillTrue(last.value.spec, spec.value, last.value.facts) : [],
  );
  const failure = computed(() => (fresh.value ? (last.value?.failure ?? null) : null));

  let cards = none;
  const ids = computed(() => (cards = followed(cards, spec.value?.layers ?? [])).ids);

  /** The layer that the reader is at. */
  const at = signal(/** @type {number | null} */ (null));
  /** What shall have the focus once the page is drawn. */
  const focus = signal(/** @type {string | null} */ (null));
  /** What was done, for who cannot see it. */
  const says = signal("");
  let edit = 0;

  const fetched = async () => {
    try {
      table.value = await fetchTable();
      trouble.value = null;
    } catch (error) {
      trouble.value = troubleOf(error, fetched);
    }
  };
  fetched();
  // A recording of this very program may still be there: after a reload, or on the way back from the player.
  effect(() => {
    const good = translation.good.value;
    if (good && !untracked(() => recording.running.value)) recording.find({ source: good.source });
  });

  const verbs = {
    /** @param {Spec} next @param {string} [what] the field, where letters that are typed one after the other are one edit */
    change: (next, what) => fields.change({ spec: JSON.stringify(next) }, what ?? `edit ${(edit += 1)}`),

    /** Where something is wrong, there. */
    goToFault: () => {
      const place = fault.value?.place;
      if (place) focus.value = fieldId(place.part, place.at, place.field);
    },

    /** Records the present program, or goes to what is wrong with it. */
    record: async () => {
      const now = await translation.now();
      if (!now) return null;
      if (now.source === null) {
        verbs.goToFault();
        return null;
      }
      return recording.record({ source: now.source, title: titleOf(now.spec) });
    },

    /** The player, with the source in its editor. */
    editAsCode: async () => {
      const recorded = await verbs.record();
      if (recorded) location.assign(`/t/${encodeURIComponent(recorded.entry.id)}`);
    },
  };
  return {
    fields,
    table,
    trouble,
    text,
    reading,
    spec,
    translation,
    recording,
    fault,
    names,
    written,
    picture,
    idle,
    last,
    fresh,
    facts,
    failure,
    ids,
    at,
    focus,
    says,
    ...verbs,
  };
}
