/**
 * Signs that cannot be seen, or that turn others around, are shown as they are written in Python: a name that holds one
 * is not the name it seems to be, and no text of a program changes how the page around it reads.
 *
 * Letters that are written from right to left stay letters, and what joins an emoji or a Persian word stays too.
 */

/** Control characters but for tab and line breaks; soft hyphens, marks and overrides of direction, spaces of no width, halves of pairs, joiners of nothing. */
const HIDDEN =
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}|(?<=^|[\0-\x7f])[\u200c\u200d]/gu;
/** A quick look at JSON, where some are written out: it may find more than there is. */
const IN_JSON =
  /[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]|\\[ubf]/;

/** @param {string} sign */
function written(sign) {
  const code = /** @type {number} */ (sign.codePointAt(0));
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** @param {string} text */
export const visible = (text) => text.replace(HIDDEN, written);

/** Whether a text of JSON may hold such signs. @param {string} json */
export const mayHide = (json) => IN_JSON.test(json);

/** JSON whose texts are made visible, but for those of some fields. @param {string} json @param {readonly string[]} [exact] names of the fields */
export function parseVisible(json, exact = []) {
  if (!mayHide(json)) return JSON.parse(json);
  return JSON.parse(json, (key, value) => {
    if (typeof value === "string") return exact.includes(key) ? value : visible(value);
    if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
    const names = Object.keys(value);
    return names.every((name) => visible(name) === name)
      ? value
      : Object.fromEntries(names.map((name) => [visible(name), value[name]]));
  });
}
