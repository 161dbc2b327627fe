/** The keys of the player: one table, which the page obeys and the help shows. */

import { t } from "../language/index.js";
import { hear } from "./hear.js";

/** @typedef {{keys: string[], shows: string, does: string, verb: string}} Key */

/** @type {Key[]} */
export const KEYS = [
  { keys: [" "], shows: "Space", does: t("play or pause"), verb: "toggle" },
  { keys: ["ArrowRight"], shows: "→", does: t("one step on, into what begins"), verb: "next" },
  { keys: ["ArrowLeft"], shows: "←", does: t("one step back"), verb: "back" },
  { keys: ["Shift+ArrowRight"], shows: "Shift →", does: t("ten steps on"), verb: "tenOn" },
  { keys: ["Shift+ArrowLeft"], shows: "Shift ←", does: t("ten steps back"), verb: "tenBack" },
  { keys: ["Home"], shows: "Home", does: t("to the start"), verb: "start" },
  { keys: ["End"], shows: "End", does: t("to the end"), verb: "end" },
  { keys: ["]"], shows: "]", does: t("next phase"), verb: "nextPhase" },
  { keys: ["["], shows: "[", does: t("previous phase"), verb: "previousPhase" },
  { keys: ["o"], shows: "O", does: t("step over what begins next"), verb: "over" },
  { keys: ["u"], shows: "U", does: t("step out of what is running"), verb: "out" },
  { keys: ["Shift+o"], shows: "Shift O", does: t("back over what has just ended"), verb: "overBack" },
  { keys: ["Shift+u"], shows: "Shift U", does: t("back out of what is running"), verb: "outBack" },
  { keys: ["r"], shows: "R", does: t("play backwards, or pause"), verb: "toggleBack" },
  { keys: ["b"], shows: "B", does: t("breakpoint on what is shown, or none"), verb: "breakHere" },
  { keys: ["n"], shows: "N", does: t("run to the next breakpoint"), verb: "nextStop" },
  { keys: ["p"], shows: "P", does: t("run back to the previous breakpoint"), verb: "previousStop" },
  { keys: ["."], shows: ".", does: t("next event about what is shown"), verb: "nextAbout" },
  { keys: [","], shows: ",", does: t("previous event about what is shown"), verb: "previousAbout" },
  { keys: ["Shift+b"], shows: "Shift B", does: t("show or hide the breakpoints"), verb: "breakpoints" },
  { keys: ["/"], shows: "/ or Ctrl/⌘ K", does: t("find anything on the tape"), verb: "search" },
  { keys: ["f"], shows: "F", does: t("fit the graph to its pane"), verb: "fit" },
  { keys: ["e"], shows: "E", does: t("open the modules of one level more"), verb: "deeper" },
  { keys: ["Shift+e"], shows: "Shift E", does: t("close the innermost open level"), verb: "shallower" },
  { keys: ["x"], shows: "X", does: t("zoom the tape in, around this step"), verb: "tapeIn" },
  { keys: ["Shift+x"], shows: "Shift X", does: t("zoom the tape out"), verb: "tapeOut" },
  {
    keys: ["w"],
    shows: "W",
    does: t("narrow the tape to this iteration, this phase, or show all of it"),
    verb: "narrow",
  },
  { keys: ["v"], shows: "V", does: t("forward and backward: both, either alone, or overlaid"), verb: "sides" },
  { keys: ["k"], shows: "K", does: t("show or hide kinds of things"), verb: "kinds" },
  { keys: ["g"], shows: "G", does: t("bring what is shown to the middle of the graph"), verb: "focus" },
  { keys: ["h"], shows: "H", does: t("only its neighbours, then one hop more"), verb: "near" },
  { keys: ["Shift+h"], shows: "Shift H", does: t("one hop fewer"), verb: "lessNear" },
  { keys: ["t"], shows: "T", does: t("its lineage in the graph, part after part"), verb: "trace" },
  { keys: ["m"], shows: "M", does: t("show or hide the minimap"), verb: "minimap" },
  { keys: ["+", "="], shows: "+", does: t("zoom in"), verb: "zoomIn" },
  { keys: ["-"], shows: "−", does: t("zoom out"), verb: "zoomOut" },
  { keys: [], shows: "Shift F10", does: t("menu of the box that has the focus, in the graph"), verb: "" },
  {
    keys: ["z"],
    shows: "Z",
    does: t("take back the latest opening, closing or change of what the graph shows"),
    verb: "undo",
  },
  { keys: ["l"], shows: "L", does: t("show or hide the legend"), verb: "legend" },
  { keys: ["?"], shows: "?", does: t("show or hide this help"), verb: "help" },
  { keys: ["Escape"], shows: "Esc", does: t("close what is open, then a notice, then the selection"), verb: "escape" },
  { keys: [], shows: "F9", does: t("breakpoint on the cursor's line, in the editor"), verb: "" },
  { keys: [], shows: "Ctrl or ⌘ Enter", does: t("run the program in the editor"), verb: "" },
];

/** @param {string} name */
const find = (name) => KEYS.find((each) => each.keys.includes(name));

/** Whether keys belong to what has the focus. @param {EventTarget | null} target @param {string} key */
function taken(target, key) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest(".cm-editor, input:not([type=range], [type=checkbox]), textarea, select, [contenteditable=true]"))
    return key !== "Escape" || target.closest(".cm-editor") !== null;
  if (key === " " || key === "Enter")
    return target.closest("button, a, summary, input[type=checkbox], [role=option], [role=tab]") !== null;
  return (
    key.startsWith("Arrow") && target.closest("[role=separator], [role=tablist], [role=menu], [role=listbox]") !== null
  );
}

/** @param {Document} document @param {(verb: string) => void} act @returns {() => void} */
export const listen = (document, act) =>
  hear(document, (event) => {
    if (taken(event.target, event.key)) return false;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    // Of letters, only some mean something else with Shift.
    const key = find(event.shiftKey && /^([a-z]|Arrow.*)$/.test(name) ? `Shift+${name}` : name) ?? find(name);
    if (key) act(key.verb);
    return key !== undefined;
  });
