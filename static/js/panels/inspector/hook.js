/** A hook's card: what it hangs on, what it got, what it gave. */

import { html } from "../../../vendor/preact.js";
import { hookKind, hookTitle } from "../../tape/hook_words.js";
import { Numbers } from "./numbers.js";
import { Card, Change, Excerpt, Link, Row, Section } from "./parts.js";

/** @param {import("./parts.js").CardProps} props */
export function HookCard({ model, player: { tape, history }, id }) {
  const hook = tape.hooks[id];
  const now = history.at(model.step.value).hook(id);
  const target =
    hook.tensor !== null
      ? `tensor:${hook.tensor}`
      : hook.node !== null
        ? `node:${hook.node}`
        : hook.module !== null
          ? `module:${hook.module}`
          : null;
  return html`<${Card} tone="hook" title=${hookTitle(tape, id)} subtitle=${`${hookKind(hook.kind)} hook`}>
    <p class=${`status ${now.fired ? "done" : "idle"}`}>${now.fired ? `fired ${now.fired === 1 ? "once" : `${now.fired} times`}` : now.registered ? "registered, not fired yet" : "not registered at this step"}</p>
    ${
      now.fired > 0 &&
      now.before.length > 0 &&
      html`<${Section} title="Last firing"><${Row} label="before → after"><${Change} tape=${tape} before=${now.before} after=${now.after} /></${Row}></${Section}>
      ${now.after.slice(0, 2).map((value, i) => html`<${Section} key=${i} title="Gave"><${Numbers} tape=${tape} id=${value} /></${Section}>`)}`
    }
    <${Section} title="About">
      ${target && html`<${Row} label="on"><${Link} model=${model} tape=${tape} thing=${target} /></${Row}>`}
      <${Row} label="order of registration"><code>${hook.order + 1}</code></${Row}>
      ${hook.added !== null && html`<${Row} label="added"><button type="button" class="link" onClick=${() => model.deck({ type: "seek", step: hook.added ?? 0 })}>step ${hook.added + 1}</button></${Row}>`}
      ${hook.removed !== null && html`<${Row} label="removed"><button type="button" class="link" onClick=${() => model.deck({ type: "seek", step: hook.removed ?? 0 })}>step ${hook.removed + 1}</button></${Row}>`}
    </${Section}>
    <${Excerpt} tape=${tape} span=${hook.span} />
  </${Card}>`;
}
