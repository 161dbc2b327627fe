/** A lab's fields in the address, after the `#`: only those that differ from what the lab begins with. */

/** @typedef {import("./edits.js").Fields} Fields */

/** @param {string} hash @param {Fields} defaults @returns {Fields} fields that the lab does not have are left out */
export function readFields(hash, defaults) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  return Object.fromEntries(Object.keys(defaults).map((key) => [key, given.get(key) ?? defaults[key]]));
}

/** @param {Fields} fields @param {Fields} defaults */
export function writeFields(fields, defaults) {
  const kept = Object.keys(defaults).filter((key) => fields[key] !== defaults[key]);
  const hash = new URLSearchParams(kept.map((key) => [key, fields[key]])).toString();
  return hash ? `#${hash}` : "";
}

/** Whether an address says anything of a lab's fields. @param {string} hash @param {Fields} defaults */
export const saysFields = (hash, defaults) =>
  [...new URLSearchParams(hash.replace(/^#/, "")).keys()].some((key) => key in defaults);
