/** What a lab says of its recording: that it runs and can be stopped, what went wrong, what to change. */

import { html } from "../../vendor/preact.js";
import { heard, t } from "../language/index.js";
import { Icon } from "../ui/icons.js";
import { Working } from "../ui/working.js";

/** @typedef {import("./recording.js").Recording} Recording */

/** @param {{recording: Recording}} props */
export const RunningNotice = ({ recording }) =>
  html`<${Working} work=${recording.running.value} patient of="lab-running" cancel=${recording.cancel} />`;

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
  return html`<${Bar} title=${t("The program did not end by itself.")}>${heard(outcome.detail ?? outcome.status)}</${Bar}>`;
}
