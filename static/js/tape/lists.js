/** Several things in one sentence. */

import { t } from "../language/index.js";

/** `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`. @param {readonly string[]} names @param {number} [most] */
export function list(names, most = 4) {
  if (names.length < 2) return names.join("");
  if (names.length > most)
    return names.slice(0, most - 1).join(t(", ")) + t(" and {n} more", { n: names.length - most + 1 });
  return names.slice(0, -1).join(t(", ")) + t(" and ") + names.at(-1);
}
