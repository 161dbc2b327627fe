/** The pieces every card of the inspector is made of. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { parseThing, thingTitle } from "../../tape/things.js";
import { formatValue, isSilent, lineText, shorten, spanText } from "../../tape/words.js";
import { Name } from "../../ui/name.js";
import { isOdd } from "../../ui/say.js";

/** @typedef {import("../../tape/load.js").Tape} Tape */
/** @typedef {{model: import("../../ui/model.js").Model, player: import("../../ui/model.js").Player, id: number}} CardProps */

/** @param {{tone: string, title: unknown, subtitle?: unknown, children?: unknown}} props */
export function Card({ tone, title, subtitle = null, children }) {
  return html`<article class=${`card ${tone}`}><header><h3>${title}</h3>${subtitle && html`<p>${subtitle}</p>`}</header>${children}</article>`;
}

/** @param {{title: string, note?: string, children: unknown}} props */
export function Section({ title, note = "", children }) {
  return html`<section class="facts"><h4>${title}${note && html` <span>${note}</span>`}</h4>${children}</section>`;
}

/** @param {{label: unknown, children?: unknown}} props */
export function Row({ label, children }) {
  return html`<div class="row"><span class="label">${label}</span><span class="value">${children}</span></div>`;
}

/** @param {{model: CardProps["model"], tape: Tape, thing: string, children?: unknown}} props */
export function Link({ model, tape, thing, children = null }) {
  const kind = parseThing(tape, thing)?.kind ?? "";
  return html`<button type="button" class=${`link ${kind}`} onClick=${() => model.select(thing)}>${children === null ? html`<${Name} text=${thingTitle(tape, thing)} />` : typeof children === "string" ? html`<${Name} text=${children} />` : children}</button>`;
}

/** A number or a few; one that is none is in red. @param {{text: string, tone?: string}} props */
export function Amount({ text, tone = "" }) {
  return html`<code class=${isOdd(text) ? "odd" : tone || undefined}>${text}</code>`;
}

/** A value; where there is none, `later` says why, and a tape without numbers says nothing of the kind. @param {{tape: Tape, value: number | null | undefined, later?: string}} props */
export function Value({ tape, value, later = "—" }) {
  return value === null || value === undefined
    ? html`<span class="muted">${isSilent(tape) ? "" : later}</span>`
    : html`<${Amount} text=${formatValue(tape, value)} />`;
}

/** Before → after, where a hook changed something. @param {{tape: Tape, before: readonly (number | null)[], after: readonly (number | null)[]}} props */
export function Change({ tape, before, after }) {
  if (isSilent(tape)) return html`<span class="muted">${t("fired")}</span>`;
  const from = before.map((id) => formatValue(tape, id)).join(", ");
  const to = after.map((id) => formatValue(tape, id)).join(", ");
  return before.join() === after.join()
    ? html`<${Amount} text=${from} /> <span class="muted">${t("unchanged")}</span>`
    : html`<${Amount} text=${from} /> → <${Amount} text=${to} tone="hook-text" />`;
}

/** The source line of a span; a click goes to the next event of it. @param {{tape: Tape, span: number | null | undefined}} props */
export function Excerpt({ tape, span }) {
  if (span === null || span === undefined) return null;
  return html`<p class="excerpt"><span>${lineText(tape, span)}</span><code>${shorten(spanText(tape, span), 160)}</code></p>`;
}
