/** A layer of the form: what it is, what it is called, what it takes, its arguments; beside it what the tape says of it. */

import { html, useState } from "../../../vendor/preact.js";
import { count, t } from "../../language/index.js";
import { grouped } from "../../tape/grouped.js";
import { formatFlops, formatShape } from "../../tape/words.js";
import { Icon } from "../../ui/icons.js";
import { playerAddress } from "../program.js";
import { Arguments, FailureNote, FaultNote, More, SelectField, TextField, marks } from "./field.js";
import { named, takingAt, taking } from "./layers.js";
import { countOf, kindOf, namesBefore, namesOf, slotsOf } from "./naming.js";
import { layerArg } from "./parts.js";
import { argumentsOf } from "./reading.js";
import { fieldId } from "./where.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./reading.js").Spec} Spec */
/** @typedef {import("./reading.js").Table} Table */
/** @typedef {import("./arranging.js").Arranging} Arranging */

/** The names of what a layer takes several of, as torch calls them. */
const ROLES = /** @type {Record<string, readonly string[]>} */ ({ MultiheadAttention: ["query", "key", "value"] });

/** @param {{model: Model, at: number}} props */
function Slots({ model, at }) {
  const spec = /** @type {Spec} */ (model.spec.value);
  const table = /** @type {Table} */ (model.table.value);
  const layer = spec.layers[at];
  const kind = kindOf(layer);
  const slots = slotsOf(spec, at, table);
  const before = namesBefore(spec, at);
  const { least, most } = countOf(layer, table);
  const lone = slots.length === 1 && most === 1;
  const names = before.map((name) => ({ value: name, text: name }));
  const previous = { value: "", text: t("before: {name}", { name: before.at(-1) ?? "—" }) };
  const choose = (/** @type {number} */ slot) => (/** @type {string} */ name) =>
    model.change(takingAt(spec, at, slot, name || null, table));
  return html`<div class="d-slots"><span class="d-legend">${t("takes")}</span>
    ${slots.map(
      ({ name, given }, slot) => html`<span key=${slot} class=${`d-slot${given ? " given" : ""}`}>
        <${SelectField} model=${model} part="layers" at=${at} field=${`inputs[${slot}]`} quiet=${!ROLES[kind]} label=${ROLES[kind]?.[slot] ?? t("Input {n} of {kind}", { n: slot + 1, kind })} mono=${true} value=${lone && !given ? "" : name} options=${lone ? [previous, ...names] : names} choose=${choose(slot)} />
        ${slots.length > least && html`<button type="button" class="button icon-only small" title=${t("Remove")} aria-label=${t("{kind} no longer takes {name}", { kind, name })} onClick=${() => model.change(takingAt(spec, at, slot, null, table))}><${Icon} name="close" size=${13} /></button>`}
      </span>`,
    )}
    ${slots.length < most && html`<button type="button" class="button icon-only small" title=${t("One more input")} aria-label=${t("One more input for {kind}", { kind })} onClick=${() => model.change(taking(spec, at, [...slots.map(({ name }) => name), before.at(-1) ?? ""]))}><${Icon} name="plus" size=${14} /></button>`}
  </div>`;
}

/** What the tape says: every number of it was seen. @param {{model: Model, at: number}} props */
function FactsBeside({ model, at }) {
  const facts = model.facts.value[at];
  const id = model.last.value?.id;
  if (!facts || !id) return null;
  const { shape, parameters, forward, step, thing } = facts;
  if (!shape && parameters === null) return null;
  return html`<div class="d-facts">
    ${shape && html`<a class="d-shape" href=${playerAddress(id, step, thing)} title=${t("What it gave; see it in the player")}><span class="hidden">${t("Output shape:")} </span>${formatShape(shape)}</a>`}
    ${parameters !== null && parameters > 0 && html`<span class="d-pill">${count("{n} parameter", "{n} parameters", parameters, { n: grouped(parameters) })}</span>`}
    ${forward !== null && html`<span class="muted" title=${t("Forward, by torch’s formulas")}>${formatFlops(forward)}</span>`}
  </div>`;
}

