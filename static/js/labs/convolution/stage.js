/** The boards of a recording: forward above, backward below, each gradient under what it belongs to, and the cell that is pointed at in words. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { formatNumber, formatShape } from "../../tape/words.js";
import { Board } from "../board.js";
import { marksOf, winnerOf } from "./marks.js";
import { nameOf, say } from "./say.js";

/** @typedef {import("./lab_model.js").ConvolutionLab} Model */
/** @typedef {import("./lab_model.js").Shown} Shown */
/** @typedef {import("./reading.js").Board} BoardName */
/** @typedef {import("./scene.js").Scene} Scene */

/** @type {[BoardName, BoardName][]} */
const COLUMNS = [
  ["picture", "picture_grad"],
  ["kernel", "kernel_grad"],
  ["output", "output_grad"],
  ["activated", "activated_grad"],
];
/** What leads from the board before to this one; a gradient comes from the board after. */
const SIGNS = /** @type {Partial<Record<BoardName, string>>} */ ({
  kernel: "∗",
  output: "=",
  activated: "→",
  output_grad: "←",
  activated_grad: "←",
});

/** @param {BoardName} board */
const isWeights = (board) => board.startsWith("kernel");
/** @param {BoardName} board */
const lookOf = (board) => (isWeights(board) || board.endsWith("_grad") ? "heat" : "grey");

/** @param {{model: Model, shown: Shown, scene: Scene, board: BoardName, room: number}} props */
function Cell({ model, shown, scene, board, room }) {
  const grid = scene.boards[board];
  const value = shown.reading.boards[board];
  if (!grid || value === undefined) return html`<div class="lab-board none">${missing(shown, board)}</div>`;
  const focus = model.focus.value;
  const pads = board === "picture" || board === "picture_grad";
  const best = board === "picture" && focus?.board === "output" ? winnerOf(scene, focus) : null;
  return html`<${Board} board=${board} name=${nameOf(board)} shape=${formatShape(shown.tape.values[value].shape)} grid=${grid} look=${lookOf(board)}
    pad=${pads ? scene.geometry.padding : 0} room=${isWeights(board) ? Math.min(room, 46 * grid.columns, 190) : room} marks=${marksOf(scene, focus)[board] ?? []} focus=${focus} best=${best} onPoint=${model.point} />`;
}

/** Why a board is empty. @param {Shown} shown @param {BoardName} board */
function missing({ choices, outcome }, board) {
  if (outcome && outcome.status !== "finished") return t("not computed");
  if (board === "kernel") return choices.op === "max" ? html`<b>max</b>${t("no weights")}` : "";
  if (board === "kernel_grad") return choices.op === "conv" ? t("no gradient") : t("nothing to learn");
  return t("no gradient");
}

/** @param {Shown} shown */
const columnsOf = ({ choices }) =>
  COLUMNS.filter(
    ([board]) =>
      board !== "activated" || (choices.op === "conv" && (choices.relu === "new" || choices.relu === "inplace")),
  );

/** What stands between a board and the one before it. @param {Shown} shown @param {BoardName} board */
function signOf({ choices }, board) {
  const sign = SIGNS[board];
  if (!sign) return html`<span></span>`;
  const ops =
    board === "activated"
      ? [choices.before === "none" ? "" : choices.before, choices.relu === "inplace" ? "relu_" : "relu"]
      : [];
  return html`<span class="conv-sign" aria-hidden="true">${sign}${ops.filter(Boolean).map((op) => html`<code key=${op}>${op}</code>`)}</span>`;
}

/** @param {{model: Model, shown: Shown, scene: Scene, back: boolean}} props */
function Row({ model, shown, scene, back }) {
  const columns = columnsOf(shown);
  const room = columns.length > 3 ? 220 : 290;
  return html`<section class=${`conv-panel ${back ? "backward" : "forward"}`} aria-label=${back ? t("Backward") : t("Forward")}>
    <header><h2>${back ? t("backward") : t("forward")}</h2><span>${back ? t("gradients come back from the right") : t("values go to the right")}</span></header>
    <div class=${`conv-boards of-${columns.length}`}>
      ${columns.map((pair, i) => {
        const board = pair[back ? 1 : 0];
        return html`${i > 0 && signOf(shown, board)}
          <${Cell} key=${board} model=${model} shown=${shown} scene=${scene} board=${board} room=${room} />`;
      })}
    </div>
  </section>`;
}

/** @param {{model: Model, scene: Scene, shown: Shown}} props */
function Readout({ model, scene, shown }) {
  const focus = model.focus.value;
  if (!focus)
    return html`<p class="card conv-readout" role="status"><span class="muted">${t("Point at a cell of any board, or go to one with Tab and read it with the arrow keys: its window, its sum and the gradient's way back.")}</span></p>`;
  const { name, value, sum, notes } = say(scene, focus);
  const last = columnsOf(shown).at(-1)?.[0];
  const sends = focus.board === last && !model.stale.value;
  const cell = `${focus.row},${focus.column}`;
  const already = model.choices.value.loss === "one" && model.choices.value.cell === cell;
  return html`<div class=${`card conv-readout ${focus.board.endsWith("_grad") ? "back" : ""}`}>
    <p role="status"><b><code>${name}</code></b> <span class="conv-sum">= ${sum && html`<code>${sum}</code> = `}<code class="conv-value">${formatNumber(value, 5).replace("-", "−")}</code></span>
    ${notes.map((note, i) => html`<span key=${i} class="conv-note">${note}</span>`)}</p>
    ${sends && html`<button type="button" class="button small" disabled=${already} onClick=${() => model.change({ loss: "one", cell })}>${t("Send a gradient back from here alone")}</button>`}
  </div>`;
}

/** @param {{model: Model, shown: Shown}} props */
function Channels({ model, shown }) {
  if (shown.choices.channels !== "3") return null;
  const names = [t("red"), t("green"), t("blue")];
  return html`<fieldset class="conv-segmented conv-channels"><legend>${t("Channel")}</legend>${names.map(
    (
      name,
      i,
    ) => html`<label key=${i} class=${i === model.channel.value ? "on" : ""}><input type="radio" name="channel" checked=${i === model.channel.value}
      onChange=${() => model.fields.go({ channel: String(i) })} /><span>${name}</span></label>`,
  )}</fieldset>`;
}

/** @param {{model: Model}} props */
export function Stage({ model }) {
  const shown = model.shown.value;
  const scene = model.scene.value;
  if (!shown || !scene) return html`<div class="conv-stage empty"></div>`;
  return html`<div class=${`conv-stage ${model.stale.value ? "stale" : ""}`} aria-busy=${model.recording.running.value !== null}>
    <${Channels} model=${model} shown=${shown} />
    <${Row} model=${model} shown=${shown} scene=${scene} back=${false} />
    <${Readout} model=${model} scene=${scene} shown=${shown} />
    <${Row} model=${model} shown=${shown} scene=${scene} back=${true} />
  </div>`;
}
