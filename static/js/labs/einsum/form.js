/** What the learner sets: equation, shapes, numbers, cotangent; and how the equation reads, index by index. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Icon } from "../../ui/icons.js";
import { EditControls } from "../controls.js";
import { LIMITS } from "./sizes.js";

/** @typedef {import("./model.js").Model} Model */

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/** Equations to begin with, by what they are. */
const examples = () => [
  { title: t("Matrix product"), eq: "ik,kj->ij", sh: "2x3, 3x5" },
  { title: t("… transposed"), eq: "ik,kj->ji", sh: "2x3, 3x5" },
  { title: t("… before the sum"), eq: "ik,kj->ikj", sh: "2x3, 3x5" },
  { title: t("Without an arrow"), eq: "kj,ji", sh: "2x3, 3x5" },
  { title: t("Outer product"), eq: "i,j->ij", sh: "2, 3" },
  { title: t("Scalar product"), eq: "i,i->", sh: "4, 4" },
  { title: t("Sum of everything"), eq: "ij->", sh: "2x3" },
  { title: t("Matrix times vector"), eq: "ij,j->i", sh: "2x3, 3" },
  { title: t("Gram matrix"), eq: "ij,kj->ik", sh: "2x3, 2x3" },
  { title: t("Batched product"), eq: "bij,bjk->bik", sh: "2x2x3, 2x3x4" },
  { title: t("Any batch: the ellipsis"), eq: "...ij,...jk->...ik", sh: "2x2x3, 2x3x4" },
  { title: t("Transposition"), eq: "ba", sh: "2x3" },
  { title: t("Diagonal"), eq: "ii->i", sh: "3x3" },
  { title: t("Trace"), eq: "ii", sh: "3x3" },
  { title: t("Attention scores"), eq: "qd,kd->qk", sh: "3x4, 3x4" },
  { title: t("Bilinear form"), eq: "i,ij,j->", sh: "3, 3x4, 4" },
];

/** The text with its fault underlined. @param {{text: string, fault: {at: number, end: number}}} props */
export const Marked = ({ text, fault }) =>
  html`<code class="ein-context">${text.slice(0, fault.at)}<mark>${text.slice(fault.at, fault.end) || " "}</mark>${text.slice(fault.end)}</code>`;

/** @param {{model: Model}} props */
export function Form({ model }) {
  const { fault, shapesFault, limit, note, shapesText } = model.setup.value;
  const { eq, sh, v, own, g, seed } = model.fields.now.value;
  const set = (/** @type {string} */ field) => (/** @type {Event} */ event) =>
    model.fields.change({ [field]: valueOf(event) });
  const enter = (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && model.recordNow();
  const choose = (/** @type {Event} */ event) => {
    const chosen = examples()[Number(valueOf(event))];
    if (chosen) {
      model.fields.change({ eq: chosen.eq, sh: chosen.sh });
      model.look("y");
    }
    /** @type {HTMLSelectElement} */ (event.target).value = "";
  };
  const hint = t(
    "At most {operands} operands of {elements} elements, sizes up to {size}; one letter for each dimension, a comma between terms, -> before the output, ... for the rest. Numbers are float64.",
    { operands: LIMITS.operands, elements: LIMITS.elements, size: LIMITS.size },
  );
  return html`<section class="card ein-form" aria-label=${t("What is contracted")}>
    <label class="lab-field ein-equation"><span>${t("Equation")}</span><input value=${eq} spellcheck="false" autocomplete="off" autocapitalize="off" aria-invalid=${fault || limit ? "true" : undefined} aria-describedby=${fault ? "ein-fault" : "ein-hint"} onInput=${set("eq")} onKeyDown=${enter} /></label>
    <label class="lab-field"><span>${t("Shapes of a, b, …")}</span><input value=${sh} spellcheck="false" autocomplete="off" aria-invalid=${shapesFault ? "true" : undefined} aria-describedby=${shapesFault ? "ein-shapes" : undefined} onInput=${set("sh")} onKeyDown=${enter} /></label>
    <label class="lab-field"><span>${t("Numbers")}</span><select value=${v} onChange=${set("v")}>${Object.entries({ own: t("your own"), digits: t("digits"), count: t("counting 0, 1, 2, …"), ones: t("ones") }).map(([key, text]) => html`<option key=${key} value=${key} selected=${key === v}>${text}</option>`)}</select></label>
    <label class="lab-field"><span>${t("Cotangent g of the output")}</span><select value=${g} onChange=${set("g")}><option value="ones" selected=${g !== "count"}>${t("ones, as of y.sum()")}</option><option value="count" selected=${g === "count"}>${t("counting 1, 2, 3, …")}</option></select></label>
    ${v === "own" && html`<label class="lab-field ein-own"><span>${t("Your numbers, row by row; a semicolon between operands")}</span><input value=${own} spellcheck="false" autocomplete="off" inputmode="text" onInput=${set("own")} onKeyDown=${enter} /></label>`}
    ${v === "digits" && html`<button type="button" class="button small ein-again" onClick=${() => model.fields.change({ seed: String((Number(seed) || 0) + 1) })}><${Icon} name="again" size=${15} /> ${t("Other digits")}</button>`}
    ${shapesFault && html`<div class="bar bad" id="ein-shapes" role="alert"><${Icon} name="error" /><p><${Marked} text=${shapesText} fault=${shapesFault} /> ${shapesFault.message}</p></div>`}
    ${limit && html`<div class="bar bad" role="alert"><${Icon} name="error" /><p>${limit}</p></div>`}
    ${note && html`<div class="bar warn" role="note"><${Icon} name="warning" /><p>${note}</p></div>`}
    <div class="ein-foot"><select class="small" aria-label=${t("Examples")} onChange=${choose}><option value="">${t("Examples…")}</option>${examples().map((each, i) => html`<option key=${i} value=${i}>${each.title}: ${each.eq}</option>`)}</select>
      <p id="ein-hint" class="muted">${hint}</p><span class="spring"></span><${EditControls} fields=${model.fields} /></div>
  </section>`;
}