/** @param {{model: Model, at: number, arranging: Arranging}} props */
function Buttons({ model, at, arranging }) {
  const last = /** @type {Spec} */ (model.spec.value).layers.length - 1;
  const kind = kindOf(/** @type {Spec} */ (model.spec.value).layers[at]);
  const button = (
    /** @type {"up" | "down" | "copy" | "close" | "plus"} */ icon,
    /** @type {string} */ title,
    /** @type {() => void} */ act,
    off = false,
  ) =>
    html`<button type="button" id=${fieldId("layers", at, icon)} class="button icon-only small" title=${title} aria-label=${`${title.replace(/ ?[(（].*/, "")}: ${kind} ${at + 1}`} disabled=${off} onClick=${act}><${Icon} name=${icon} size=${15} /></button>`;
  return html`<div class="d-buttons">
    ${button("up", t("Move up (Alt ↑)"), () => arranging.move(at, at - 1), at === 0)}
    ${button("down", t("Move down (Alt ↓)"), () => arranging.move(at, at + 1), at === last)}
    ${button("copy", t("Duplicate"), () => arranging.duplicate(at))}
    ${button("plus", t("Add a layer after it"), () => arranging.pick(at + 1, false))}
    ${button("close", t("Remove"), () => arranging.remove(at))}
  </div>`;
}

/** @param {{model: Model, at: number, arranging: Arranging}} props */
export function Card({ model, at, arranging }) {
  const [open, setOpen] = useState(false);
  const spec = /** @type {Spec} */ (model.spec.value);
  const table = /** @type {Table} */ (model.table.value);
  const layer = spec.layers[at];
  const kind = kindOf(layer);
  const isFunction = layer.function !== undefined;
  const owner = { model, part: /** @type {const} */ ("layers"), at };
  const known = argumentsOf(layer, table);
  const failed = model.failure.value?.part === "layers" && model.failure.value.at === at;
  const faulty = model.fault.value?.place.part === "layers" && model.fault.value.place.at === at;
  const own = typeof layer.name === "string";
  const set = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    model.change(layerArg(spec, at, name, value), `layer ${model.ids.value[at]} ${name}`);
  const { drop } = arranging;
  const mark =
    drop.value === at ? " drop-before" : drop.value === at + 1 && at === spec.layers.length - 1 ? " drop-after" : "";
  return html`<li class=${`card d-card${isFunction ? " function" : ""}${model.at.value === at ? " here" : ""}${failed || faulty ? " wrong" : ""}${mark}`} id=${fieldId("layers", at, "")} tabindex="-1" aria-label=${t("Layer {n}: {kind}", { n: at + 1, kind })}
    onFocusIn=${() => (model.at.value = at)} onPointerDown=${() => (model.at.value = at)} onKeyDown=${arranging.keys(at)} ...${arranging.target(at)}>
    <div class="d-body">
      <div class="d-head">
        <button type="button" id=${fieldId("layers", at, "grip")} class="d-grip" title=${t("Drag, or Alt ↑ and Alt ↓; Delete removes it")} aria-label=${t("Move layer {n}, {kind}", { n: at + 1, kind })} ...${arranging.source(at)}><${Icon} name="grip" size=${15} /><span>${at + 1}</span></button>
        <button type="button" class="d-kind" ...${marks({ ...owner, field: isFunction ? "function" : "layer" })} title=${t("Make it something else")} onClick=${() => arranging.pick(at, true)}><b>${kind || "?"}</b><${Icon} name="chevron" size=${13} /></button>
        <${TextField} ...${owner} field="name" label=${t("Name")} quiet=${true} value=${layer.name} parse=${(/** @type {string} */ text) => text.trim() || undefined} show=${(/** @type {unknown} */ name) => String(name ?? "")} placeholder=${namesOf(spec)[at]} wide=${`d-name${own ? " own" : ""}`} late=${true} commit=${(/** @type {unknown} */ name) => model.change(named(spec, at, String(name ?? "")))} />
        <${Slots} model=${model} at=${at} />
        ${known.some(({ required }) => !required) && html`<${More} open=${open} toggle=${() => setOpen(!open)} label=${t("More arguments of {kind}", { kind })} />`}
        <span class="spring"></span>
        <${Buttons} model=${model} at=${at} arranging=${arranging} />
      </div>
      <${Arguments} key=${kind} ...${owner} args=${layer.args ?? {}} known=${known} open=${open} commit=${set} />
      <${FaultNote} ...${owner} known=${known.map(({ name }) => name)} />
      <${FailureNote} ...${owner} fix=${(/** @type {import("./failing.js").Fix} */ { arg, value }) => set(arg, value)} />
      ${model.idle.value.has(at) && !faulty && html`<p class="muted d-idle">${t("Nothing takes what it gives.")}</p>`}
    </div>
    <${FactsBeside} model=${model} at=${at} />
  </li>`;
}
