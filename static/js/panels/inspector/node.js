/** An autograd node's card: the gradient it is given, what it saved, what it sends and to whom. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { costs } from "../../tape/costs.js";
import { relations } from "../../tape/relations.js";
import { nodeSpan } from "../../tape/source.js";
import {
  formatDtype,
  formatShape,
  gradientName,
  gradientOf,
  lineText,
  nodeDetail,
  nodeTitle,
  tensorName,
} from "../../tape/words.js";
import { Name } from "../../ui/name.js";
import { ChainRule } from "./chain.js";
import { Below, Costs } from "./cost.js";
import { NodeHistory } from "./history.js";
import { Ops } from "./op.js";
import { Card, Change, Excerpt, Link, Row, Section, Value } from "./parts.js";
import { TensorRow } from "./tensor.js";

const STATUS = {
  idle: t("not reached yet"),
  waiting: t("waiting for more gradients"),
  running: t("running"),
  done: t("done"),
};

/** @param {import("./parts.js").CardProps} props */
export function NodeCard({ model, player, id }) {
  const { tape, history } = player;
  const node = tape.nodes[id];
  const state = history.at(model.step.value);
  const now = state.node(id);
  const detail = nodeDetail(tape, id, 48);
  const { hooksOn, ranIn } = relations(tape);
  const target = gradientOf(tape, id);
  const hooks = [
    ...(target === null ? [] : (hooksOn.get(`tensor:${target}`) ?? [])),
    ...(hooksOn.get(`node:${id}`) ?? []),
  ];
  const line = lineText(tape, nodeSpan(tape, id));
  /** @param {string} thing @param {unknown} [text] */
  const link = (thing, text = null) => html`<${Link} model=${model} tape=${tape} thing=${thing}>${text}</${Link}>`;
  const about =
    node.variable !== null
      ? html`${t("stores the gradient of")} <code>${tensorName(tape, node.variable)}</code>`
      : html`${detail ? html`${t("grad_fn of")} <code>${detail}</code>` : t("autograd node")}${line ? ` · ${line.replace(" ", "\u00a0")}` : ""}`;
  const inputs = Math.max(node.inputs.length, now.received.length, 1);
  return html`<${Card} tone=${node.variable !== null ? "acc" : "node"} title=${nodeTitle(tape, id)} subtitle=${about}>
    <p class=${`status ${now.status}`}>${STATUS[now.status]}</p>
    <${ChainRule} player=${player} step=${model.step.value} kind="node" id=${id} />
    <${Section} title=${t("Gradient in")}>${Array.from(
      { length: inputs },
      (_, i) => html`<${Row} key=${i} label=${html`<code><${Name} text=${gradientName(tape, id, i)} /></code>`}>
      ${now.received.length ? html`<${Value} tape=${tape} value=${now.received[i]} later=${t("none")} />` : html`<span class="muted">${node.inputs[i] ? `${formatShape(node.inputs[i].shape)} ${formatDtype(node.inputs[i].dtype)}` : t("not yet")}</span>`}</${Row}>`,
    )}</${Section}>
    ${
      node.saved.length > 0 &&
      html`<${Section} title=${t("Saved in forward")}>${node.saved.map((saved) =>
        saved.tensor === null
          ? html`<${Row} key=${saved.slot} label=${html`<i>${saved.slot}</i>`}><span class="muted">${t("packed by a hook")}</span></${Row}>`
          : html`<${TensorRow} key=${saved.slot} model=${model} player=${player} id=${saved.tensor} value=${saved.value} label=${html`<i>${saved.slot}</i><span class=${saved.version < state.tensor(saved.tensor).version ? "bad" : "muted"}>@v${saved.version}</span>`} />`,
      )}</${Section}>`
    }
    ${node.variable !== null && html`<${Section} title=${t("Stores")}><${Row} label=${link(`tensor:${node.variable}`, `${tensorName(tape, node.variable)}.grad`)}><${Value} tape=${tape} value=${state.tensor(node.variable).grad} later="None" /></${Row}></${Section}>`}
    ${
      node.next_functions.length > 0 &&
      html`<${Section} title=${t("Gradient out")} note="next_functions">${node.next_functions.map((edge, i) => {
        if (edge.node === null)
          return html`<${Row} key=${i} label=${html`<span class="muted">${t("{i}: nobody", { i })}</span>`}><span class="muted">${t("no gradient needed")}</span></${Row}>`;
        const to = gradientOf(tape, edge.node, edge.input);
        return html`<${Row} key=${i} label=${html`→ ${link(`node:${edge.node}`, to === null ? nodeTitle(tape, edge.node) : tensorName(tape, to))}`}><${Value} tape=${tape} value=${now.sent[i]} later=${now.status === "done" ? t("none") : t("not yet")} /></${Row}>`;
      })}</${Section}>`
    }
    ${
      (hooks.length > 0 || !node.hooks_visible) &&
      html`<${Section} title=${t("Hooks")} note=${hooks.length ? t("in firing order") : ""}>${hooks.map((hook) => {
        const fired = state.hook(hook);
        return html`<${Row} key=${hook} label=${link(`hook:${hook}`)}>${fired.fired ? html`<${Change} tape=${tape} before=${fired.before} after=${fired.after} />` : html`<span class="muted">${fired.registered ? t("not fired yet") : t("not registered")}</span>`}</${Row}>`;
      })}
      ${!node.hooks_visible && html`<p class="muted">${t("registered before the recording: not visible")}</p>`}</${Section}>`
    }
    <${NodeHistory} model=${model} player=${player} id=${id} />
    <${Ops} model=${model} tape=${tape} ops=${ranIn.get(id) ?? []} title=${t("Ran in its call")} />
    <${Costs} cost=${costs(tape).nodes[id]} />
    <${Below} tape=${tape} thing=${`node:${id}`} />
    ${
      (node.op !== null || node.sequence !== null || node.order > 1) &&
      html`<${Section} title=${t("About")}>
      ${node.op !== null && html`<${Row} label=${t("created by")}>${link(`op:${node.op}`)}</${Row}>`}
      ${node.sequence !== null && html`<${Row} label=${t("sequence nr")}><code>${node.sequence}</code></${Row}>`}
      ${node.order > 1 && html`<${Row} label=${t("order")}><code>${node.order}</code></${Row}>`}
    </${Section}>`
    }
    <${Excerpt} tape=${tape} span=${nodeSpan(tape, id)} />
  </${Card}>`;
}
