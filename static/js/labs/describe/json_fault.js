/** Where a text stops being JSON: browsers tell it each in another way, or not at all. No DOM. */

const SPACE = /[ \t\n\r]*/y;
// eslint-disable-next-line no-control-regex -- the very characters that JSON does not allow in a text
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const SIMPLE = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** @param {string} text a text that `JSON.parse` refuses @returns {number} the first character that cannot stand there */
export function faultAt(text) {
  let at = 0;
  const match = (/** @type {RegExp} */ pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found !== null;
  };
  const sign = (/** @type {string} */ wanted) => {
    match(SPACE);
    if (text[at] !== wanted) return false;
    at += 1;
    return true;
  };
  const member = () => {
    match(SPACE);
    return match(TEXT) && sign(":") && value();
  };
  const several = (/** @type {() => boolean} */ one, /** @type {string} */ close) => {
    if (sign(close)) return true;
    do if (!one()) return false;
    while (sign(","));
    return sign(close);
  };
  /** @returns {boolean} */
  const value = () => {
    if (sign("{")) return several(member, "}");
    if (sign("[")) return several(value, "]");
    return match(TEXT) || match(SIMPLE);
  };
  value();
  match(SPACE);
  return at;
}

/** Counted from 1, as editors do. @param {string} text @param {number} at */
export function lineAndColumn(text, at) {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: before[before.length - 1].length + 1 };
}
