/** What the learner sets: the expression, the point, the seeds; each says at once what is wrong with it. */

import { html, useRef } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Icon } from "../../ui/icons.js";
import { EditControls } from "../controls.js";
import { around } from "./fault.js";
import { marked } from "./says.js";
import { joined, pairs } from "./setup.js";
import { LIMITS } from "./trace.js";

/** @typedef {import("./model.js").Model} Model */

/** Other expressions to begin with, by what they show. */
const examples = () => [
  { title: t("The survey’s example"), f: "ln(x1) + x1*x2 - sin(x2)", at: "x1=2;x2=5" },
  { title: t("Five inputs, one output"), f: "a^2 + b^2 + c^2 + d^2 + e^2", at: "a=1;b=2;c=3;d=4;e=5" },
  { title: t("One input, three outputs"), f: "y1 = x\ny2 = x^2\ny3 = x^3", at: "x=2" },
  { title: t("A neuron"), f: "sigmoid(w1*x1 + w2*x2 + b)", at: "w1=0.5;w2=-1;x1=1;x2=2;b=0.1" },
  { title: t("Polar coordinates"), f: "x = r * cos(phi)\ny = r * sin(phi)", at: "r=2;phi=0.5" },
  { title: t("Where it breaks: ln(−1)"), f: "ln(x1 - x2) * x2", at: "x1=1;x2=2" },
];

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/** The fault, shown where it is. @param {{text: string, fault: import("./fault.js").Fault}} props */
function FaultNote({ text, fault }) {
  const [before, wrong, after] = around(text, fault);
  return html`<div class="bar bad" id="ad-fault" role="alert"><${Icon} name="error" /><p><code class="ad-context">${before}<mark>${wrong}</mark>${after}</code> ${fault.message}</p></div>`;
}

/** One number of a point or a seed. @param {{model: Model, field: "at" | "dx" | "dy", name: string, names: string[], otherwise: string, label: string}} props */
function NumberField({ model, field, name, names, otherwise, label }) {
  const given = pairs(model.fields.now.value[field]);
  const wrong = model.setup.value.wrong.find((each) => each.field === field && each.name === name);
  /** @param {string} text */
  const set = (text) =>
    model.fields.change({
      [field]: joined(
        names.map((each) => [each, each === name ? text.replace(/[;=]/g, "") : (given.get(each) ?? otherwise)]),
      ),
    });
  return html`<label class="ad-number"><span>${label}</span><input inputmode="decimal" autocomplete="off" spellcheck="false" value=${given.get(name) ?? otherwise} aria-invalid=${wrong ? "true" : undefined} aria-describedby=${wrong ? "ad-wrong" : undefined}
    onInput=${(/** @type {Event} */ event) => set(valueOf(event))} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Enter" && model.recordNow()} /></label>`;
}

/** Which derivative: that of one alone, or a direction of one's own. @param {{model: Model, field: "dx" | "dy", names: string[], mark: "dot" | "bar", label: string}} props */
function Seeds({ model, field, names, mark, label }) {
  const seed = mark === "dot" ? model.setup.value.forward : model.setup.value.reverse;
  const choose = (/** @type {string} */ text) => model.fields.change({ [field]: text });
  const own = () =>
    joined(names.map((name, i) => [name, seed.kind === "unit" && seed.at !== i && field === "dx" ? "0" : "1"]));
  const radio = (/** @type {boolean} */ on, /** @type {unknown} */ text, /** @type {() => void} */ act) =>
    html`<label class=${`ad-choice${on ? " on" : ""}`}><input type="radio" name=${`ad-${field}`} checked=${on} onChange=${act} /><span>${text}</span></label>`;
  return html`<fieldset class=${`ad-seeds ${mark === "dot" ? "forward" : "backward"}`}><legend>${label}</legend>
    <div>${names.map((name, i) => html`<span key=${name}>${radio(seed.kind === "unit" && seed.at === i, `${marked(name, mark)} = 1`, () => choose(name))}</span>`)}
      ${radio(seed.kind === "own", t("own"), () => choose(own()))}
      ${seed.kind === "own" && names.map((name) => html`<${NumberField} key=${name} model=${model} field=${field} name=${name} names=${names} otherwise="0" label=${`${marked(name, mark)} =`} />`)}</div>
  </fieldset>`;
}

/** @param {{model: Model}} props */
export function Form({ model }) {
  const { text, fault, names, outputs, wrong } = model.setup.value;
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const lines = Math.min(6, Math.max(2, text.split("\n").length));
  const show = () => {
    if (fault && area.current) {
      area.current.focus();
      area.current.setSelectionRange(fault.at, fault.end);
    }
  };
  return html`<section class="card ad-form" aria-label=${t("What is differentiated")}>
    <div class="ad-expression">
      <label class="lab-field"><span>${t("Expression; a line for each output")}</span>
        <textarea ref=${area} rows=${lines} value=${text} spellcheck="false" autocapitalize="off" aria-invalid=${fault ? "true" : undefined} aria-describedby=${fault ? "ad-fault" : "ad-hint"}
          onInput=${(/** @type {Event} */ event) => model.fields.change({ f: valueOf(event) })}
          onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && model.recordNow()}></textarea></label>
      ${fault ? html`<div class="ad-fault" onClick=${show}><${FaultNote} text=${text} fault=${fault} /></div>` : html`<p id="ad-hint" class="muted ad-hint">${t("+ − * / ^, brackets, ln, exp, sin, cos, tan, tanh, sqrt, sigmoid, relu, abs, max, min. At most {inputs} inputs, {outputs} outputs, {ops} operations; numbers are float64.", { inputs: LIMITS.inputs, outputs: LIMITS.outputs, ops: LIMITS.ops })}</p>`}
    </div>
    <div class="ad-settings">
      <div class="ad-row"><span class="ad-legend">${t("At the point")}</span>
        ${names.map((name) => html`<${NumberField} key=${name} model=${model} field="at" name=${name} names=${names} otherwise="1" label=${`${name} =`} />`)}</div>
      <${Seeds} model=${model} field="dx" names=${names} mark="dot" label=${t("Forward seed")} />
      <${Seeds} model=${model} field="dy" names=${outputs} mark="bar" label=${t("Reverse seed")} />
      ${wrong.length > 0 && html`<div class="bar bad" id="ad-wrong" role="alert"><${Icon} name="error" /><p>${wrong[0].message}</p></div>`}
      <div class="ad-row ad-foot">
        <select class="small" aria-label=${t("Examples")} onChange=${(/** @type {Event} */ event) => {
          const chosen = examples()[Number(valueOf(event))];
          if (chosen) model.fields.change({ f: chosen.f, at: chosen.at, dx: "", dy: "" });
          /** @type {HTMLSelectElement} */ (event.target).value = "";
        }}><option value="">${t("Examples…")}</option>${examples().map((each, i) => html`<option key=${i} value=${i}>${each.title}</option>`)}</select>
        <span class="spring"></span><${EditControls} fields=${model.fields} /></div>
    </div>
  </section>`;
}
