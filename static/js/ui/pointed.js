/** The thing that the graph rings while something else is read, such as the module that a walk has come to; null: none. */

import { signal } from "../../vendor/preact.js";

export const pointed = signal(/** @type {string | null} */ (null));
