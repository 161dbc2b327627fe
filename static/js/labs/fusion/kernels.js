/** The kernels of a fusion beside one another, as far as the story has come; pointing at a weight shows what it is the sum or the product of. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { formatShape } from "../../tape/words.js";
import { Board } from "../board.js";
import { numbersOf, short } from "./story.js";
import { indexOf, mosaic } from "./weights.js";

/** @typedef {import("./lab_model.js").FusionLab} Model */
/** @typedef {import("./lab_model.js").Shown} Shown */
/** @typedef {import("../cells.js").Focus} Focus */

/** @typedef {{name: string, step: number, sign: string}} Part the step of the story at which it appears */
/** @type {Record<string, Part[]>} */
const PARTS = {
  branches: [
    { name: "conv3.weight", step: -1, sign: "" },
    { name: "padded", step: 0, sign: "+" },
    { name: "identity", step: 1, sign: "+" },
    { name: "fused.weight", step: 2, sign: "=" },
  ],
  norm: [
    { name: "conv.weight", step: -1, sign: "" },
    { name: "scale", step: 0, sign: "·" },
    { name: "fused.weight", step: 1, sign: "=" },
  ],
};
const SIDE = 3;

/** A vector as a column of cells. @param {number[]} data */
const column = (data) => ({ rows: data.length, columns: 1, data });

/** @param {Shown} shown @param {string} name */
function gridOf(shown, name) {
  const numbers = shown.values.get(shown.reading.values[name]);
  if (!numbers) return null;
  const grid = numbers.shape.length === 4 ? mosaic(numbers) : column(numbersOf(shown, name));
  return { grid, shape: formatShape(numbers.shape), block: numbers.shape.length === 4 ? numbers.shape[2] : 0 };
}

/** Where a cell of one board is on another: the same weight, or its output channel. @param {string} board @param {Focus} focus */
function counterpart(board, focus) {
  if (board === focus.board) return [];
  if (board === "scale") return [{ row: Math.floor(focus.row / SIDE), column: 0 }];
  if (focus.board === "scale")
    return Array.from({ length: 27 }, (_, i) => ({ row: focus.row * SIDE + Math.floor(i / 9), column: i % 9 }));
  if (board === "conv1.weight" || focus.board === "conv1.weight") return oneByOne(board, focus);
  return [focus];
}

/** A weight of the 1 × 1 kernel stands in the middle of its padded one. @param {string} board @param {Focus} focus */
function oneByOne(board, { row, column: x }) {
  if (board !== "conv1.weight") return [{ row: row * SIDE + 1, column: x * SIDE + 1 }];
  return row % SIDE === 1 && x % SIDE === 1 ? [{ row: Math.floor(row / SIDE), column: Math.floor(x / SIDE) }] : [];
}

/** @param {{model: Model, shown: Shown, name: string, room: number, most: number}} props */
function One({ model, shown, name, room, most }) {
  const found = gridOf(shown, name);
  if (!found) return null;
  const focus = model.focus.value;
  const { grid } = found;
  const fits = Math.min(room, (grid.columns === 1 ? 46 : 38) * Math.max(grid.rows, grid.columns));
  return html`<${Board} board=${name} name=${name} shape=${found.shape} grid=${grid} look="heat" block=${found.block} most=${name === "scale" ? 0 : most} scale=${false} room=${fits}
    marks=${focus ? counterpart(name, focus) : []} focus=${focus} onPoint=${model.point} />`;
}

/** What will stand here. @param {{text: unknown}} props */
const Waiting = ({ text }) => html`<div class="lab-board none">${text}</div>`;

/** @param {Shown} shown @param {Part} part @param {Model} model @param {number} most */
function later(shown, part, model, most) {
  if (part.name === "padded")
    return html`<${One} model=${model} shown=${shown} name="conv1.weight" room=${90} most=${most} />`;
  if (part.name === "identity") return html`<${Waiting} text=${html`<b>x</b>${t("goes through as it is")}`} />`;
  return html`<${Waiting} text=${part.name === "scale" ? "BatchNorm" : "?"} />`;
}

/** The largest weight, so that one colour is one number on every board. @param {Shown} shown @param {readonly Part[]} parts */
const strongest = (shown, parts) =>
  Math.max(
    ...parts.filter(({ name }) => name !== "scale").flatMap(({ name }) => numbersOf(shown, name).map(Math.abs)),
    1e-9,
  );

