/** A menu that closes on Escape and on a click elsewhere. */

import { html, useEffect, useRef } from "../../vendor/preact.js";
import { Icon } from "../ui/icons.js";

/** @param {{label: unknown, says?: string, kind?: string, children: unknown}} props `says` names a menu whose label is a picture */
export function Menu({ label, says, kind = "", children }) {
  const menu = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  useEffect(() => {
    /** @param {Event} event */
    const elsewhere = (event) => {
      const inside = event.target instanceof Node && menu.current?.contains(event.target);
      const escaped = event instanceof KeyboardEvent && event.key === "Escape";
      if (!menu.current?.open || (inside && !escaped)) return;
      if (event instanceof KeyboardEvent && !escaped) return;
      menu.current.open = false;
      if (!escaped) return;
      // Esc closes one thing at a time.
      event.preventDefault();
      menu.current.querySelector("summary")?.focus();
    };
    document.addEventListener("pointerdown", elsewhere);
    document.addEventListener("keydown", elsewhere, true);
    return () => {
      document.removeEventListener("pointerdown", elsewhere);
      document.removeEventListener("keydown", elsewhere, true);
    };
  }, []);
  const close = () => {
    if (menu.current) menu.current.open = false;
  };
  return html`<details class=${`menu ${kind}`} ref=${menu}>
    <summary class=${`button ${says ? "icon-only" : "quiet"}`} title=${says} aria-label=${says}>${label} ${!says && html`<${Icon} name="chevron" size=${14} />`}</summary>
    <div class="menu-list" onClick=${close}>${children}</div>
  </details>`;
}
