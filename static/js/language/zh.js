/** The page in Simplified Chinese: one catalogue for each folder. */

import deck from "./zh/deck.js";
import graph from "./zh/graph.js";
import labs from "./zh/labs.js";
import lessons from "./zh/lessons.js";
import panels from "./zh/panels.js";
import tape from "./zh/tape.js";
import ui from "./zh/ui.js";

/** @type {import("./translate.js").Catalogue} */
export default { ...tape, ...deck, ...graph, ...panels, ...ui, ...lessons, ...labs };

export { default as sentences } from "./zh/server.js";
