/** A tensor of the form: by its shape and how it is filled, or by its values. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { CheckField, SelectField, TextField } from "./field.js";
import { having } from "./keys.js";
import { filledBy, hasValues } from "./parts.js";
import { argumentOf, shapeOf, shapeText, tableOf, tableText, textOf } from "./values.js";

/** @typedef {import("./reading.js").Filled} Filled */

const ways = () => [
  { value: "randn", text: "randn" },
  { value: "rand", text: "rand" },
  { value: "zeros", text: "zeros" },
  { value: "ones", text: "ones" },
  { value: "arange", text: "arange" },
  { value: "classes", text: t("whole numbers (classes)") },
  { value: "values", text: t("values of your own") },
];

/** @param {Filled} one */
const wayOf = (one) =>
  hasValues(one) ? "values" : "classes" in one ? "classes" : one.fill === undefined ? "randn" : String(one.fill);

/** @param {import("./field.js").Owner & {one: Filled, change: (one: Filled, what?: string) => void, grad?: boolean}} props `grad`: whether it may require one */
export function FilledFields({ one, change, grad = true, ...owner }) {
  const way = wayOf(one);
  const set = (/** @type {string} */ key) => (/** @type {unknown} */ value) =>
    change(having(one, key, value), `${owner.part} ${owner.at} ${key}`);
  const whole = way === "classes" || (way === "values" && "classes" in one);
  return html`
    <${SelectField} ...${owner} field="fill" label=${t("filled by")} value=${way} options=${ways()} choose=${(/** @type {any} */ how) => change(filledBy(one, how))} />
    ${
      way === "values"
        ? html`<${TextField} ...${owner} field="values" label=${t("values")} value=${one.values} parse=${tableOf} show=${tableText} commit=${set("values")} placeholder="[[1, 2], [3, 4]]" wide="long" />`
        : html`<${TextField} ...${owner} field="shape" label=${t("shape")} value=${one.shape} parse=${shapeOf} show=${shapeText} commit=${set("shape")} placeholder="4, 3" />`
    }
    ${way === "classes" && html`<${TextField} ...${owner} field="classes" label=${t("below")} value=${one.classes} parse=${(/** @type {string} */ text) => argumentOf(text, "int")} show=${textOf} commit=${set("classes")} placeholder="10" wide="short" />`}
    ${grad && !whole && html`<${CheckField} ...${owner} field="requires_grad" label="requires_grad" value=${one.requires_grad} otherwise=${false} commit=${set("requires_grad")} />`}`;
}
