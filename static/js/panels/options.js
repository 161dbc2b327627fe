/** How the next run is recorded: a slim form under the source's head, and one line that says what is out of the ordinary. */

import { html } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { LEVELS, problemOf, summaryOf } from "../ui/options.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("../ui/options.js").RecordOptions} RecordOptions */

const TICKS = /** @type {const} */ ([
  ["aten", t("ATen ops"), t("what runs below each op")],
  ["fake", t("Fake tensors"), t("shapes only, no memory")],
  ["forward", t("Forward mode"), t("tangents beside the values")],
]);

/** @param {{model: Model, open: boolean, toggle: () => void}} props */
export function Options({ model, open, toggle }) {
  const options = model.options.value;
  const problem = problemOf(options);
  const summary = summaryOf(options);
  if (!open)
    return summary
      ? html`<button type="button" class=${`options-line${problem ? " bad" : ""}`} title=${t("How the next run is recorded")} onClick=${toggle}>${problem ?? t("Records {summary}", { summary })}</button>`
      : null;
  /** @param {keyof RecordOptions} name */
  const ticked = (name) => (/** @type {Event} */ event) =>
    model.setOptions({ [name]: /** @type {HTMLInputElement} */ (event.target).checked });
  return html`<form class="options" id="record-options" aria-label=${t("How the next run is recorded")} onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <label class="option"><span>${t("Keep of tensors")}</span><select class="small" value=${options.values}
      onChange=${(/** @type {Event} */ event) => model.setOptions({ values: /** @type {RecordOptions["values"]} */ (/** @type {HTMLSelectElement} */ (event.target).value) })}>
      ${Object.entries(LEVELS).map(([value, says]) => html`<option key=${value} value=${value} selected=${value === options.values}>${`${says} (${value})`}</option>`)}</select></label>
    ${TICKS.map(
      ([
        name,
        label,
        says,
      ]) => html`<label key=${name} class="option tick"><input type="checkbox" checked=${options[name]} onChange=${ticked(name)} />
      <span>${label} <small>${says}</small></span></label>`,
    )}
    ${
      options.forward &&
      html`<label class="option"><span>${t("Seeds")}</span><input class="small" type="text" value=${options.wrt} placeholder=${t("every leaf, or x1, net.fc.weight")} spellcheck="false" autocomplete="off" aria-invalid=${problem !== null}
      onInput=${(/** @type {Event} */ event) => model.setOptions({ wrt: /** @type {HTMLInputElement} */ (event.target).value })} /></label>`
    }
    ${problem && html`<p class="bad" role="status">${problem}</p>`}
  </form>`;
}
