/** What a lab says of its recording: that it runs and can be stopped, what went wrong, what to change. */

import { html, useEffect, useState } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { Icon } from "../ui/icons.js";

/** @typedef {import("./recording.js").Recording} Recording */

/** What is over in a blink needs no sign of it. */
const BLINK_MS = 300;

const says = () =>
  /** @type {Record<import("./recording.js").Running["what"], string>} */ ({
    waiting: t("Waiting for its turn"),
    recording: t("Recording"),
    loading: t("Loading the tape"),
  });

/** @param {{recording: Recording}} props */
export function RunningNotice({ recording }) {
  const [now, setNow] = useState(Date.now());
  const running = recording.running.value;
  useEffect(() => {
    if (!running) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 100);
    return () => clearInterval(timer);
  }, [running === null]);
  if (!running || now - running.since < BLINK_MS) return null;
  return html`<div class="notice lab-running">
    <div class="reels" aria-hidden="true"><i></i><i></i></div>
    <div><b role="status">${says()[running.what]}…</b><p>${((now - running.since) / 1000).toFixed(1)} s</p></div>
    <button type="button" class="button small" onClick=${recording.cancel}>${t("Cancel")}</button>
  </div>`;
}

/** A sentence in a bar: `bad` is an error, `warn` a warning, else a remark. @param {{tone?: "bad" | "warn" | "", title?: string, children?: unknown}} props */
export function Bar({ tone = "bad", title = "", children }) {
  const icon = tone === "bad" ? "error" : tone === "warn" ? "warning" : "info";
  return html`<div class=${`bar ${tone}`} role=${tone === "bad" ? "alert" : "note"}>
    <${Icon} name=${icon} /><p>${title && html`<b>${title}</b> `}${children}</p></div>`;
}

/** What the server refused. @param {{recording: Recording}} props */
export function TroubleNotice({ recording }) {
  const trouble = recording.trouble.value;
  if (!trouble) return null;
  return html`<div class="bar bad" role="alert"><${Icon} name="error" />
    <p><b>${trouble.title}</b> ${trouble.detail}</p>
    ${trouble.retry && html`<button type="button" class="button small" onClick=${trouble.retry}>${t("Try again")}</button>`}
  </div>`;
}

/** Where nothing is being recorded and nothing stands on the page: it was cancelled. @param {{show: boolean, act: () => void}} props */
export const IdleNotice = ({ show, act }) =>
  show
    ? html`<div class="bar" role="note"><${Icon} name="info" /><p>${t("This is not recorded yet.")}</p><button type="button" class="button small" onClick=${act}>${t("Record it")}</button></div>`
    : null;

/** A program that did not end by itself: too long, too large, stopped. @param {{recording: Recording}} props */
export function OutcomeNotice({ recording }) {
  const outcome = recording.recorded.value?.entry.outcome;
  if (!outcome || outcome.status === "finished" || outcome.status === "raised") return null;
  return html`<${Bar} title=${t("The program did not end by itself.")}>${outcome.detail ?? outcome.status}</${Bar}>`;
}
