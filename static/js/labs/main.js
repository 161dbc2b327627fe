/** The page of a lab: its frame at once, the lab itself when its modules have come. A lab is a folder with an `index.js` that exports the component `Lab`. */

import { html, render } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { labNamed } from "./names.js";
import { AllLabs, Lost, Shell } from "./shell.js";

/** @typedef {{Lab: import("../../vendor/preact.js").FunctionComponent<{nonce: string}>}} LabModule */

const root = /** @type {HTMLElement} */ (document.getElementById("lab"));
const name = root.dataset.lab ?? "";
const script = /** @type {HTMLElement | null} */ (document.querySelector("script[nonce]"));
const nonce = script?.getAttribute("nonce") || script?.nonce || "";

/** @param {unknown} content */
const show = (content) => render(html`<${Shell} name=${name}>${content}</${Shell}>`, root);

async function arrive() {
  const lab = labNamed(name);
  document.title = `${lab?.title ?? t("Labs")} · Tapedeck`;
  if (!lab) return show(html`<${AllLabs} />`);
  show(null);
  try {
    const { Lab } = /** @type {LabModule} */ (await import(`./${lab.name}/index.js`));
    show(html`<${Lab} nonce=${nonce} />`);
  } catch (error) {
    show(html`<${Lost} detail=${String(error)} />`);
    throw error;
  }
}

arrive();
