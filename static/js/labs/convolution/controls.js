/** What can be chosen in the convolution lab: the operation, the picture, the kernel and how it moves, what follows, what the loss is. */

import { html, useRef } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { EditControls } from "../controls.js";
import { isSmall } from "./choices.js";
import { MOST, PRESETS, cellsOf, presetOf, resized, textOf } from "./kernel.js";
import { PICTURES } from "./pictures.js";

/** @typedef {import("./lab_model.js").ConvolutionLab} Model */
/** @typedef {keyof import("./choices.js").Choices} Field */

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement | HTMLSelectElement} */ (event.currentTarget).value;

/** One of a few, side by side. @param {{name: string, label: string, value: string, options: readonly (readonly [string, string])[], onChoose: (value: string) => void}} props */
function Segmented({ name, label, value, options, onChoose }) {
  return html`<fieldset class="conv-segmented"><legend class="hidden">${label}</legend>${options.map(
    ([
      slug,
      says,
    ]) => html`<label key=${slug} class=${slug === value ? "on" : ""}><input type="radio" name=${name} value=${slug} checked=${slug === value}
      onChange=${() => onChoose(slug)} /><span>${says}</span></label>`,
  )}</fieldset>`;
}

/** @param {{model: Model, field: Field, label: string, options: readonly (readonly [string, string])[]}} props */
function Choice({ model, field, label, options }) {
  const value = model.choices.value[field];
  return html`<label class="lab-field"><span>${label}</span><select value=${value} onChange=${(/** @type {Event} */ event) => model.change({ [field]: valueOf(event) })}>
    ${options.map(([slug, says]) => html`<option key=${slug} value=${slug} selected=${slug === value}>${says}</option>`)}</select></label>`;
}

/** @param {{model: Model, field: Field, label: string}} props */
function Whole({ model, field, label }) {
  const bad = model.wrong.value.some((each) => each.field === field);
  return html`<label class="lab-field"><span>${label}</span><input inputmode="numeric" value=${model.choices.value[field]} aria-invalid=${bad}
    aria-describedby=${bad ? "conv-wrong" : undefined} onInput=${(/** @type {Event} */ event) => model.change({ [field]: valueOf(event) })}
    onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
      const by = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
      const n = Number(model.choices.value[field]);
      if (!by || !Number.isInteger(n)) return;
      event.preventDefault();
      model.change({ [field]: String(Math.max(0, n + by)) });
    }} /></label>`;
}

/** @param {{model: Model}} props */
function Pictures({ model }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const { picture } = model.choices.value;
  /** @param {Event} event */
  const chosen = async (event) => {
    const field = /** @type {HTMLInputElement} */ (event.currentTarget);
    const file = field.files?.[0];
    if (file) await model.take(file);
    // The same file can be chosen again.
    field.value = "";
  };
  const names = Object.entries(PICTURES).map(([slug, { name }]) => /** @type {const} */ ([slug, name]));
  const own = model.own.value || picture === "own" ? [/** @type {const} */ (["own", t("Your own")])] : [];
  return html`<section class="conv-group"><h2>${t("Picture")}</h2>
    <div class="conv-row">
      <${Choice} model=${model} field="picture" label=${t("Show")} options=${[...names, ...own]} />
      ${!isSmall(model.choices.value) && html`<${Choice} model=${model} field="size" label=${t("Size")} options=${["16", "32", "64"].map((n) => [n, `${n} × ${n}`])} />`}
    </div>
    <div class="conv-row">
      <${Choice} model=${model} field="channels" label=${t("Channels")} options=${[
        ["1", t("1 (grey)")],
        ["3", t("3 (colour)")],
      ]} />
      <div class="lab-field"><span>${t("Your own")}</span>
        <button type="button" class="button" onClick=${() => input.current?.click()}>${t("Choose a file…")}</button></div>
      <input ref=${input} type="file" class="hidden" tabindex="-1" aria-label=${t("A picture of your own: PNG, JPEG or WebP, at most 1 MB")} accept="image/png,image/jpeg,image/webp" onChange=${chosen} />
    </div>
    <p class="conv-hint">${t("PNG, JPEG or WebP, at most 1 MB. The file stays in this browser; the program gets its pixels.")}</p>
  </section>`;
}

