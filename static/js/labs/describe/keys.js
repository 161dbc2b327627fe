/** An object with one key otherwise, or without some: objects themselves do not change. No DOM. */

/** @template {object} T @param {T} of @param {...string} keys @returns {T} */
export const lacking = (of, ...keys) =>
  /** @type {T} */ (Object.fromEntries(Object.entries(of).filter(([key]) => !keys.includes(key))));

/** One key with another value; undefined: no longer there. @template {object} T @param {T} of @param {string} key @param {unknown} value @returns {T} */
export const having = (of, key, value) => (value === undefined ? lacking(of, key) : { ...of, [key]: value });
