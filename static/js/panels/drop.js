/** A .tape file that is dragged over the page can be dropped anywhere on it. */

import { html, useEffect, useState } from "../../vendor/preact.js";
import { t } from "../language/index.js";

/** @param {DragEvent} event */
const hasFiles = (event) => event.dataTransfer?.types.includes("Files") ?? false;

/** @param {{openFile: (file: File) => void}} props */
export function DropTarget({ openFile }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    /** Before the editor hears of it, which would paste the file's bytes. @param {DragEvent} event */
    const drag = (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
      setOver(true);
    };
    /** Between two elements of the page it is left for another; from the window for none. @param {DragEvent} event */
    const leave = (event) => {
      if (event.relatedTarget === null) setOver(false);
    };
    /** @param {DragEvent} event */
    const drop = (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) openFile(file);
    };
    const listeners = /** @type {[string, (event: any) => void][]} */ ([
      ["dragenter", drag],
      ["dragover", drag],
      ["dragleave", leave],
      ["drop", drop],
    ]);
    for (const [name, hear] of listeners) window.addEventListener(name, hear, true);
    return () => {
      for (const [name, hear] of listeners) window.removeEventListener(name, hear, true);
    };
  }, []);
  if (!over) return null;
  return html`<div class="drop-target"><div><div class="reels still" aria-hidden="true"><i></i><i></i></div><b>${t("Drop the tape to open it")}</b><p>${t("A .tape file, recorded anywhere")}</p></div></div>`;
}
