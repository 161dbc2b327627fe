/** Small controls that labs share: undo, redo, back to how the lab begins, a link to this very state. */

import { html, useState } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { Icon } from "../ui/icons.js";

/** @param {{fields: import("./fields.js").LabFields}} props */
export function EditControls({ fields }) {
  return html`<div class="lab-edits">
    <button type="button" class="button icon-only small" title=${t("Undo (Ctrl or ⌘ Z)")} aria-label=${t("Undo")} disabled=${!fields.canUndo.value} onClick=${fields.undo}><${Icon} name="undo" size=${16} /></button>
    <button type="button" class="button icon-only small lab-redo" title=${t("Redo (Ctrl or ⌘ Shift Z)")} aria-label=${t("Redo")} disabled=${!fields.canRedo.value} onClick=${fields.redo}><${Icon} name="undo" size=${16} /></button>
    <button type="button" class="button quiet small" onClick=${fields.reset}>${t("As it was")}</button>
    <${CopyLink} />
  </div>`;
}

/** The address bar holds the state; this hands it over. */
export function CopyLink() {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      // Without the permission the address bar is where the link is.
      setCopied(false);
    }
  };
  return html`<button type="button" class="button quiet small" title=${t("The address bar holds this state too")} onClick=${copy}><span role="status">${copied ? t("Copied") : t("Copy link")}</span></button>`;
}
