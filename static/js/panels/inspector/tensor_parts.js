/** Of a tensor's card: its memory and who shares it, and its tangents in forward mode. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { seedName } from "../../tape/narrate_training.js";
import { relations } from "../../tape/relations.js";
import { formatBytes, sizeOf } from "../../tape/words.js";
import { Link, Row, Section, Value } from "./parts.js";

/** @typedef {import("../../tape/format.js").Tangent} Tangent */
/** @typedef {import("./parts.js").Tape} Tape */

const MOST = 6;

/** Its size, and the memory it lies in where that is another. @param {{model: import("./parts.js").CardProps["model"], tape: Tape, id: number}} props */
export function StorageRows({ model, tape, id }) {
  const { storage, shape, dtype } = tape.tensors[id];
  const size = sizeOf(shape, dtype);
  const row = tape.storages[storage];
  const others = row ? (relations(tape).inStorage.get(storage) ?? []).filter((other) => other !== id) : [];
  /** @param {number | null} step */
  const freed = (step) =>
    step === null
      ? null
      : html`<${Row} label=${t("memory freed")}>${step < tape.events.length ? html`<button type="button" class="link" onClick=${() => model.deck({ type: "seek", step })}>${t("step {n}", { n: step + 1 })}</button>` : t("at the end")}</${Row}>`;
  return html`${size !== null && html`<${Row} label=${t("size")}>${formatBytes(size)}</${Row}>`}
    ${row && row.bytes !== size && html`<${Row} label=${t("storage")}>${formatBytes(row.bytes)}</${Row}>`}
    ${others.length > 0 && html`<${Row} label=${t("shares memory with")}>${others.slice(0, MOST).map((other) => html`<${Link} key=${other} model=${model} tape=${tape} thing=${`tensor:${other}`} /> `)}${others.length > MOST ? t("and {n} more", { n: others.length - MOST }) : ""}</${Row}>`}
    ${row && freed(row.freed)}`;
}

/** The latest tangent of each seed. @param {Tape} tape @param {number} id @param {number} step @returns {Tangent[]} */
function tangentsAt(tape, id, step) {
  /** @type {Map<string, Tangent>} */
  const latest = new Map();
  for (const at of relations(tape).steps.get(`tensor:${id}`) ?? []) {
    const event = tape.events[at];
    if (at <= step && event.kind === "tangent") latest.set(`${event.seed}.${event.element}`, event);
  }
  return [...latest.values()];
}

/** @param {{tape: Tape, id: number, step: number}} props */
export function Tangents({ tape, id, step }) {
  const found = tangentsAt(tape, id, step);
  if (!found.length) return null;
  return html`<${Section} title=${t("Tangents now")} note=${t("forward mode")}>${found.map(
    ({ seed, element, value, note }) => {
      const name = seed === null ? t("the program's own") : seedName(tape, seed, element);
      return html`<${Row} key=${`${seed}.${element}`} label=${seed === null ? name : html`<code>d/d ${name}</code>`}>${note === null ? html`<${Value} tape=${tape} value=${value} />` : html`<span class="muted">${note}</span>`}</${Row}>`;
    },
  )}</${Section}>`;
}
