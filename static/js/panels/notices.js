/** What stands over the graph when there is something to say: progress, refusals, how the program ended, nothing yet. */

import { html, useEffect, useState } from "../../vendor/preact.js";
import { Icon } from "../ui/icons.js";

/** @typedef {import("../ui/model.js").Model} Model */

const TITLES = /** @type {Record<string, string>} */ ({
  raised: "The program raised an exception",
  timed_out: "The program ran out of time",
  out_of_memory: "The program ran out of memory",
  too_much_output: "The program wrote more than a tape holds",
  cancelled: "The recording was cancelled",
  died: "The program's process ended",
  failed: "Tapedeck failed",
});

/** @param {{model: Model}} props */
export function Progress({ model }) {
  const [now, setNow] = useState(Date.now());
  const running = model.running.value;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 100);
    return () => clearInterval(timer);
  }, [running === null]);
  if (!running) return null;
  const seconds = Math.max(0, (now - running.since) / 1000);
  // What is over in a blink needs no sign of it.
  if (seconds < 0.25 && model.player.value) return null;
  const says = { waiting: "Waiting for its turn", recording: "Recording", loading: "Loading the tape" }[running.what];
  const more = running.what === "loading" ? `${(running.bytes / 1e6).toFixed(1)} MB` : running.events ? `${running.events.toLocaleString("en")} events` : "";
  return html`<div class="notice progress" role="status">
    <div class="reels" aria-hidden="true"><i></i><i></i></div>
    <div><b>${says}…</b><p>${[more, `${seconds.toFixed(1)} s`].filter(Boolean).join(" · ")}</p></div>
    <button type="button" class="button small" onClick=${model.cancel}>Cancel</button>
  </div>`;
}

/** @param {{model: Model, retry: () => void}} props */
export function TroubleNotice({ model, retry }) {
  const trouble = model.trouble.value;
  if (!trouble) return null;
  return html`<div class="notice bad" role="alert">
    <div><b>${trouble.title}</b><p>${trouble.detail}</p>${trouble.where?.line ? html`<p><code>line ${trouble.where.line}</code></p>` : null}</div>
    ${trouble.again && html`<button type="button" class="button small" onClick=${retry}>Try again</button>`}
    <button type="button" class="button icon-only small" aria-label="Dismiss" onClick=${() => (model.trouble.value = null)}><${Icon} name="close" size=${14} /></button>
  </div>`;
}

/** @param {{model: Model}} props */
export function OutcomeNotice({ model }) {
  const [closed, setClosed] = useState(/** @type {unknown} */ (null));
  const outcome = model.outcome.value;
  if (!outcome || outcome.status === "finished" || closed === outcome || model.running.value) return null;
  const { where } = outcome;
  const end = (model.player.value?.tape.events.length ?? 0) - 1;
  return html`<div class=${`notice ${outcome.status === "cancelled" ? "" : "bad"}`} role="status">
    <div><b>${TITLES[outcome.status] ?? outcome.status}</b>
      ${outcome.detail && html`<p>${outcome.detail}</p>`}
      ${where && html`<p class="place"><span>line ${where.line}</span> <code>${where.expression}</code></p>`}</div>
    ${end > 0 && model.step.value < end && html`<button type="button" class="button small" onClick=${() => model.deck({ type: "end" })}>Show where</button>`}
    <button type="button" class="button icon-only small" aria-label="Dismiss" onClick=${() => setClosed(outcome)}><${Icon} name="close" size=${14} /></button>
  </div>`;
}

/** @param {{model: Model}} props */
export function Empty({ model }) {
  if (model.player.value || model.running.value || model.trouble.value) return null;
  if (model.outcome.value && model.outcome.value.status !== "finished") return null;
  return html`<div class="empty-state"><div class="reels still" aria-hidden="true"><i></i><i></i></div>
    <h2>No tape yet</h2><p>Write a PyTorch program and press <b>Run</b>, or choose one under <b>Programs</b>.</p></div>`;
}

/** What a built-in program asks its reader. @param {{model: Model}} props */
export function Question({ model }) {
  const [closed, setClosed] = useState(/** @type {string | null} */ (null));
  const slug = model.lesson.value;
  const question = model.lessons.value.find((each) => each.slug === slug)?.question;
  if (!question || closed === slug || !model.player.value) return null;
  return html`<aside class="question" aria-label="Question">
    <b aria-hidden="true">?</b><p>${question}</p>
    <button type="button" class="button icon-only small" aria-label="Hide the question" onClick=${() => setClosed(slug)}><${Icon} name="close" size=${14} /></button>
  </aside>`;
}
