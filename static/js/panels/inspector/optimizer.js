/** An optimizer's card: its groups and their options, and what its latest step did. */

import { html } from "../../../vendor/preact.js";
import { count, t } from "../../language/index.js";
import { optimizerTitle } from "../../tape/hook_words.js";
import { size } from "../../tape/narrate_training.js";
import { relations } from "../../tape/relations.js";
import { isSilent, tensorName, typeName } from "../../tape/words.js";
import { Amount, Card, Link, Row, Section } from "./parts.js";

/** @typedef {import("../../tape/format.js").ParamUpdate} ParamUpdate */
/** @typedef {import("./parts.js").Tape} Tape */

const MOST = 12;

/** The steps of an optimizer up to now, and the updates of the latest. @param {Tape} tape @param {number} id @param {number} step */
function progress(tape, id, step) {
  const all = relations(tape).steps.get(`optimizer:${id}`) ?? [];
  const begun = all.filter((at) => at <= step);
  const latest = begun.at(-1);
  /** @type {ParamUpdate[]} */
  const updates = [];
  if (latest !== undefined)
    for (const [at, opener] of relations(tape).stepOfUpdate)
      if (opener === latest && at <= step) updates.push(/** @type {ParamUpdate} */ (tape.events[at]));
  return { all, begun, updates };
}

/** @param {{tape: Tape, before: number | null, after: number | null}} props */
function FromTo({ tape, before, after }) {
  if (after === null) return html`<span class="muted">${t("changed")}</span>`;
  if (before === null) return html`<${Amount} text=${size(tape, after)} />`;
  return html`<${Amount} text=${size(tape, before)} /> → <${Amount} text=${size(tape, after)} />`;
}

/** @param {{model: import("./parts.js").CardProps["model"], tape: Tape, update: ParamUpdate}} props */
function Update({ model, tape, update }) {
  const link = html`<${Link} model=${model} tape=${tape} thing=${`tensor:${update.tensor}`} />`;
  return html`<${Row} label=${link}><${FromTo} tape=${tape} before=${update.before} after=${update.value} /></${Row}>
    ${update.state.map(({ name, before, after, text }) => html`<${Row} key=${name} label=${html`<i class="inner">${name}</i>`}>${text === null ? html`<${FromTo} tape=${tape} before=${before} after=${after} />` : html`<code>${text}</code>`}</${Row}>`)}`;
}

/** @param {import("./parts.js").CardProps} props */
export function OptimizerCard({ model, player: { tape, history }, id }) {
  const row = tape.optimizers[id];
  const { all, begun, updates } = progress(tape, id, model.step.value);
  const hooks = relations(tape).hooksOn.get(`optimizer:${id}`) ?? [];
  const state = history.at(model.step.value);
  return html`<${Card} tone="optimizer" title=${row.name ?? typeName(row.type)} subtitle=${html`<code>${typeName(row.type)}</code>`}>
    <p class=${`status ${begun.length ? "done" : "idle"}`}>${begun.length ? t("step {n} of {all}", { n: begun.length, all: all.length }) : t("no step yet")}</p>
    ${
      updates.length > 0 &&
      html`<${Section} title=${t("Latest step")} note=${isSilent(tape) ? "" : t("before → after")}>${updates.slice(0, MOST).map((update) => html`<${Update} key=${update.tensor} model=${model} tape=${tape} update=${update} />`)}
      ${updates.length > MOST && html`<p class="muted">${t("and {n} more", { n: updates.length - MOST })}</p>`}</${Section}>`
    }
    ${row.groups.map(
      (
        group,
        i,
      ) => html`<${Section} key=${i} title=${row.groups.length > 1 ? t("Group {n}", { n: i + 1 }) : t("Options")} note=${t("as at the first step")}>
      ${Object.entries(group.options)
        .filter(([, text]) => text !== "None")
        .map(([name, text]) => html`<${Row} key=${name} label=${html`<i>${name}</i>`}><code>${text}</code></${Row}>`)}
      <${Row} label=${count("{n} parameter", "{n} parameters", group.parameters.length)}>${group.parameters.slice(0, MOST).map((tensor) => html`<${Link} key=${tensor} model=${model} tape=${tape} thing=${`tensor:${tensor}`}>${tensorName(tape, tensor)}</${Link}> `)}${group.parameters.length > MOST ? "…" : ""}</${Row}>
    </${Section}>`,
    )}
    ${hooks.length > 0 && html`<${Section} title=${t("Hooks")}>${hooks.map((hook) => html`<${Row} key=${hook} label=${html`<${Link} model=${model} tape=${tape} thing=${`hook:${hook}`} />`}><span class="muted">${t("fired {n} ×", { n: state.hook(hook).fired })}</span></${Row}>`)}</${Section}>`}
    <${Section} title=${t("Steps")}>${all.slice(0, 30).map((step, i) => html`<button key=${step} type="button" class="link" title=${optimizerTitle(tape, id)} onClick=${() => model.deck({ type: "seek", step })}>${i + 1}</button> `)}${all.length > 30 ? "…" : ""}</${Section}>
  </${Card}>`;
}
