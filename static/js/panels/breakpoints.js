/** The breakpoints: a list with a switch each, a small form for conditions, and runs to the next event of some kind. */

import { html, useState } from "../../vendor/preact.js";
import { count, t } from "../language/index.js";
import { breakpoint, doubt, unknowable, nameOf, stepsOf, titleOf } from "../deck/breakpoints.js";
import { KIND_WORDS } from "../deck/kinds.js";
import { nextWhere } from "../deck/stepping.js";
import { grouped } from "../tape/grouped.js";
import { ownMark } from "../tape/source.js";
import { Icon } from "../ui/icons.js";
import { Sheet } from "./help.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("../deck/breakpoints.js").Breakpoint} Breakpoint */
/** @typedef {import("../deck/breakpoints.js").Stop} Stop */
/** @typedef {import("../deck/steps.js").Where} Where */
/** @typedef {import("../tape/format.js").TapeEvent["kind"]} Kind */

const CONDITIONS = /** @type {const} */ ([
  ["odd", t("a NaN or Inf appears")],
  ["above", t("|gradient| is above …")],
  ["below", t("|gradient| is below …")],
  ["changed", t("a hook changes a gradient")],
]);

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value;

/** @param {number} n */
const times = (n) => (n === 0 ? t("never") : count("once", "{n} times", n, { n: grouped(n) }));

/** What is chosen in a form, as a stop. @param {string} choice @param {string} size @returns {Stop | null} */
function stopFrom(choice, size) {
  if (choice === "odd" || choice === "changed") return { what: choice };
  if (choice !== "above" && choice !== "below") return { what: "kind", kind: /** @type {Kind} */ (choice) };
  const than = Number(size);
  return size.trim() !== "" && Number.isFinite(than) && than >= 0 ? { what: "gradient", compare: choice, than } : null;
}

/** The kinds of events that are on the tape. @param {{model: Model}} props */
function KindOptions({ model }) {
  const tape = model.player.value?.tape;
  const kinds = /** @type {Kind[]} */ (Object.keys(KIND_WORDS));
  return kinds
    .filter((kind) => tape && stepsOf(tape, { what: "kind", kind }).length)
    .map((kind) => html`<option key=${kind} value=${kind}>${KIND_WORDS[kind]}</option>`);
}

/** @param {{model: Model, each: Breakpoint}} props */
function Row({ model, each }) {
  const tape = model.player.value?.tape;
  const title = titleOf(each);
  const why = tape ? doubt(tape, each) : null;
  return html`<li class=${`stop${each.on ? "" : " off"}`}>
    <label><input type="checkbox" checked=${each.on} onChange=${(/** @type {Event} */ event) => model.switchBreakpoint(each.id, /** @type {HTMLInputElement} */ (event.target).checked)} />
      <span class=${each.what === "thing" || each.what === "line" ? "code" : ""}>${title}</span></label>
    ${tape && !unknowable(tape, each) && html`<small class="muted">${times(stepsOf(tape, each).length)}</small>`}
    <button type="button" class="button icon-only small" title=${t("Remove")} aria-label=${t("Remove {title}", { title })} onClick=${() => model.removeBreakpoint(each.id)}><${Icon} name="close" size=${13} /></button>
    ${why && html`<p class="doubt"><${Icon} name="info" size=${14} />${why}</p>`}
  </li>`;
}

/** @param {{model: Model}} props */
function AddForm({ model }) {
  const [choice, setChoice] = useState("odd");
  const [size, setSize] = useState("100");
  const measured = choice === "above" || choice === "below";
  const stop = stopFrom(choice, size);
  /** @param {Event} event */
  const add = (event) => {
    event.preventDefault();
    if (stop) model.addBreakpoint(breakpoint(stop));
  };
  return html`<form class="stop-form" onSubmit=${add}>
    <select aria-label=${t("Stop when")} value=${choice} onChange=${(/** @type {Event} */ event) => setChoice(valueOf(event))}>
      <optgroup label=${t("Condition")}>${CONDITIONS.map(([name, words]) => html`<option key=${name} value=${name}>${words}</option>`)}</optgroup>
      <optgroup label=${t("Event")}><${KindOptions} model=${model} /></optgroup>
    </select>
    ${measured && html`<input class="size" type="number" min="0" step="any" aria-label=${choice === "above" ? t("Size of the gradient, above") : t("Size of the gradient, below")} aria-invalid=${!stop} value=${size} onInput=${(/** @type {Event} */ event) => setSize(valueOf(event))} />`}
    <button type="submit" class="button" disabled=${!stop || !model.player.value}>${t("Add")}</button>
  </form>`;
}

/** What can be run to: what is shown, the line that is marked, a kind. @param {Model} model @returns {[string, string, Where][]} */
function targets(model) {
  const tape = model.player.value?.tape;
  const thing = model.shown.value;
  const step = model.step.value;
  if (!tape) return [];
  const span = step >= 0 ? tape.spans[ownMark(tape, step)?.span ?? -1] : undefined;
  return [
    ...(thing
      ? [
          /** @type {[string, string, Where]} */ ([
            "shown",
            t("about {thing}", { thing: nameOf(tape, thing) }),
            { thing },
          ]),
        ]
      : []),
    ...(span?.source === 0
      ? [
          /** @type {[string, string, Where]} */ ([
            "line",
            t("in line {line}", { line: span.line }),
            { line: span.line },
          ]),
        ]
      : []),
  ];
}

/** @param {{model: Model}} props */
function RunTo({ model }) {
  const [chosen, setChoice] = useState("shown");
  const tape = model.player.value?.tape;
  const step = model.step.value;
  const near = targets(model);
  const choice = (chosen === "shown" || chosen === "line") && !near.some(([name]) => name === chosen) ? "op" : chosen;
  const where = near.find(([name]) => name === choice)?.[2] ?? { kind: /** @type {Kind} */ (choice) };
  /** @param {1 | -1} direction @param {"back" | "next"} icon @param {string} label */
  const go = (direction, icon, label) =>
    html`<button type="button" class="button icon-only" title=${label} aria-label=${label} disabled=${!tape || nextWhere(tape, step, direction, where) === null} onClick=${() => model.runTo(direction, where)}><${Icon} name=${icon} size=${18} /></button>`;
  return html`<div class="stop-form" role="group" aria-label=${t("Run to an event")}>
    <select aria-label=${t("Event to run to")} value=${choice} onChange=${(/** @type {Event} */ event) => setChoice(valueOf(event))}>
      ${near.map(([name, words]) => html`<option key=${name} value=${name}>${words}</option>`)}
      <optgroup label=${t("Kind")}><${KindOptions} model=${model} /></optgroup>
    </select>
    ${go(-1, "back", t("Previous such event"))}${go(1, "next", t("Next such event"))}
  </div>`;
}

/** @param {{model: Model, close: () => void}} props */
export function Breakpoints({ model, close }) {
  const set = model.breakpoints.value;
  return html`<${Sheet} title=${t("Breakpoints")} name="breakpoints" close=${close}>
    ${
      set.length
        ? html`<ul class="stops">${set.map((each) => html`<${Row} key=${each.id} model=${model} each=${each} />`)}</ul>`
        : html`<p class="muted">${t("None yet. Click in the margin of the source, press B for what is shown, or say when to stop:")}</p>`
    }
    <h3>${t("Stop when")}</h3>
    <${AddForm} model=${model} />
    <h3>${t("Run to an event")}</h3>
    <${RunTo} model=${model} />
  </${Sheet}>`;
}
