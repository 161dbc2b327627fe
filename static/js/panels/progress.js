/** What the server is doing for the page right now, with a way to stop it. */

import { html, useEffect, useState } from "../../vendor/preact.js";
import { count, t } from "../language/index.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("../ui/model.js").Running} Running */

const SAYS = /** @type {Record<Running["what"], string>} */ ({
  waiting: t("Waiting for its turn"),
  recording: t("Recording"),
  loading: t("Loading the tape"),
  uploading: t("Sending the tape"),
});

/** The details of a piece of work: its place in the queue, its events so far, the line it is at. @param {Running} running @param {number} seconds */
export function progressText({ what, events, bytes, line, position }, seconds) {
  const facts = [];
  if (what === "waiting" && position !== null)
    facts.push(position > 1 ? t("{n} before it", { n: position - 1 }) : t("next in the queue"));
  if (what === "recording" && events)
    facts.push(count("{n} event", "{n} events", events, { n: events.toLocaleString("en") }));
  if (what === "recording" && line !== null) facts.push(t("at line {line}", { line }));
  if (what === "loading" && bytes) facts.push(`${(bytes / 1e6).toFixed(1)} MB`);
  return [...facts, `${seconds.toFixed(1)} s`].join(" · ");
}

/** @param {{model: Model}} props */
export function Progress({ model }) {
  const [now, setNow] = useState(Date.now());
  const running = model.running.value;
  useEffect(() => {
    if (!running) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 100);
    return () => clearInterval(timer);
  }, [running === null]);
  if (!running) return null;
  const seconds = Math.max(0, (now - running.since) / 1000);
  // What is over in a blink needs no sign of it.
  if (seconds < 0.25 && model.player.value) return null;
  return html`<div class="notice progress">
    <div class="reels" aria-hidden="true"><i></i><i></i></div>
    <div><b role="status">${SAYS[running.what]}…</b><p>${progressText(running, seconds)}</p></div>
    <button type="button" class="button small" onClick=${model.cancel}>${t("Cancel")}</button>
  </div>`;
}
