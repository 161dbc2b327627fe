/** Keys that belong to the page and not to what has the focus. */

/**
 * Hands on each key that is pressed without Ctrl, Alt or Meta and that nobody has taken yet; what `react` returns true for goes no further.
 * @param {Document} document @param {(event: KeyboardEvent) => boolean} react @returns {() => void} the end of it
 */
export function hear(document, react) {
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (react(event)) event.preventDefault();
  };
  /** After a click with the mouse the keys are the page's again: Space plays, it does not click once more. @param {MouseEvent} event */
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
