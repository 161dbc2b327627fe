/** A forward op's card: what it was given, what it made, the node it left for backward. */

import { html } from "../../../vendor/preact.js";
import { callTitle, nodeTitle, opDetail, opTitle, tensorName } from "../../tape/words.js";
import { Card, Excerpt, Link, Row, Section } from "./parts.js";
import { TensorRow } from "./tensor.js";

/** A node that an op left; the first op that a leaf goes into also leaves the one that will store its gradient. @param {import("./parts.js").Tape} tape @param {number} node */
function leftBehind(tape, node) {
  const { variable } = tape.nodes[node];
  return variable === null ? nodeTitle(tape, node) : `${nodeTitle(tape, node)} of ${tensorName(tape, variable)}`;
}

/** @param {import("./parts.js").CardProps} props */
export function OpCard({ model, player, id }) {
  const { tape } = player;
  const op = tape.ops[id];
  const detail = opDetail(tape, id, 60);
  /** @param {string} thing @param {unknown} [text] */
  const link = (thing, text = null) => html`<${Link} model=${model} tape=${tape} thing=${thing}>${text}</${Link}>`;
  return html`<${Card} tone=${op.error ? "raised" : "op"} title=${opTitle(tape, id)} subtitle=${detail ? html`<code>${detail}</code>` : op.name}>
    ${op.error && html`<p class="error">${op.error}</p>`}
    ${
      (op.inputs.length > 0 || op.constants.length > 0) &&
      html`<${Section} title="Given">
      ${op.inputs.map((input, i) => html`<${TensorRow} key=${i} model=${model} player=${player} id=${input.tensor} label=${html`<i>${input.name}</i>`} later="—" />`)}
      ${op.constants.map((each) => html`<${Row} key=${each.name} label=${html`<i>${each.name}</i>`}><code>${each.text}</code></${Row}>`)}
    </${Section}>`
    }
    ${tape.writes(id).length > 0 && html`<${Section} title=${op.in_place ? "Changed in place" : "Made"}>${tape.writes(id).map((tensor) => html`<${TensorRow} key=${tensor} model=${model} player=${player} id=${tensor} />`)}</${Section}>`}
    <${Section} title="About">
      <${Row} label="function"><code>${op.name}</code></${Row}>
      ${op.nodes.map((node) => html`<${Row} key=${node} label="left for backward">${link(`node:${node}`, leftBehind(tape, node))}</${Row}>`)}
      ${op.call !== null && html`<${Row} label="inside">${link(`call:${op.call}`, callTitle(tape, op.call))}</${Row}>`}
      ${op.hook !== null && html`<${Row} label="run by hook">${link(`hook:${op.hook}`)}</${Row}>`}
    </${Section}>
    <${Excerpt} tape=${tape} span=${op.span} />
  </${Card}>`;
}
