/** The fields of the form: each takes text as it is typed, and is marked where the server says that something is wrong. */

import { html, useRef, useState } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Icon } from "../../ui/icons.js";
import { leftOut } from "./parts.js";
import { argumentOf, choicesOf, defaultOf, textOf } from "./values.js";
import { fieldId, isAt, isForeign } from "./where.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./where.js").PartOfForm} PartOfForm */
/** @typedef {{model: Model, part: PartOfForm, at: number | string | null}} Owner a layer, an input, the loss … */
/** @typedef {Owner & {field: string, label: string, value: unknown, commit: (value: unknown) => void}} FieldProps */

export const FAULT = "d-fault";

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** @param {Event} event */
export const valueOf = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/** What a field is marked with. @param {Owner & {field: string}} props */
export function marks({ model, part, at, field }) {
  const wrong = isAt(model.fault.value, part, at, field);
  return {
    id: fieldId(part, at, field),
    "aria-invalid": wrong ? "true" : undefined,
    "aria-describedby": wrong ? FAULT : undefined,
  };
}

/**
 * A line of text for a value. While what is typed means the value, the text stays as it was typed.
 * @param {FieldProps & {parse: (text: string) => unknown, show: (value: unknown) => string, placeholder?: string, wide?: string, choices?: readonly string[] | null, quiet?: boolean, late?: boolean}} props `quiet`: the label is only for who cannot see the field; `late`: a name, which is taken when it is written to its end
 */
export function TextField({
  parse,
  show,
  placeholder = "",
  wide = "",
  choices = null,
  quiet = false,
  late = false,
  ...props
}) {
  const { label, value, commit } = props;
  const [text, setText] = useState(show(value));
  const [typing, setTyping] = useState(false);
  const shown = (late && typing) || same(parse(text), value) ? text : show(value);
  const take = (/** @type {Event} */ event) => {
    setText(valueOf(event));
    setTyping(true);
    if (!late) commit(parse(valueOf(event)));
  };
  const done = (/** @type {Event} */ event) => {
    setTyping(false);
    if (late && typing) commit(parse(valueOf(event)));
  };
  const own = marks(props);
  const list = choices ? `${own.id}-list` : undefined;
  return html`<label class=${`d-field ${wide}`}><span class=${quiet ? "hidden" : undefined}>${label}</span><input ...${own} value=${shown} placeholder=${placeholder} list=${list} autocomplete="off" autocapitalize="off" spellcheck="false"
    onInput=${take} onChange=${done} onBlur=${done} />${choices && html`<datalist id=${list}>${choices.map((each) => html`<option key=${each} value=${each} />`)}</datalist>`}</label>`;
}

/** @param {FieldProps & {argument: import("./reading.js").Argument}} props */
export function ArgumentField({ argument, ...props }) {
  const { type, required } = argument;
  if (type === "bool" && typeof argument.default === "boolean")
    return html`<${CheckField} ...${props} otherwise=${argument.default} />`;
  const wide = type === "int" || type === "float" ? "short" : type === "sizes" ? "middle" : "";
  return html`<${TextField} ...${props} wide=${wide} placeholder=${required ? "" : defaultOf(argument.default)} choices=${choicesOf(argument)}
    parse=${(/** @type {string} */ text) => (type === "bool" ? boolOf(text) : argumentOf(text, type))} show=${textOf} />`;
}

/** @param {string} text */
const boolOf = (text) => ({ true: true, false: false })[text.trim().toLowerCase()] ?? argumentOf(text, "str");

/** Ticked or not; the same as torch's own is not said. @param {FieldProps & {otherwise: boolean}} props */
export function CheckField({ otherwise, ...props }) {
  const { label, value, commit } = props;
  const checked = typeof value === "boolean" ? value : otherwise;
  const odd = value !== undefined && typeof value !== "boolean";
  return html`<label class=${`d-field d-check${checked === otherwise ? "" : " set"}`}><input type="checkbox" ...${marks(props)} checked=${checked}
    onChange=${(/** @type {Event} */ event) => {
      const now = /** @type {HTMLInputElement} */ (event.target).checked;
      commit(now === otherwise ? undefined : now);
    }} /><span>${label}${odd && html` <code class="odd">${textOf(value)}</code>`}</span></label>`;
}

