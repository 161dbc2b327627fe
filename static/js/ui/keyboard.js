/** The keys of the player: one table, which the page obeys and the help shows. */

/** @typedef {{keys: string[], shows: string, does: string, verb: string}} Key */

/** @type {Key[]} */
export const KEYS = [
  { keys: [" "], shows: "Space", does: "play or pause", verb: "toggle" },
  { keys: ["ArrowRight"], shows: "→", does: "one step on", verb: "next" },
  { keys: ["ArrowLeft"], shows: "←", does: "one step back", verb: "back" },
  { keys: ["Shift+ArrowRight"], shows: "Shift →", does: "ten steps on", verb: "tenOn" },
  { keys: ["Shift+ArrowLeft"], shows: "Shift ←", does: "ten steps back", verb: "tenBack" },
  { keys: ["Home"], shows: "Home", does: "to the start", verb: "start" },
  { keys: ["End"], shows: "End", does: "to the end", verb: "end" },
  { keys: ["]"], shows: "]", does: "next phase", verb: "nextPhase" },
  { keys: ["["], shows: "[", does: "previous phase", verb: "previousPhase" },
  { keys: ["/"], shows: "/ or Ctrl/⌘ K", does: "find anything on the tape", verb: "search" },
  { keys: ["f"], shows: "F", does: "fit the graph to its pane", verb: "fit" },
  { keys: ["l"], shows: "L", does: "show or hide the legend", verb: "legend" },
  { keys: ["?"], shows: "?", does: "show or hide this help", verb: "help" },
  { keys: ["Escape"], shows: "Esc", does: "close what is open, then a notice, then the selection", verb: "escape" },
  { keys: [], shows: "Ctrl or ⌘ Enter", does: "run the program in the editor", verb: "" },
];

/** Whether keys belong to what has the focus. @param {EventTarget | null} target @param {string} key */
function taken(target, key) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest(".cm-editor, input:not([type=range]), textarea, select, [contenteditable=true]"))
    return key !== "Escape" || target.closest(".cm-editor") !== null;
  if (key === " " || key === "Enter") return target.closest("button, a, summary, [role=option], [role=tab]") !== null;
  return (
    key.startsWith("Arrow") && target.closest("[role=separator], [role=tablist], [role=menu], [role=listbox]") !== null
  );
}

/** @param {Document} document @param {(verb: string) => void} act @returns {() => void} */
export function listen(document, act) {
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || taken(event.target, event.key))
      return;
    const name =
      event.shiftKey && event.key.startsWith("Arrow")
        ? `Shift+${event.key}`
        : event.key.length === 1
          ? event.key.toLowerCase()
          : event.key;
    const key = KEYS.find((each) => each.keys.includes(name));
    if (!key) return;
    event.preventDefault();
    act(key.verb);
  };
  /** After a click with the mouse the keys are the player's again: Space plays, it does not click once more. @param {MouseEvent} event */
  const clicked = (event) => {
    if (event.detail > 0 && event.target instanceof Element)
      /** @type {HTMLElement | null} */ (event.target.closest("button"))?.blur();
  };
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", clicked);
  return () => {
    document.removeEventListener("keydown", pressed);
    document.removeEventListener("click", clicked);
  };
}
