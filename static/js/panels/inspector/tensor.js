/** A tensor's card: its value and gradient now, where it came from, who saved it, the hooks on it. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { hookKind } from "../../tape/hook_words.js";
import { relations } from "../../tape/relations.js";
import { barred, formatDtype, formatShape, isSilent, opDetail, tensorName } from "../../tape/words.js";
import { TensorHistory } from "./history.js";
import { Numbers } from "./numbers.js";
import { Card, Change, Excerpt, Link, Row, Section, Value } from "./parts.js";
import { StorageRows, Tangents } from "./tensor_parts.js";

const TONES = /** @type {Record<string, string>} */ ({
  parameter: "param",
  buffer: "buffer",
  input: "io",
  gradient: "node",
  constant: "buffer",
});

const ROLES = /** @type {Record<string, string>} */ ({
  parameter: t("parameter"),
  buffer: t("buffer"),
  input: t("input"),
  gradient: t("gradient"),
  constant: t("constant"),
  activation: t("activation"),
  output: t("output"),
});

/** @param {import("./parts.js").CardProps} props */
export function TensorCard({ model, player, id }) {
  const { tape, history } = player;
  const tensor = tape.tensors[id];
  const state = history.at(model.step.value);
  const { value, version, grad, seen } = state.tensor(id);
  const { savedBy, hooksOn, usedBy, accumulates } = relations(tape);
  const name = tensorName(tape, id);
  const saved = savedBy.get(id) ?? [];
  const hooks = hooksOn.get(`tensor:${id}`) ?? [];
  const used = usedBy.get(id) ?? [];
  const wants = tensor.requires_grad || grad !== null;
  /** @param {string} thing @param {unknown} [text] */
  const link = (thing, text = null) => html`<${Link} model=${model} tape=${tape} thing=${thing}>${text}</${Link}>`;
  const node = tensor.node ?? accumulates.get(id) ?? null;
  return html`<${Card} tone=${TONES[tensor.role] ?? (tensor.is_leaf && tensor.requires_grad ? "param" : "op")} title=${name}
    subtitle=${`${ROLES[tensor.role] ?? tensor.role} · ${formatShape(tensor.shape)} ${formatDtype(tensor.dtype)}${tensor.device === "cpu" ? "" : ` · ${tensor.device}`}`}>
    <${Section} title=${t("Value now")} note=${seen && version ? t("version {version}", { version }) : ""}><${Numbers} tape=${tape} id=${value} none=${tensor.op === null ? t("no event on the tape shows its numbers") : t("not computed yet at this step")} /></${Section}>
    ${wants && html`<${Section} title=${t(".grad now")}><${Numbers} tape=${tape} id=${grad} none="None" /></${Section}>`}
    <${TensorHistory} model=${model} player=${player} id=${id} name=${name} />
    <${Tangents} tape=${tape} id=${id} step=${model.step.value} />
    <${Section} title=${t("About")}>
      <${Row} label="requires_grad"><code>${tensor.requires_grad ? "True" : "False"}</code></${Row}>
      <${Row} label="is_leaf"><code>${tensor.is_leaf ? "True" : "False"}</code></${Row}>
      ${tensor.op !== null && html`<${Row} label=${t("made by")}>${link(`op:${tensor.op}`, opDetail(tape, tensor.op) || null)}</${Row}>`}
      ${node !== null && html`<${Row} label=${tensor.node !== null ? t("grad_fn") : t("gradient goes to")}>${link(`node:${node}`)}</${Row}>`}
      ${tensor.base !== null && html`<${Row} label=${t("view of")}>${link(`tensor:${tensor.base}`)}</${Row}>`}
      ${tensor.grad_of !== null && html`<${Row} label=${t(".grad of")}>${link(`tensor:${tensor.grad_of}`)}</${Row}>`}
      <${StorageRows} model=${model} tape=${tape} id=${id} />
      ${used.length > 0 && html`<${Row} label=${t("used by")}>${used.slice(0, 6).map((op) => html`${link(`op:${op}`, opDetail(tape, op) || null)} `)}</${Row}>`}
    </${Section}>
    ${
      saved.length > 0 &&
      html`<${Section} title=${t("Saved for backward by")}>${saved.slice(0, 12).map(
        (each) => html`<${Row} key=${`${each.node}${each.slot}`}
      label=${html`${each.slot} <span class=${each.version < version ? "bad" : "muted"}>@v${each.version}</span>`}>${link(`node:${each.node}`)}</${Row}>`,
      )}</${Section}>`
    }
    ${
      hooks.length > 0 &&
      html`<${Section} title=${t("Hooks on {name}", { name: barred(name) })} note=${t("in firing order")}>${hooks.map(
        (hook) => {
          const now = state.hook(hook);
          return html`<${Row} key=${hook} label=${link(`hook:${hook}`)}>${
            now.fired
              ? html`<${Change} tape=${tape} before=${now.before} after=${now.after} />`
              : html`<span class="muted">${now.registered ? t("not fired yet") : t("not registered")} · ${hookKind(tape.hooks[hook].kind)}</span>`
          }</${Row}>`;
        },
      )}</${Section}>`
    }
    <${Excerpt} tape=${tape} span=${tensor.op !== null ? tape.ops[tensor.op].span : tensor.span} />
  </${Card}>`;
}

/**
 * One line of a table of tensors: name, value (the one at this step, unless another moment's is given).
 * @param {{model: import("./parts.js").CardProps["model"], player: import("./parts.js").CardProps["player"], id: number, label?: unknown, value?: number | null, later?: string}} props
 */
export function TensorRow({ model, player: { tape, history }, id, label = null, value = null, later = t("not yet") }) {
  const name = html`<${Link} model=${model} tape=${tape} thing=${`tensor:${id}`} />`;
  const { shape, dtype } = tape.tensors[id];
  return html`<${Row} label=${label === null ? name : html`${label} ${name}`}>${
    isSilent(tape)
      ? html`<code class="muted">${formatShape(shape)} ${formatDtype(dtype)}</code>`
      : html`<${Value} tape=${tape} value=${value ?? history.at(model.step.value).tensor(id).value} later=${later} />`
  }</${Row}>`;
}
