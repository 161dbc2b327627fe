/** What opens over the page closes when a click goes elsewhere, or on Esc. */

import { useEffect } from "../../vendor/preact.js";

/** @param {{current: Element | null}} box @param {boolean} open @param {(escaped: boolean) => void} close */
export function useAway(box, open, close) {
  useEffect(() => {
    if (!open) return undefined;
    /** @param {Event} event */
    const pressed = (event) => {
      if (!(event.target instanceof Node && box.current?.contains(event.target))) close(false);
    };
    /** @param {KeyboardEvent} event */
    const keyed = (event) => {
      if (event.key !== "Escape") return;
      // Esc closes one thing at a time.
      event.preventDefault();
      event.stopPropagation();
      close(true);
    };
    document.addEventListener("pointerdown", pressed, true);
    document.addEventListener("keydown", keyed, true);
    return () => {
      document.removeEventListener("pointerdown", pressed, true);
      document.removeEventListener("keydown", keyed, true);
    };
  }, [open]);
}
