/** What is wrong with a text that a learner typed: where, and what to change. */

/** Found while reading; `at` and `end` count characters of the whole text. */
export class Fault extends Error {
  /** @param {string} message a sentence that says what to change @param {number} at @param {number} [end] */
  constructor(message, at, end = at + 1) {
    super(message);
    this.at = at;
    this.end = end;
  }
}

/** A text in three parts: before the fault, the fault, after it; only the lines that it stands in. @param {string} text @param {{at: number, end: number}} fault @returns {[string, string, string]} */
export function around(text, { at, end }) {
  const from = text.lastIndexOf("\n", at - 1) + 1;
  const next = text.indexOf("\n", Math.max(at, end - 1));
  const to = next < 0 ? text.length : next;
  return [text.slice(from, at), text.slice(at, end) || " ", text.slice(Math.max(end, at), Math.max(to, end))];
}
