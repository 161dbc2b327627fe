/** What the server is doing for the page right now, with a way to stop it. */

import { html } from "../../vendor/preact.js";
import { count, t } from "../language/index.js";
import { grouped } from "../tape/grouped.js";
import { Working } from "../ui/working.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("../ui/model.js").Running} Running */

/** The details of a piece of work: its place in the queue, its events so far, the line it is at. @param {Running} running */
export function progressFacts({ what, events, bytes, line, position }) {
  const facts = [];
  if (what === "waiting" && position !== null)
    facts.push(position > 1 ? t("{n} before it", { n: position - 1 }) : t("next in the queue"));
  if (what === "recording" && events) facts.push(count("{n} event", "{n} events", events, { n: grouped(events) }));
  if (what === "recording" && line !== null) facts.push(t("at line {line}", { line }));
  if (what === "loading" && bytes) facts.push(`${(bytes / 1e6).toFixed(1)} MB`);
  return facts;
}

/** @param {{model: Model}} props */
export function Progress({ model }) {
  const running = model.running.value;
  return html`<${Working} work=${running} facts=${running ? progressFacts(running) : []} patient=${model.player.value !== null}
    of="progress" cancel=${model.cancel} />`;
}
