/** The einsum lab: any equation as its loop nest, cell by cell; its adjoints as contractions; torch's own words where it refuses. */

import { html, useMemo } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { IdleNotice, OutcomeNotice, RunningNotice, TroubleNotice } from "../notices.js";
import { Program } from "../program.js";
import { TransportBar } from "../transport.js";
import { Adjoints, Nodes, bar } from "./adjoints.js";
import { operandName } from "./equation.js";
import { Form } from "./form.js";
import { Grid, brief } from "./grid.js";
import { position, progress } from "./loops.js";
import { createModel } from "./model.js";
import { Nest, sayTurn } from "./nest.js";
import { Reading, allOf } from "./reading.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./loops.js").Contraction} Contraction */

/** Every flat position of a factor that this cell of the output is made of. @param {Contraction} contraction @param {number} factor @param {Map<string, number>} at @returns {Set<number>} */
function lineOf({ factors, summed, sizes }, factor, at) {
  let places = [at];
  for (const label of summed)
    places = places.flatMap((place) =>
      Array.from({ length: sizes.get(label) ?? 1 }, (_, i) => new Map(place).set(label, i)),
    );
  return new Set(places.map((place) => position(factors[factor], place)));
}

/** Which of the output's cells are complete, in the order of the loops. @param {Contraction} contraction @param {number} turn */
function completeCells(contraction, turn) {
  const { complete } = progress(contraction, turn);
  // The free indices run as the output has them: the nth cell to be complete is the nth.
  return (/** @type {number} */ cell) => cell < complete;
}

/** @param {{model: Model}} props */
function Stage({ model }) {
  const contraction = model.contraction.value;
  const { equation, shapes } = model.setup.value;
  if (!contraction || !equation) return null;
  const turn = model.turn.value;
  const all = allOf(equation);
  const back = model.of.value >= 0;
  const done = completeCells(contraction, model.transport.at.value);
  const { factors, output, summed } = contraction;
  const title = (/** @type {string} */ name) =>
    name.endsWith("_bar") ? bar(model.of.value) : name === "g" ? "g = ȳ" : name;
  const tabs = [{ name: "y", text: "y" }, ...shapes.map((_, n) => ({ name: operandName(n), text: bar(n) }))];
  const chosen = back ? operandName(model.of.value) : "y";
  return html`<section class=${`card ein-stage ${back ? "back" : "ahead"}`}>
    <header><h2>${back ? t("Backward, as loops") : t("Forward, as loops")}</h2>
      <div class="ein-tabs" role="group" aria-label=${t("Which contraction is played")}>${tabs.map(({ name, text }) => html`<button key=${name} type="button" class="button small" aria-pressed=${name === chosen} onClick=${() => model.look(name)}>${text}</button>`)}</div></header>
    <div class="ein-body">
      <${Nest} contraction=${contraction} turn=${turn} all=${all} />
      <div class="ein-grids">
        ${factors.map((factor, i) => {
          const line = turn ? lineOf(contraction, i, turn.at) : new Set();
          return html`${i > 0 && html`<span class="ein-sign" aria-hidden="true">·</span>`}<${Grid} key=${i} tensor=${factor} title=${title(factor.name)} tone=${factor.name === "g" ? "back" : "ahead"} all=${all} summed=${summed}
            mark=${(/** @type {number} */ cell) => (turn?.cells[i] === cell ? "now" : line.has(cell) ? "line" : "")} number=${(/** @type {number} */ cell) => brief(factor.data[cell])} />`;
        })}
        <span class="ein-sign" aria-hidden="true">${summed.length ? "Σ →" : "→"}</span>
        <${Grid} tensor=${output} title=${title(output.name)} tone=${back ? "back" : "ahead"} all=${all} summed=${summed}
          mark=${(/** @type {number} */ cell) => (turn?.out === cell ? "now" : done(cell) ? "done" : "later")}
          number=${(/** @type {number} */ cell) => (done(cell) ? brief(output.data[cell]) : turn?.out === cell ? brief(turn.sum) : "")} />
      </div>
    </div>
  </section>`;
}

/** The program's line that is played. @param {Model} model */
function lineNow(model) {
  const lines = model.setup.value.program?.lines;
  if (!lines) return null;
  return model.of.value < 0 ? lines.y : (lines.adjoints[model.of.value]?.line ?? null);
}

export function Lab() {
  const model = useMemo(createModel, []);
  const { program } = model.setup.value;
  const contraction = model.contraction.value;
  const [seen, turn] = [model.seen.value, model.turn.value];
  const step = seen && (model.of.value < 0 ? seen.y.step : seen.adjoints[model.of.value]?.contraction.step);
  const says =
    contraction && turn && seen ? sayTurn(contraction, turn) : t("Play, or step through it: one product at a time.");
  return html`<${Form} model=${model} />
    <${RunningNotice} recording=${model.recording} />
    <${TroubleNotice} recording=${model.recording} />
    <${OutcomeNotice} recording=${model.recording} />
    <${IdleNotice} show=${model.idle.value} act=${model.recordNow} />
    <${Reading} model=${model} />
    <${Stage} model=${model} />
    <${Adjoints} model=${model} />
    <${Nodes} model=${model} />
    ${program && html`<${Program} source=${program.source} id=${model.recording.recorded.value?.entry.id ?? null} stale=${!seen} line=${lineNow(model)} step=${step !== null && step >= 0 ? step : null} />`}
    ${contraction && html`<${TransportBar} transport=${model.transport} says=${says} />`}`;
}
