/** What a thing cost: floating point operations, bytes, wall time; and the ATen ops below it. */

import { html } from "../../../vendor/preact.js";
import { count, t } from "../../language/index.js";
import { relations } from "../../tape/relations.js";
import { formatBytes, formatDtype, formatFlops, formatShape, formatTime } from "../../tape/words.js";
import { Row, Section } from "./parts.js";

/** @typedef {import("../../tape/costs.js").Cost} Cost */
/** @typedef {import("../../tape/load.js").Tape} Tape */

/** The most ATen rows that a card shows. */
const MOST = 24;

/** @param {{label: string, forward: string | null, backward: string | null}} props */
function BothWays({ label, forward, backward }) {
  if (forward === null && backward === null) return null;
  return html`<${Row} label=${label}>
    ${forward !== null && html`<span class="forward" title=${t("forward")}>${forward}</span>`}
    ${backward !== null && html`<span class="backward" title=${t("backward")}>${forward !== null && html`<span class="muted"> + </span>`}${backward}</span>`}
  </${Row}>`;
}

/**
 * Nothing where nothing is known.
 * @param {{cost: Cost, note?: string, makes?: boolean}} props `makes`: it is an op, which makes memory
 */
export function Costs({ cost, note = "", makes = false }) {
  const { forward, backward, parameters, outputs, saved, forward_ns: ahead, backward_ns: back } = cost;
  const bytes = [parameters, outputs, saved].some((size) => size > 0);
  if (!bytes && [forward, backward, ahead, back].every((amount) => amount === null)) return null;
  /** @param {number | null} amount @param {(amount: number) => string} format */
  const text = (amount, format) => (amount === null ? null : format(amount));
  return html`<${Section} title=${t("Cost")} note=${note}>
    <${BothWays} label=${t("operations")} forward=${text(forward, formatFlops)} backward=${text(backward, formatFlops)} />
    <${BothWays} label=${t("time, with recording")} forward=${text(ahead, formatTime)} backward=${text(back, formatTime)} />
    ${parameters > 0 && html`<${Row} label=${t("parameters, buffers")}>${formatBytes(parameters)}</${Row}>`}
    ${outputs > 0 && html`<${Row} label=${makes ? t("memory it made") : t("memory its ops made")}>${formatBytes(outputs)}</${Row}>`}
    ${saved > 0 && html`<${Row} label=${t("saved for backward")}>${formatBytes(saved)}</${Row}>`}
  </${Section}>`;
}

/** @param {import("../../tape/format.js").InputMetadata[]} tensors */
const shapes = (tensors) =>
  tensors.map(({ shape, dtype }) => `${formatShape(shape)} ${formatDtype(dtype)}`).join(", ") || "–";

/** What ran below a torch op or a node, where it was recorded. @param {{tape: Tape, thing: string}} props */
export function Below({ tape, thing }) {
  const rows = relations(tape).below.get(thing) ?? [];
  if (!rows.length) return null;
  return html`<${Section} title=${t("ATen below")} note=${count("{n} op", "{n} ops", rows.length)}><ol class="aten">
    ${rows.slice(0, MOST).map((id) => {
      const { name, inputs, outputs, flops } = tape.aten[id];
      return html`<li key=${id}><code>${name}</code>${flops !== null && html`<span class="muted">${formatFlops(flops)}</span>`}
        <small>${shapes(inputs)} → ${shapes(outputs)}</small></li>`;
    })}
    ${rows.length > MOST && html`<li class="muted">${t("and {n} more", { n: rows.length - MOST })}</li>`}
  </ol></${Section}>`;
}
