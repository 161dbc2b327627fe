/** Functions that are drawn as a circle with their sign. */

/** @type {Readonly<Record<string, string>>} */
export const SIGNS = Object.freeze({ add: "+", sub: "−", mul: "×", matmul: "@" });