/** @param {{model: Model}} props */
function Kernel({ model }) {
  const { kernel } = model.choices.value;
  const cells = cellsOf(kernel);
  const bad = model.wrong.value.filter((each) => each.field === "kernel");
  const size = cells.length === cells[0].length && cells.length <= MOST ? String(cells.length) : "";
  /** @param {number} i @param {number} j @param {string} text */
  const write = (i, j, text) =>
    model.change({ kernel: textOf(cells.map((row, r) => row.map((cell, c) => (r === i && c === j ? text : cell)))) });
  const preset = presetOf(kernel)?.slug ?? "";
  const sizes = Array.from({ length: MOST }, (_, i) => String(i + 1));
  return html`<section class="conv-group"><h2>${t("Kernel")}</h2>
    <div class="conv-row">
      <label class="lab-field"><span>${t("Begin with")}</span><select value=${preset} onChange=${(
        /** @type {Event} */ event,
      ) => {
        const found = PRESETS.find(({ slug }) => slug === valueOf(event));
        if (found) model.change({ kernel: found.kernel });
      }}>${preset === "" && html`<option value="" selected>${t("your own")}</option>`}${PRESETS.map((each) => html`<option key=${each.slug} value=${each.slug} selected=${each.slug === preset}>${each.name}</option>`)}</select></label>
      <label class="lab-field conv-narrow"><span>${t("Size")}</span><select value=${size} onChange=${(/** @type {Event} */ event) => model.change({ kernel: textOf(resized(cells, Number(valueOf(event)))) })}>
        ${size === "" && html`<option value="" selected>${`${cells.length} × ${cells[0].length}`}</option>`}${sizes.map((n) => html`<option key=${n} value=${n} selected=${n === size}>${`${n} × ${n}`}</option>`)}</select></label>
    </div>
    <div class="conv-kernel" role="group" aria-label=${t("Weights of the kernel")} style=${{ gridTemplateColumns: `repeat(${cells[0].length}, minmax(0, 1fr))` }}>
      ${cells.map((row, i) =>
        row.map(
          (
            cell,
            j,
          ) => html`<input key=${`${i},${j}`} value=${cell} aria-label=${t("row {row}, column {column}", { row: i + 1, column: j + 1 })}
          aria-invalid=${bad.some((each) => each.cell?.[0] === i && each.cell[1] === j)} aria-describedby=${bad.length ? "conv-wrong" : undefined}
          onInput=${(/** @type {Event} */ event) => write(i, j, valueOf(event))} onFocus=${(/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.currentTarget).select()} />`,
        ),
      )}
    </div>
  </section>`;
}

/** @param {{model: Model}} props */
function After({ model }) {
  return html`<section class="conv-group"><h2>${t("Afterwards")}</h2>
    <div class="conv-row">
      <${Choice} model=${model} field="before" label=${t("Before the ReLU")} options=${[
        ["none", t("nothing")],
        ["mul", "output * 2"],
        ["exp", "output.exp()"],
        ["sigmoid", "output.sigmoid()"],
      ]} />
      <${Choice} model=${model} field="relu" label="ReLU" options=${[
        ["off", t("none")],
        ["new", t("new tensor")],
        ["inplace", t("in place")],
        ["leaf", t("in place, on the picture")],
      ]} />
    </div></section>`;
}

/** @param {{model: Model}} props */
function Loss({ model }) {
  const { loss } = model.choices.value;
  return html`<section class="conv-group"><h2>${t("Loss")}</h2>
    <div class="conv-row">
      <${Choice} model=${model} field="loss" label=${t("What goes backward")} options=${[
        ["sum", t("sum of all cells")],
        ["one", t("one cell")],
        ["squares", t("half the sum of squares")],
      ]} />
      ${loss === "one" && html`<div class="conv-narrow"><${Whole} model=${model} field="cell" label=${t("Row, column")} /></div>`}
    </div></section>`;
}

/** @param {{model: Model}} props */
export function Controls({ model }) {
  const { op } = model.choices.value;
  const convolves = op === "conv";
  return html`<section class="card conv-controls" aria-label=${t("Choices")}>
    <${EditControls} fields=${model.fields} />
    <${Segmented} name="op" label=${t("Operation")} value=${op} onChoose=${(/** @type {string} */ slug) => model.change({ op: slug })}
      options=${[
        ["conv", t("Convolution")],
        ["avg", t("Average pooling")],
        ["max", t("Max pooling")],
      ]} />
    <${Pictures} model=${model} />
    ${convolves && html`<${Kernel} model=${model} />`}
    <section class="conv-group"><h2>${t("How it moves")}</h2><div class="conv-row">
      ${!convolves && html`<${Whole} model=${model} field="window" label=${t("window")} />`}
      <${Whole} model=${model} field="stride" label=${t("stride")} />
      <${Whole} model=${model} field="padding" label=${t("padding")} />
      ${convolves && html`<${Whole} model=${model} field="dilation" label=${t("dilation")} />`}
    </div>
    ${
      convolves &&
      html`<div class="conv-row"><${Choice} model=${model} field="groups" label=${t("Groups")} options=${[
        ["1", t("groups=1: one kernel")],
        ["3", t("groups=3: one for each channel")],
      ]} /></div>`
    }
    </section>
    ${convolves && html`<${After} model=${model} />`}
    <${Loss} model=${model} />
  </section>`;
}
