/** The cards of a module and of one of its calls. */

import { html } from "../../../vendor/preact.js";
import { costs } from "../../tape/costs.js";
import { relations } from "../../tape/relations.js";
import { isTraining } from "../../tape/training.js";
import { formatDtype, formatShape, formatValue, isSilent, moduleTitle, typeName } from "../../tape/words.js";
import { Costs } from "./cost.js";
import { Amount, Card, Excerpt, Link, Row, Section } from "./parts.js";
import { TensorRow } from "./tensor.js";

const STATUS = { none: "not called yet", open: "running", done: "returned", failed: "raised" };

/** `Linear(in_features=64, …)`. @param {import("./parts.js").Tape} tape @param {number} id */
const written = (tape, id) => `${typeName(tape.modules[id].type)}(${tape.modules[id].extra_repr})`;

/** A gradient beside its parameter, whose shape it has: its size is enough. @param {{tape: import("./parts.js").Tape, id: number | null}} props */
function Gradient({ tape, id }) {
  if (id === null) return html`<code class="muted">${isSilent(tape) ? "" : "None"}</code>`;
  const text = formatValue(tape, id, { max: 1 });
  return html`<span title=${formatValue(tape, id)}><${Amount} text=${text.replace(/^\S+ \S+ (?=‖)/, "")} /></span>`;
}

/** @param {import("./parts.js").CardProps} props `id` is the module's */
function ModuleFacts({ model, player: { tape, history }, id }) {
  const module = tape.modules[id];
  const state = history.at(model.step.value);
  const hooks = relations(tape).hooksOn.get(`module:${id}`) ?? [];
  const rows = [...Object.entries(module.parameters), ...Object.entries(module.buffers)];
  /** @param {string} thing @param {unknown} [text] */
  const link = (thing, text = null) => html`<${Link} model=${model} tape=${tape} thing=${thing}>${text}</${Link}>`;
  return html`
    ${
      rows.length > 0 &&
      html`<${Section} title="Parameters and buffers"><table class="params"><thead><tr><th>name</th><th>shape</th><th>.grad</th></tr></thead><tbody>
      ${rows.map(
        ([name, tensor]) => html`<tr key=${name}><td>${link(`tensor:${tensor}`, name)}</td>
        <td><code>${formatShape(tape.tensors[tensor].shape)} ${formatDtype(tape.tensors[tensor].dtype)}</code></td><td><${Gradient} tape=${tape} id=${state.tensor(tensor).grad} /></td></tr>`,
      )}
    </tbody></table></${Section}>`
    }
    ${hooks.length > 0 && html`<${Section} title="Hooks">${hooks.map((hook) => html`<${Row} key=${hook} label=${link(`hook:${hook}`)}><span class="muted">${`fired ${state.hook(hook).fired} ×`}</span></${Row}>`)}</${Section}>`}
    ${module.children.length > 0 && html`<${Section} title="Holds">${module.children.map((child) => html`<${Row} key=${child} label=${link(`module:${child}`, tape.modules[child].name)}><code class="clip" title=${written(tape, child)}>${written(tape, child)}</code></${Row}>`)}</${Section}>`}
    <${Section} title="About">
      <${Row} label="mode"><code>${isTraining(tape, id, model.step.value) ? "train" : "eval"}</code></${Row}>
      ${module.parent !== null && html`<${Row} label="inside">${link(`module:${module.parent}`)}</${Row}>`}
      ${module.tied_with.length > 0 && html`<${Row} label="shares parameters with">${module.tied_with.map((other) => html`${link(`module:${other}`)} `)}</${Row}>`}
    </${Section}>`;
}

/** @param {import("./parts.js").CardProps} props */
export function ModuleCard({ model, player, id }) {
  const { tape } = player;
  const module = tape.modules[id];
  const calls = relations(tape).callsOf.get(id) ?? [];
  return html`<${Card} tone="module" title=${moduleTitle(tape, id)} subtitle=${html`<code>${written(tape, module.id)}</code>`}>
    ${calls.length > 0 && html`<${Section} title="Calls">${calls.slice(0, 12).map((call, i) => html`<${Row} key=${call} label=${html`<${Link} model=${model} tape=${tape} thing=${`call:${call}`}>call ${i + 1}</${Link}>`}><span class="muted">${STATUS[player.history.at(model.step.value).call(call)]}</span></${Row}>`)}</${Section}>`}
    <${Costs} cost=${costs(tape).modules[id].total} note=${calls.length > 1 ? `of its ${calls.length} calls` : ""} />
    <${ModuleFacts} model=${model} player=${player} id=${id} />
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
  return html`<${Card} tone="module" title=${moduleTitle(tape, call.module)} subtitle=${html`<code>${written(tape, module.id)}</code>`}>
    <p class=${`status ${status === "open" ? "running" : status}`}>${STATUS[status]}</p>
    ${again && html`<p class="status idle">recomputed for backward</p>`}
    ${call.inputs.length > 0 && html`<${Section} title="Inputs">${call.inputs.map((tensor) => html`<${TensorRow} key=${tensor} model=${model} player=${player} id=${tensor} />`)}</${Section}>`}
    ${call.outputs.length > 0 && html`<${Section} title="Outputs">${call.outputs.map((tensor) => html`<${TensorRow} key=${tensor} model=${model} player=${player} id=${tensor} />`)}</${Section}>`}
    <${Costs} cost=${costs(tape).calls[id].total} note=${tape.calls.some((each) => each.parent === id) ? "with the calls inside it" : ""} />
    <${ModuleFacts} model=${model} player=${player} id=${call.module} />
    <${Excerpt} tape=${tape} span=${call.span} />
  </${Card}>`;
}
