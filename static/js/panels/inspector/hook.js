/** A hook's card: what it hangs on, what it got, what it gave. */

import { html } from "../../../vendor/preact.js";
import { count, t } from "../../language/index.js";
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
    html`<${Row} label=${label}><button type="button" class="link" onClick=${() => model.deck({ type: "seek", step })}>${t("step {n}", { n: step + 1 })}</button></${Row}>`;
  return html`<${Card} tone="hook" title=${hookTitle(tape, id)} subtitle=${t("{kind} hook", { kind: hookKind(hook.kind) })}>
    <p class=${`status ${now.fired ? "done" : "idle"}`}>${now.fired ? count("fired once", "fired {n} times", now.fired) : now.registered ? t("registered, not fired yet") : t("not registered at this step")}</p>
    ${
      now.fired > 0 &&
      now.before.length > 0 &&
      !isSilent(tape) &&
      html`<${Section} title=${t("Last firing")}><${Row} label=${t("before → after")}><${Change} tape=${tape} before=${now.before} after=${now.after} /></${Row}></${Section}>
      ${now.after.slice(0, 2).map((value, i) => html`<${Section} key=${i} title=${t("Gave")}><${Numbers} tape=${tape} id=${value} /></${Section}>`)}`
    }
    <${Section} title=${t("About")}>
      <${Row} label=${t("hangs on")}>${things.length ? things.slice(0, 8).map((thing) => html`<${Link} key=${thing} model=${model} tape=${tape} thing=${thing} /> `) : hookTarget(tape, id)}</${Row}>
      ${hook.flags.length > 0 && html`<${Row} label=${t("options")}>${hook.flags.map((flag) => html`<code key=${flag}>${flag}</code> `)}</${Row}>`}
      <${Row} label=${t("order of registration")}><code>${hook.order + 1}</code></${Row}>
      ${hook.added === null && html`<${Row} label=${t("added")}>${t("before the recording")}</${Row}>`}
      ${when(t("added"), hook.added)}
      ${when(t("removed"), hook.removed)}
    </${Section}>
    <${Excerpt} tape=${tape} span=${hook.span} />
  </${Card}>`;
}
