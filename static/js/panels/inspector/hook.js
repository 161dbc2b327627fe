/** A hook's card: what it hangs on, what it got, what it gave. */

import { html } from "../../../vendor/preact.js";
import { hookKind, hookTarget, hookThings, hookTitle } from "../../tape/hook_words.js";
import { isSilent } from "../../tape/words.js";
import { Numbers } from "./numbers.js";
import { Card, Change, Excerpt, Link, Row, Section } from "./parts.js";

/** @param {import("./parts.js").CardProps} props */
export function HookCard({ model, player: { tape, history }, id }) {
  const hook = tape.hooks[id];
  const now = history.at(model.step.value).hook(id);
  const things = hookThings(hook);
  /** @param {string} label @param {number | null} step */
  const when = (label, step) =>
    step !== null &&
    html`<${Row} label=${label}><button type="button" class="link" onClick=${() => model.deck({ type: "seek", step })}>step ${step + 1}</button></${Row}>`;
  return html`<${Card} tone="hook" title=${hookTitle(tape, id)} subtitle=${`${hookKind(hook.kind)} hook`}>
    <p class=${`status ${now.fired ? "done" : "idle"}`}>${now.fired ? `fired ${now.fired === 1 ? "once" : `${now.fired} times`}` : now.registered ? "registered, not fired yet" : "not registered at this step"}</p>
    ${
      now.fired > 0 &&
      now.before.length > 0 &&
      !isSilent(tape) &&
      html`<${Section} title="Last firing"><${Row} label="before → after"><${Change} tape=${tape} before=${now.before} after=${now.after} /></${Row}></${Section}>
      ${now.after.slice(0, 2).map((value, i) => html`<${Section} key=${i} title="Gave"><${Numbers} tape=${tape} id=${value} /></${Section}>`)}`
    }
    <${Section} title="About">
      <${Row} label="on">${things.length ? things.slice(0, 8).map((thing) => html`<${Link} key=${thing} model=${model} tape=${tape} thing=${thing} /> `) : hookTarget(tape, id)}</${Row}>
      ${hook.flags.length > 0 && html`<${Row} label="options">${hook.flags.map((flag) => html`<code key=${flag}>${flag}</code> `)}</${Row}>`}
      <${Row} label="order of registration"><code>${hook.order + 1}</code></${Row}>
      ${hook.added === null && html`<${Row} label="added">before the recording</${Row}>`}
      ${when("added", hook.added)}
      ${when("removed", hook.removed)}
    </${Section}>
    <${Excerpt} tape=${tape} span=${hook.span} />
  </${Card}>`;
}
