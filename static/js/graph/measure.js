/** How large things are, from their text alone: layout must not need a document. */

/** @typedef {import("./types.js").Face} Face */

export const TITLE = 13.5;
export const DETAIL = 11;
const MONO = 0.603;
const SANS = 0.56;

/** @param {string} text @param {number} size */
export function monoWidth(text, size) {
  return [...text].reduce((sum, letter) => sum + emsOf(letter, MONO), 0) * size;
}

/** The width of a letter in ems: marks have none, and Chinese ones a whole one. @param {string} letter @param {number} usual */
function emsOf(letter, usual) {
  if (/\p{M}/u.test(letter)) return 0;
  return /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]/u.test(letter) ? 1 : usual;
}

/** @param {string} text @param {number} size */
export function sansWidth(text, size) {
  return [...text].reduce((sum, letter) => sum + emsOf(letter, SANS), 0) * size;
}

/** Text cut to what fits. @param {string} text @param {number} width @param {number} size */
export function fitMono(text, width, size) {
  if (monoWidth(text, size) <= width) return text;
  const letters = [...text];
  const room = Math.max(1, Math.floor(width / (size * MONO)) - 1);
  return `${letters.slice(0, room).join("")}…`;
}

/** @param {string} title @param {string} detail @param {{least: number, height: number, most?: number, pad?: number}} room @returns {Face} */
export function face(title, detail, { least, height, most = 240, pad = 28 }) {
  const wanted = Math.max(monoWidth(title, TITLE), monoWidth(detail, DETAIL)) + pad;
  return { width: Math.round(Math.min(most, Math.max(least, wanted))), height, title, detail };
}

/** The one row of a closed group: arrow, name, type, counts. @param {string} name @param {string} type @param {string} count @param {boolean} parameters */
export function rowWidth(name, type, count, parameters) {
  return Math.round(
    30 +
      monoWidth(name, TITLE) +
      (type ? 8 + sansWidth(type, 12) : 0) +
      26 +
      monoWidth(count, DETAIL) +
      (parameters ? 40 : 12),
  );
}
