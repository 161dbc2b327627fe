/** The page of a lab. A lab is a folder with an `index.js` that exports the component `Lab`, and a `page.js` that shows it. */

import { html, render } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { labNamed } from "./names.js";
import { AllLabs, Shell } from "./shell.js";

const root = /** @type {HTMLElement} */ (document.getElementById("lab"));
const name = root.dataset.lab ?? "";
const script = /** @type {HTMLElement | null} */ (document.querySelector("script[nonce]"));
const nonce = script?.getAttribute("nonce") || script?.nonce || "";

/** Shows a lab, or all of them. @param {import("../../vendor/preact.js").FunctionComponent<{nonce: string}> | null} Lab */
export function arrive(Lab) {
  document.title = `${labNamed(name)?.title ?? t("Labs")} · Tapedeck`;
  render(html`<${Shell} name=${name}>${Lab ? html`<${Lab} nonce=${nonce} />` : html`<${AllLabs} />`}</${Shell}>`, root);
}
