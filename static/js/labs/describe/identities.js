/** Which card is which after an edit, an undo or another model: a card keeps its place in the page, its focus and what is open in it. No DOM. */

/** @typedef {import("./reading.js").Layer} Layer */
/** @typedef {{layers: readonly Layer[], ids: readonly number[], next: number}} Identities */

/** @type {Identities} */
export const none = { layers: [], ids: [], next: 0 };

/** The same text at the same place; else the same text elsewhere; else what stood at the place; else a new one. @param {Identities} before @param {readonly Layer[]} layers @returns {Identities} */
export function followed(before, layers) {
  const old = before.layers.map((one) => JSON.stringify(one));
  const now = layers.map((one) => JSON.stringify(one));
  /** @type {(number | null)[]} */
  const ids = now.map((text, i) => (old[i] === text ? before.ids[i] : null));
  const free = new Set(before.ids.filter((id) => !ids.includes(id)));
  const claim = (/** @type {number | undefined} */ id) => (id !== undefined && free.delete(id) ? id : null);
  now.forEach((text, i) => {
    if (ids[i] === null) ids[i] = claim(before.ids.find((id, j) => old[j] === text && free.has(id)));
  });
  let { next } = before;
  const whole = ids.map(
    (id, i) => id ?? claim(before.layers.length === layers.length ? before.ids[i] : undefined) ?? next++,
  );
  return { layers, ids: whole, next };
}
