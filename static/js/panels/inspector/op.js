/** A forward op's card: what it was given, what it made, the node it left for backward, what ran inside and below it. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { costs } from "../../tape/costs.js";
import { relations } from "../../tape/relations.js";
import { callTitle, nodeTitle, opDetail, opTitle, tensorName } from "../../tape/words.js";
import { ChainRule } from "./chain.js";
import { Below, Costs } from "./cost.js";
import { Card, Excerpt, Link, Row, Section } from "./parts.js";
import { TensorRow } from "./tensor.js";

const MOST = 40;
const PHASES = /** @type {const} */ ({
  build: t("while a module was built"),
  forward: "",
  backward: t("in a backward pass"),
  recompute: t("once more, in a backward pass"),
  update: t("in an optimizer's step"),
});
const MODES = /** @type {const} */ ({ grad: t("on"), no_grad: t("off"), inference: t("off (inference mode)") });

/** A node that an op left; the first op that a leaf goes into also leaves the one that will store its gradient. @param {import("./parts.js").Tape} tape @param {number} node */
function leftBehind(tape, node) {
  const { variable } = tape.nodes[node];
  return variable === null
    ? nodeTitle(tape, node)
    : t("{node} of {tensor}", { node: nodeTitle(tape, node), tensor: tensorName(tape, variable) });
}

/** Several ops, each with the expression that called it. @param {{model: import("./parts.js").CardProps["model"], tape: import("./parts.js").Tape, ops: number[], title: string, note?: string}} props */
export function Ops({ model, tape, ops, title, note = "" }) {
  if (!ops.length) return null;
  return html`<${Section} title=${title} note=${note}>
    ${ops.slice(0, MOST).map((op) => html`<${Row} key=${op} label=${html`<${Link} model=${model} tape=${tape} thing=${`op:${op}`} />`}><code class="clip">${opDetail(tape, op)}</code></${Row}>`)}
    ${ops.length > MOST && html`<p class="muted">${t("and {n} more", { n: ops.length - MOST })}</p>`}
  </${Section}>`;
}

/** @param {import("./parts.js").CardProps} props */
export function OpCard({ model, player, id }) {
  const { tape } = player;
  const op = tape.ops[id];
  const detail = opDetail(tape, id, 60);
  const interior = relations(tape).interior.get(id) ?? [];
  return html`<${Card} tone=${op.error ? "raised" : op.phase === "recompute" ? "node" : "op"} title=${opTitle(tape, id)} subtitle=${detail ? html`<code>${detail}</code>` : op.name}>
    ${op.error && html`<p class="error">${op.error}</p>`}
    <${ChainRule} player=${player} step=${model.step.value} kind="op" id=${id} />
    ${
      (op.inputs.length > 0 || op.constants.length > 0) &&
      html`<${Section} title=${t("Given")}>
      ${op.inputs.map((input, i) => html`<${TensorRow} key=${i} model=${model} player=${player} id=${input.tensor} label=${html`<i>${input.name}</i>`} later="—" />`)}
      ${op.constants.map((each) => html`<${Row} key=${each.name} label=${html`<i>${each.name}</i>`}><code>${each.text}</code></${Row}>`)}
    </${Section}>`
    }
    ${tape.writes(id).length > 0 && html`<${Section} title=${op.in_place ? t("Changed in place") : t("Made")}>${tape.writes(id).map((tensor) => html`<${TensorRow} key=${tensor} model=${model} player=${player} id=${tensor} />`)}</${Section}>`}
    <${Ops} model=${model} tape=${tape} ops=${interior} title=${t("Interior")} note=${t("what ran inside it")} />
    <${Costs} cost=${costs(tape).ops[id]} makes=${true} />
    <${Below} tape=${tape} thing=${`op:${id}`} />
    <${About} model=${model} tape=${tape} op=${op} />
    <${Excerpt} tape=${tape} span=${op.span} />
  </${Card}>`;
}

/** @param {{model: import("./parts.js").CardProps["model"], tape: import("./parts.js").Tape, op: import("../../tape/format.js").Op}} props */
function About({ model, tape, op }) {
  /** @param {string} thing @param {unknown} [text] */
  const link = (thing, text = null) => html`<${Link} model=${model} tape=${tape} thing=${thing}>${text}</${Link}>`;
  return html`<${Section} title=${t("About")}>
    <${Row} label=${t("function")}><code>${op.name}</code></${Row}>
    <${Row} label=${t("grad mode")}><code>${MODES[op.mode]}</code></${Row}>
    ${PHASES[op.phase] && html`<${Row} label=${t("ran")}>${PHASES[op.phase]}</${Row}>`}
    ${op.parent !== null && html`<${Row} label=${t("inside the op")}>${link(`op:${op.parent}`)}</${Row}>`}
    ${op.node !== null && html`<${Row} label=${t("in the call of")}>${link(`node:${op.node}`)}</${Row}>`}
    ${op.nodes.map((node) => html`<${Row} key=${node} label=${t("left for backward")}>${link(`node:${node}`, leftBehind(tape, node))}</${Row}>`)}
    ${op.call !== null && html`<${Row} label=${t("inside")}>${link(`call:${op.call}`, callTitle(tape, op.call))}</${Row}>`}
    ${op.hook !== null && html`<${Row} label=${t("run by hook")}>${link(`hook:${op.hook}`)}</${Row}>`}
    ${op.thread > 0 && html`<${Row} label=${t("thread")}><code>${op.thread + 1}</code></${Row}>`}
  </${Section}>`;
}
