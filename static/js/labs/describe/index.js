/** The lab for models without code: a form, the model as a picture, the source that it means, and what torch makes of it. */

import { html, useEffect, useLayoutEffect, useMemo, useRef } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Icon } from "../../ui/icons.js";
import { EditControls } from "../controls.js";
import { Bar, RunningNotice, TroubleNotice } from "../notices.js";
import { Program } from "../program.js";
import { Drawing } from "./drawing.js";
import { Exchange } from "./exchange.js";
import { FaultNote, valueOf } from "./field.js";
import { Inputs } from "./inputs.js";
import { LayerList } from "./layer_list.js";
import { createModel } from "./model.js";
import { starts } from "./starts.js";
import { Summary } from "./summary.js";
import { Training } from "./training.js";
import { lineOf } from "./written.js";

/** @typedef {import("./model.js").Model} Model */

/** @param {{trouble: import("../../ui/trouble.js").Trouble | null}} props */
const Refused = ({ trouble }) =>
  trouble &&
  html`<div class="bar bad" role="alert"><${Icon} name="error" /><p><b>${trouble.title}</b> ${trouble.detail}</p>${trouble.retry && html`<button type="button" class="button small" onClick=${trouble.retry}>${t("Try again")}</button>`}</div>`;

/** @param {{model: Model}} props */
function Toolbar({ model }) {
  const choose = (/** @type {Event} */ event) => {
    const chosen = starts()[Number(valueOf(event))];
    if (chosen && valueOf(event)) {
      model.at.value = null;
      model.change(chosen.spec);
      model.says.value = chosen.title;
    }
    /** @type {HTMLSelectElement} */ (event.target).value = "";
  };
  return html`<section class="card d-toolbar" aria-label=${t("Begin with, undo, share")}>
    <select aria-label=${t("Begin with")} onChange=${choose}><option value="">${t("Begin with…")}</option>${starts().map((each, i) => html`<option key=${i} value=${i}>${each.title}</option>`)}</select>
    <span class="spring"></span><${EditControls} fields=${model.fields} />
  </section>`;
}

/** The focus goes where an edit put it, once that is drawn. @param {Model} model */
function useFocus(model) {
  const wanted = model.focus.value;
  useLayoutEffect(() => {
    if (!wanted) return;
    const part = wanted.split("-").slice(0, 3).join("-");
    const place =
      document.getElementById(wanted) ??
      document.getElementById(part) ??
      document.getElementById(wanted.split("-").slice(0, 2).join("-"));
    place?.focus({ preventScroll: true });
    place?.closest("li, section")?.scrollIntoView({ block: "nearest" });
    model.focus.value = null;
  }, [wanted]);
}

/** @param {Model} model */
function useKeys(model) {
  useEffect(() => {
    const pressed = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
      event.preventDefault();
      model.record();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [model]);
}

/** The last source that was right; the line of the layer at which the reader is. @param {{model: Model}} props */
function Source({ model }) {
  const good = model.translation.good.value;
  const written = model.written.value;
  const at = model.at.value;
  const frame = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const [line, text] = ["code.here", "pre"].map(
      (each) => /** @type {HTMLElement | null | undefined} */ (frame.current?.querySelector(each)),
    );
    if (line && text) text.scrollTop = line.offsetTop - text.offsetTop - text.clientHeight / 2;
  }, [at, good]);
  if (!good || !written) return null;
  const fault = model.fault.value;
  return html`<div class=${fault ? "d-waiting" : undefined} ref=${frame}>
    <${Program} title=${fault ? t("The source before this edit") : t("The source that it means")} source=${good.source} id=${model.last.value?.id ?? null} stale=${!model.fresh.value} line=${at === null ? null : lineOf(written, at)} /></div>`;
}

export function Lab() {
  const model = useMemo(createModel, []);
  useFocus(model);
  useKeys(model);
  const spec = model.spec.value;
  const wrong = model.reading.value?.wrong;
  return html`<${RunningNotice} recording=${model.recording} />
    <p class="hidden" role="status">${model.says.value}</p>
    <${Refused} trouble=${model.trouble.value} />
    ${
      spec &&
      html`
      <div class="d-notices"><${Refused} trouble=${model.translation.trouble.value} /><${TroubleNotice} recording=${model.recording} />
        ${wrong && html`<${Bar}>${t("The address holds no model: {why} This is the first one instead.", { why: wrong })}</${Bar}>`}
        <${FaultNote} model=${model} part="" at=${null} /></div>
      <div class="d-stage">
        <div class="d-form"><${Toolbar} model=${model} /><${Inputs} model=${model} /><${LayerList} model=${model} /><${Training} model=${model} /><${Exchange} model=${model} /></div>
        <aside class="d-side" aria-label=${t("The model, recorded")}><${Summary} model=${model} /><section class="card d-picture"><${Drawing} model=${model} /></section><${Source} model=${model} /></aside>
      </div>`
    }`;
}
