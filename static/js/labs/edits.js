/** What a learner has set in a lab, with everything that it was before: values do not change, an edit makes the next. No clock, no document. */

/** @typedef {Record<string, string>} Fields */
/** @typedef {{now: Fields, past: readonly Fields[], future: readonly Fields[], key: string, at: number}} Edits `key` and `at`: what the latest edit changed, and when */

const MOST = 200;
/** Keystrokes in one field that follow one another within this time are one edit. */
const TOGETHER_MS = 900;

/** @param {Fields} now @returns {Edits} */
export const begun = (now) => ({ now, past: [], future: [], key: "", at: -Infinity });

/** @param {Edits} edits @param {Fields} patch @param {number} time milliseconds @param {string} [what] a part of a field, where one field holds many @returns {Edits} */
export function changed(edits, patch, time, what = "") {
  const keys = Object.keys(patch).filter((key) => edits.now[key] !== patch[key]);
  if (!keys.length) return edits;
  const key = `${keys.sort().join()} ${what}`;
  const joins = key === edits.key && time - edits.at < TOGETHER_MS && edits.future.length === 0;
  const past = joins ? edits.past : [...edits.past, edits.now].slice(-MOST);
  return { now: { ...edits.now, ...patch }, past, future: [], key, at: time };
}

/** @param {Edits} edits @returns {Edits} */
export function undone({ now, past, future, ...rest }) {
  const before = past.at(-1);
  if (!before) return { now, past, future, ...rest };
  return { now: before, past: past.slice(0, -1), future: [now, ...future], key: "", at: -Infinity };
}

/** @param {Edits} edits @returns {Edits} */
export function redone({ now, past, future, ...rest }) {
  const after = future[0];
  if (!after) return { now, past, future, ...rest };
  return { now: after, past: [...past, now], future: future.slice(1), key: "", at: -Infinity };
}
