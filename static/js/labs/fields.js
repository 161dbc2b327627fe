/** The fields of a lab as signals: read from the address, kept in it and between visits, every edit undoable. */

import { computed, effect, signal } from "../../vendor/preact.js";
import { addressWriter } from "../ui/address_bar.js";
import { recall, remember } from "../ui/remember.js";
import { readFields, saysFields, writeFields } from "./address.js";
import { begun, changed, redone, undone } from "./edits.js";

/** @typedef {import("./edits.js").Fields} Fields */
/** @typedef {ReturnType<typeof createFields>} LabFields */

/** @param {string} name of the lab @param {Fields} defaults what is edited, and can be undone @param {Fields} [places] where the reader stands (`at: "3"`): in the address too, never undone */
export function createFields(name, defaults, places = {}) {
  const all = { ...defaults, ...places };
  const present = () => ({ ...now.value, ...place.value });
  const writeAddress = addressWriter(() => writeFields(present(), all), 200);
  const stored = () => /** @type {Fields} */ (recall(`lab.${name}`, {}));
  const start = saysFields(location.hash, all)
    ? readFields(location.hash, all)
    : readFields(writeFields({ ...all, ...stored() }, all), all);
  const part = (/** @type {Fields} */ of) => Object.fromEntries(Object.keys(of).map((key) => [key, start[key]]));
  const edits = signal(begun(part(defaults)));
  const place = signal(part(places));
  const now = computed(() => edits.value.now);

  effect(() => {
    remember(`lab.${name}`, present());
    writeAddress();
  });

  const verbs = {
    /** @param {Fields} patch @param {string} [what] a part of a field: edits of one part that follow one another are one */
    change: (patch, what) => (edits.value = changed(edits.value, patch, performance.now(), what)),
    undo: () => (edits.value = undone(edits.value)),
    redo: () => (edits.value = redone(edits.value)),
    /** @param {Fields} patch */
    go: (patch) => {
      if (Object.keys(patch).some((key) => place.value[key] !== patch[key])) place.value = { ...place.value, ...patch };
    },
    reset: () => verbs.change(defaults),
  };

  // A link that is pasted over this page, or the way back from one.
  addEventListener("hashchange", () => {
    const given = readFields(location.hash, all);
    verbs.change(Object.fromEntries(Object.keys(defaults).map((key) => [key, given[key]])));
    verbs.go(Object.fromEntries(Object.keys(places).map((key) => [key, given[key]])));
  });
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return;
    const letter = event.key.toLowerCase();
    const verb = letter === "z" ? (event.shiftKey ? verbs.redo : verbs.undo) : letter === "y" ? verbs.redo : null;
    if (!verb) return;
    // The fields are ours to undo: the browser's own undo knows nothing of presets, and loses count of what we set.
    event.preventDefault();
    verb();
  });
  return {
    now,
    place,
    canUndo: computed(() => edits.value.past.length > 0),
    canRedo: computed(() => edits.value.future.length > 0),
    ...verbs,
  };
}