/** @param {{model: Model, shown: Shown}} props */
export function Kernels({ model, shown }) {
  const parts = PARTS[shown.choices.what];
  const step = model.transport.at.value;
  const most = strongest(shown, parts);
  return html`<section class="card fuse-kernels" aria-label=${t("Kernels")}>
    <header><h2>${t("The kernels")}</h2><span class="muted">${t("a row for each output channel, a column for each input channel")}</span></header>
    <div class=${`fuse-sum ${shown.choices.what}`}>${parts.map(
      (
        part,
      ) => html`${part.sign && html`<span key=${`${part.name} sign`} class="fuse-sign" aria-hidden="true">${part.sign}</span>`}
      <div key=${part.name} class=${`fuse-part ${step === part.step ? "now" : ""}`}>${
        step >= part.step
          ? html`<${One} model=${model} shown=${shown} name=${part.name} room=${270} most=${most} />`
          : later(shown, part, model, most)
      }</div>`,
    )}</div>
    <${Written} model=${model} shown=${shown} step=${step} />
    <${Biases} shown=${shown} step=${step} />
  </section>`;
}

/** The weight that is pointed at, as the sum or the product that it is. @param {{model: Model, shown: Shown, step: number}} props */
function Written({ model, shown, step }) {
  const focus = model.focus.value;
  const hint = html`<p class="fuse-written muted" role="status">${t("Point at a weight, or go to it with Tab and the arrow keys, to see what it is made of.")}</p>`;
  if (!focus || focus.board === "scale" || focus.board === "conv1.weight") return hint;
  const parts = PARTS[shown.choices.what].map(({ name }) => name);
  if (!parts.includes(focus.board)) return hint;
  const [out, into, row, col] = indexOf(focus, SIDE);
  const index = `[${out}, ${into}, ${row}, ${col}]`;
  const at = (/** @type {string} */ name) => {
    const grid = gridOf(shown, name)?.grid;
    if (!grid) return null;
    return name === "scale" ? grid.data[out] : grid.data[focus.row * grid.columns + focus.column];
  };
  const known = PARTS[shown.choices.what].filter((part) => step >= part.step);
  const signed = (/** @type {Part} */ part) => {
    const n = short(at(part.name));
    return part.sign === "" ? n : ` ${part.sign} ${n.startsWith("−") && part.sign !== "=" ? `(${n})` : n}`;
  };
  return html`<p class="fuse-written" role="status"><code>${index}</code> <code class="fuse-sum-text">${known.map(signed).join("")}</code></p>`;
}

const COLUMNS = /** @type {Record<string, {name: string, says: string, step: number}[]>} */ ({
  branches: [
    { name: "conv3.bias", says: "conv3.bias", step: -1 },
    { name: "conv1.bias", says: "conv1.bias", step: -1 },
    { name: "fused.bias", says: "fused.bias", step: 3 },
  ],
  norm: [
    { name: "bn.weight", says: "γ", step: -1 },
    { name: "bn.running_var", says: "σ²", step: -1 },
    { name: "scale", says: "scale", step: 0 },
    { name: "conv.bias", says: "b", step: -1 },
    { name: "bn.running_mean", says: "μ", step: -1 },
    { name: "bn.bias", says: "β", step: -1 },
    { name: "fused.bias", says: "fused.bias", step: 2 },
  ],
});

/** What there is one of for each output channel. @param {{shown: Shown, step: number}} props */
function Biases({ shown, step }) {
  const columns = COLUMNS[shown.choices.what].map((each) => ({ ...each, data: numbersOf(shown, each.name) }));
  const rows = columns[0].data.length;
  return html`<div class="fuse-scroll" tabindex="0" role="group" aria-label=${t("Biases")}><table class="fuse-biases"><caption>${
    shown.choices.what === "norm"
      ? t("BatchNorm and biases, for each output channel")
      : t("Biases, for each output channel")
  }</caption>
    <thead><tr><th scope="col">${t("channel")}</th>${columns.map(({ name, says }) => html`<th key=${name} scope="col" title=${name}><code>${says}</code></th>`)}</tr></thead>
    <tbody>${Array.from({ length: rows }, (_, i) => html`<tr key=${i}><th scope="row">${i}</th>${columns.map(({ name, data, step: from }) => html`<td key=${name} class=${from === step ? "now" : ""}><code>${step >= from ? short(data[i] ?? null) : "…"}</code></td>`)}</tr>`)}</tbody></table></div>`;
}
