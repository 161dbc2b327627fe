/** What stands below the inspector: the event list or the module tree, as tabs. */

import { html, signal, useRef } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { recall, remember } from "../ui/remember.js";
import { Events } from "./events.js";
import { Modules } from "./modules.js";

/** @typedef {"events" | "modules"} View */

const VIEWS = /** @type {const} */ ({ events: [t("Events"), Events], modules: [t("Modules"), Modules] });
const NAMES = /** @type {View[]} */ (Object.keys(VIEWS));
const view = signal(recall("lower", /** @type {View} */ ("events")));

/** @param {View} name */
function show(name) {
  view.value = name;
  remember("lower", name);
}

/** @param {{model: import("../ui/model.js").Model}} props */
export function Lower({ model }) {
  const tabs = useRef(/** @type {HTMLDivElement | null} */ (null));
  /** @param {KeyboardEvent} event */
  const turn = (event) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    event.preventDefault();
    show(NAMES[(NAMES.indexOf(view.value) + by + NAMES.length) % NAMES.length]);
    requestAnimationFrame(() =>
      /** @type {HTMLElement | null} */ (tabs.current?.querySelector("[aria-selected=true]"))?.focus(),
    );
  };
  const heading = html`<div class="tabs-small" role="tablist" aria-label=${t("Events or modules")} ref=${tabs} onKeyDown=${turn}>
    ${NAMES.map((name) => html`<button key=${name} type="button" role="tab" aria-selected=${view.value === name} tabindex=${view.value === name ? 0 : -1} onClick=${() => show(name)}>${VIEWS[name][0]}</button>`)}
  </div>`;
  return html`<${VIEWS[view.value]?.[1] ?? Events} model=${model} heading=${heading} />`;
}