/** @param {Owner & {field: string, label: string, value: string, options: readonly {value: string, text: string}[], choose: (value: string) => void, quiet?: boolean, disabled?: boolean, mono?: boolean}} props */
export function SelectField({
  label,
  value,
  options,
  choose,
  quiet = false,
  disabled = false,
  mono = false,
  ...props
}) {
  // A name that does not exist is shown all the same: it is what the spec says.
  const all = options.some((each) => each.value === value) ? options : [...options, { value, text: value || "—" }];
  return html`<label class=${`d-field${mono ? " mono" : ""}`}><span class=${quiet ? "hidden" : undefined}>${label}</span><select ...${marks(props)} value=${value} disabled=${disabled} onChange=${(/** @type {Event} */ event) => choose(valueOf(event))}>
    ${all.map((each) => html`<option key=${each.value} value=${each.value} selected=${each.value === value}>${each.text}</option>`)}</select></label>`;
}

/** Opens what need not be said. @param {{open: boolean, toggle: () => void, label?: string}} props */
export const More = ({ open, toggle, label }) =>
  html`<button type="button" class="button quiet small d-more" aria-expanded=${open} aria-label=${label} onClick=${toggle}><${Icon} name="chevron" size=${14} />${t("more")}</button>`;

/**
 * The arguments of a layer, a loss, an optimizer: what must be given and what is given stands there, the rest behind "more".
 * @param {Owner & {args: import("./reading.js").Args, known: readonly import("./reading.js").Argument[], open: boolean, commit: (name: string, value: unknown) => void}} props
 */
export function Arguments({ args, known, open, commit, ...owner }) {
  // A field that was there stays, though it has been emptied: it may be about to be filled again.
  const shown = useRef(/** @type {Set<string>} */ (new Set()));
  for (const name of Object.keys(args)) shown.current.add(name);
  const faulty = (/** @type {string} */ name) => isAt(owner.model.fault.value, owner.part, owner.at, `args.${name}`);
  const first = known.filter(({ name, required }) => required || (!open && (shown.current.has(name) || faulty(name))));
  const rest = open ? known.filter((one) => !first.includes(one)) : [];
  const foreign = Object.keys(args).filter((name) => !known.some((one) => one.name === name));
  const field = (/** @type {import("./reading.js").Argument} */ one) =>
    html`<${ArgumentField} key=${one.name} ...${owner} argument=${one} field=${`args.${one.name}`} label=${one.name} value=${args[one.name]} commit=${(/** @type {unknown} */ value) => commit(one.name, value)} />`;
  if (!first.length && !rest.length && !foreign.length) return null;
  return html`<div class="d-args">${first.map(field)}
    ${foreign.map((name) => html`<span key=${name} class="d-foreign" id=${fieldId(owner.part, owner.at, `args.${name}`)} tabindex="-1"><code class="odd">${name}=${textOf(args[name])}</code></span>`)}
    ${rest.length > 0 && html`<div class="d-args d-rest">${rest.map(field)}</div>`}
  </div>`;
}

/** What is wrong here, in the server's words; what the form has no field for can be left out. @param {Owner & {known?: readonly string[]}} props */
export function FaultNote({ model, part, at, known = [] }) {
  const fault = model.fault.value;
  if (!fault || fault.place.part !== part || fault.place.at !== at) return null;
  const { path } = fault.place;
  const leave = () => model.spec.value && model.change(leftOut(model.spec.value, path));
  return html`<div class="bar bad d-fault" id=${FAULT} role="alert"><${Icon} name="error" size=${16} /><p>${fault.sentence}</p>
    ${isForeign(fault.place, known) && html`<button type="button" class="button small" onClick=${leave}>${t("Leave out {key}", { key: String(path.at(-1)) })}</button>`}</div>`;
}

/** Where torch stopped when it ran. @param {Owner & {fix?: ((fix: import("./failing.js").Fix) => void) | null}} props */
export function FailureNote({ model, part, at, fix = null }) {
  const failure = model.failure.value;
  if (!failure || failure.part !== part || failure.at !== at) return null;
  const { type, message, hint } = failure;
  return html`<div class="bar bad d-failure" role="alert"><${Icon} name="error" size=${16} /><p><b>${t("torch stopped here.")}</b> ${hint} <code lang="en">${type}: ${message}</code></p>
    ${fix && failure.fix && html`<button type="button" class="button small" onClick=${() => failure.fix && fix(failure.fix)}>${t("Set {arg} to {size}", { arg: failure.fix.arg, size: failure.fix.value })}</button>`}</div>`;
}
