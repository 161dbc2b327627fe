/** The cards of a module and of one of its calls. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { costs } from "../../tape/costs.js";
import { relations } from "../../tape/relations.js";
import { isTraining } from "../../tape/training.js";
import { moduleTitle } from "../../tape/words.js";
import { Costs } from "./cost.js";
import { Card, Excerpt, Link, Row, Section } from "./parts.js";
import { HookTables, Tables, written } from "./tables.js";
import { TensorRow } from "./tensor.js";
import { Walk } from "./walk.js";

const STATUS = { none: t("not called yet"), open: t("running"), done: t("returned"), failed: t("raised") };

/** @param {import("./parts.js").CardProps} props `id` is the module's */
function ModuleFacts({ model, player, id }) {
  const { tape } = player;
  const module = tape.modules[id];
  const training = isTraining(tape, id, model.step.value);
  /** @param {string} thing */
  const link = (thing) => html`<${Link} model=${model} tape=${tape} thing=${thing} />`;
  return html`
    <${Tables} model=${model} player=${player} id=${id} />
    <${HookTables} model=${model} player=${player} id=${id} />
    <${Section} title=${t("About")}>
      <${Row} label="training"><code>${training ? "True" : "False"}</code> <span class="muted">${training ? t("train mode") : t("eval mode")}</span></${Row}>
      ${module.parent !== null && html`<${Row} label=${t("inside")}>${link(`module:${module.parent}`)}</${Row}>`}
      ${module.tied_with.length > 0 && html`<${Row} label=${t("shares parameters with")}>${module.tied_with.map((other) => html`${link(`module:${other}`)} `)}</${Row}>`}
    </${Section}>`;
}

/** @param {import("./parts.js").CardProps} props */
export function ModuleCard({ model, player, id }) {
  const { tape } = player;
  const module = tape.modules[id];
  const calls = relations(tape).callsOf.get(id) ?? [];
  const state = player.history.at(model.step.value);
  return html`<${Card} tone="module" title=${moduleTitle(tape, id)} subtitle=${html`<code>${written(tape, module.id)}</code>`}>
    <${ModuleFacts} model=${model} player=${player} id=${id} />
    <${Walk} model=${model} player=${player} id=${id} />
    ${calls.length > 0 && html`<${Section} title=${t("Calls")}>${calls.slice(0, 12).map((call, i) => html`<${Row} key=${call} label=${html`<${Link} model=${model} tape=${tape} thing=${`call:${call}`}>${t("call {n}", { n: i + 1 })}</${Link}>`}><span class="muted">${STATUS[state.call(call)]}</span></${Row}>`)}</${Section}>`}
    <${Costs} cost=${costs(tape).modules[id].total} note=${calls.length > 1 ? t("of its {n} calls", { n: calls.length }) : ""} />
    <${Excerpt} tape=${tape} span=${module.constructed} />
  </${Card}>`;
}

/** @param {import("./parts.js").CardProps} props */
export function CallCard({ model, player, id }) {
  const { tape, history } = player;
  const call = tape.calls[id];
  const module = tape.modules[call.module];
  const status = history.at(model.step.value).call(id);
  const again = relations(tape).recomputed.has(id);
  const inner = tape.calls.some((each) => each.parent === id);
  /** @param {string} title @param {number[]} tensors */
  const tensors = (title, tensors) =>
    tensors.length > 0 &&
    html`<${Section} title=${title}>${tensors.map((tensor) => html`<${TensorRow} key=${tensor} model=${model} player=${player} id=${tensor} />`)}</${Section}>`;
  return html`<${Card} tone="module" title=${moduleTitle(tape, call.module)} subtitle=${html`<code>${written(tape, module.id)}</code>`}>
    <p class=${`status ${status === "open" ? "running" : status}`}>${STATUS[status]}</p>
    ${again && html`<p class="status idle">${t("recomputed for backward")}</p>`}
    ${tensors(t("Inputs"), call.inputs)}
    ${tensors(t("Outputs"), call.outputs)}
    <${Costs} cost=${costs(tape).calls[id].total} note=${inner ? t("with the calls inside it") : ""} />
    <${ModuleFacts} model=${model} player=${player} id=${call.module} />
    <${Walk} model=${model} player=${player} id=${call.module} />
    <${Excerpt} tape=${tape} span=${call.span} />
  </${Card}>`;
}
