/** The notice of a piece of work that runs: what it is, how long it has run, and the way to stop it. */

import { html, useEffect, useState } from "../../vendor/preact.js";
import { t } from "../language/index.js";

/** @typedef {{since: number, what: "waiting" | "recording" | "loading" | "uploading"}} Work `since`: milliseconds of the clock */

/** What is over in a blink needs no sign of it. */
const BLINK_S = 0.25;

const SAYS = /** @type {Record<Work["what"], string>} */ ({
  waiting: t("Waiting for its turn"),
  recording: t("Recording"),
  loading: t("Loading the tape"),
  uploading: t("Sending the tape"),
});

/** `facts`: what is known of it besides the time; `patient`: shown only once it takes long. @param {{work: Work | null, facts?: string[], patient: boolean, of?: string, cancel: () => void}} props */
export function Working({ work, facts = [], patient, of = "", cancel }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!work) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 100);
    return () => clearInterval(timer);
  }, [work === null]);
  if (!work) return null;
  const seconds = Math.max(0, (now - work.since) / 1000);
  if (patient && seconds < BLINK_S) return null;
  return html`<div class=${`notice ${of}`}>
    <div class="reels" aria-hidden="true"><i></i><i></i></div>
    <div><b role="status">${SAYS[work.what]}…</b><p>${[...facts, `${seconds.toFixed(1)} s`].join(" · ")}</p></div>
    <button type="button" class="button small" onClick=${cancel}>${t("Cancel")}</button>
  </div>`;
}
