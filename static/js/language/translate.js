/** From an English text of ours to another language: texts are looked up whole, and their holes keep their names. */

/** @typedef {Record<string, string>} Catalogue English text to translation; holes stand as `{name}` in both */
/** @typedef {string | number} Filling */

/** A text with its holes filled; a hole without a value stays as it stands. @param {string} text @param {Record<string, Filling>} [values] */
export const fill = (text, values = {}) =>
  text.replace(/\{(\w+)\}/g, (hole, name) => (name in values ? String(values[name]) : hole));

/** A function from English text to a catalogue's; what the catalogue lacks stays English. @param {Catalogue} catalogue */
export const translator =
  (catalogue) =>
  (/** @type {string} */ text, /** @type {Record<string, Filling>} */ values = {}) =>
    fill(Object.hasOwn(catalogue, text) ? catalogue[text] : text, values);

/** A template whose holes are numbered in its key (`"{0} raises {1}"`), in the order of another language: its words and the numbers of its holes, by turns. @param {Catalogue} catalogue @param {readonly string[]} words @returns {(string | number)[]} */
export function ordered(catalogue, words) {
  const key = keyOf(words);
  const text = Object.hasOwn(catalogue, key) ? catalogue[key] : key;
  return text
    .split(/\{(\d+)\}/)
    .map((part, i) => (i % 2 ? Number(part) : part))
    .filter((part) => part !== "");
}

/** What a template is known by in a catalogue. @param {readonly string[]} words */
export const keyOf = (words) => words.reduce((key, text, i) => `${key}{${i - 1}}${text}`);
