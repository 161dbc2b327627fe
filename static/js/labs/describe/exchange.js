/** The spec as JSON: to read, to copy, to paste another. */

import { html, useState } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Icon } from "../../ui/icons.js";
import { valueOf } from "./field.js";
import { Unreadable, readSpec } from "./reading.js";

/** @param {{model: import("./model.js").Model}} props */
export function Exchange({ model }) {
  const spec = model.spec.value;
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const [wrong, setWrong] = useState("");
  const [said, setSaid] = useState("");
  const text = typed ?? JSON.stringify(spec, null, 2);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(t("Copied"));
    } catch {
      setSaid(t("The browser does not let the page copy: mark the text and copy it yourself."));
    }
  };
  const take = () => {
    try {
      const table = /** @type {import("./reading.js").Table} */ (model.table.value);
      model.change(readSpec(text, table));
      setTyped(null);
      setWrong("");
      setSaid(t("Taken over."));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      setWrong(error.message);
      setSaid("");
    }
  };
  return html`<details class="card d-exchange">
    <summary><h2>${t("The spec as JSON")}</h2></summary>
    <p class="muted">${t("What POST /api/v1/spec takes. Copy it, or paste another here and take it over.")}</p>
    <textarea rows="12" spellcheck="false" autocapitalize="off" aria-label=${t("The spec as JSON")} aria-invalid=${wrong ? "true" : undefined} aria-describedby=${wrong ? "d-json-wrong" : undefined} value=${text}
      onInput=${(/** @type {Event} */ event) => {
        setTyped(valueOf(event));
        setWrong("");
        setSaid("");
      }}></textarea>
    ${wrong && html`<div class="bar bad" id="d-json-wrong" role="alert"><${Icon} name="error" size=${16} /><p>${wrong}</p></div>`}
    <div class="d-row">
      <button type="button" class="button small" disabled=${typed === null} onClick=${take}>${t("Take over")}</button>
      <button type="button" class="button small" onClick=${copy}>${t("Copy")}</button>
      ${
        typed !== null &&
        html`<button type="button" class="button quiet small" onClick=${() => {
          setTyped(null);
          setWrong("");
        }}>${t("Back to the form’s")}</button>`
      }
      <span role="status" class="muted">${said}</span>
    </div>
  </details>`;
}
