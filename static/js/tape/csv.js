/** A table as CSV (RFC 4180) that no spreadsheet takes for formulas. */

/** What a spreadsheet begins a formula with. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?(\d+(\.\d+)?(e[+-]?\d+)?|inf)$/i;

/** @param {string | number} value */
function cell(value) {
  const text = String(value);
  // An apostrophe is how a spreadsheet is told that a text is a text.
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** @param {readonly (readonly (string | number)[])[]} rows */
export const csv = (rows) => rows.map((row) => `${row.map(cell).join()}\r\n`).join("");
