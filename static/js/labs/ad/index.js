/** The AD lab: one expression, forward mode and reverse mode on one graph, every number from a tape. */

import { html, useMemo } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Bar, IdleNotice, OutcomeNotice, RunningNotice, TroubleNotice } from "../notices.js";
import { Program } from "../program.js";
import { TransportBar } from "../transport.js";
import { remarks } from "./explain.js";
import { Form } from "./form.js";
import { Graph } from "./graph.js";
import { JacobianCard } from "./jacobian.js";
import { createModel } from "./model.js";
import { marked, sayBackward, sayForward, shortly } from "./says.js";
import { TraceTable } from "./table.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./graph.js").State} State */

const NONE = /** @type {never[]} */ ([]);

/** What is known at the present frame. @param {Model} model @returns {State} */
function stateOf(model) {
  const numbers = model.numbers.value;
  const { rows, frame, arrived, row } = model.shown.value;
  const column = model.wanted.value?.forward.column ?? 0;
  const known = (/** @type {number} */ at) => numbers !== null && at < rows;
  return {
    rows,
    row,
    back: frame?.row ?? null,
    seeding: frame?.kind === "seed",
    sends: frame?.sends ?? NONE,
    value: (at) => (known(at) ? (numbers?.forward.rows[at].value ?? null) : null),
    tangent: (at) => (known(at) ? (numbers?.forward.tangents[column]?.[at] ?? null) : null),
    adjoint: (at) => arrived?.sums[at] ?? null,
    parts: (at) => arrived?.parts[at] ?? NONE,
  };
}

/** By what is differentiated, and what: `ẋ1 = 1`. @param {import("./setup.js").Seed} seed @param {string[]} names @param {"dot" | "bar"} mark */
const headOf = (seed, names, mark) =>
  seed.kind === "unit"
    ? `${marked(names[seed.at], mark)} = 1`
    : names.map((name, i) => `${marked(name, mark)} = ${shortly(seed.numbers[i])}`).join(", ");

/** The present frame in words. @param {Model} model @param {State} state */
function saying(model, state) {
  const { trace } = model.setup.value;
  const { frame } = model.shown.value;
  if (!trace || !model.numbers.value) return "";
  if (frame) return sayBackward(trace, frame, frame.row === null ? NONE : state.parts(frame.row));
  if (state.row === null)
    return t("Play, or step through it: values and tangents on the way down, adjoints on the way up.");
  return sayForward(trace, state.row, state.value(state.row), state.tangent(state.row));
}

/** The two programs; the line that runs at this frame is marked. @param {{model: Model, state: State}} props */
function Programs({ model, state }) {
  const wanted = model.wanted.value;
  const { frame } = model.shown.value;
  const numbers = model.numbers.value;
  if (!wanted) return null;
  const [forward, reverse] = [model.forward.recorded.value, model.reverse.recorded.value];
  const pass = wanted.reverse.program.passes[wanted.reverse.column];
  const wrt = /** @type {string[] | undefined} */ (wanted.forward.options.wrt);
  return html`<div class="ad-programs">
    <${Program} title=${wrt ? t("Forward mode, recorded with wrt={names}", { names: `[${wrt.join(", ")}]` }) : t("Forward mode, with torch’s own dual numbers")} source=${wanted.forward.program.source} id=${forward?.entry.id ?? null} stale=${!numbers}
      line=${state.row === null ? null : wanted.forward.program.lines[state.row]} step=${state.row === null ? null : (numbers?.forward.rows[state.row].step ?? null)} />
    <${Program} title=${t("Reverse mode")} source=${wanted.reverse.program.source} id=${reverse?.entry.id ?? null} stale=${!numbers}
      line=${frame ? (pass?.line ?? null) : null} step=${frame?.step ?? null} />
  </div>`;
}

/** @param {{model: Model}} props */
function Remarks({ model }) {
  const { trace, reverse, outputs } = model.setup.value;
  const numbers = model.numbers.value;
  if (!trace || !numbers) return null;
  const told = remarks(
    trace,
    numbers.forward.rows.map(({ value }) => value),
  );
  const still = reverse.kind === "unit" && !model.pass.value;
  if (!told.length && !still) return null;
  return html`<div class="ad-remarks">${told.map((each, i) => html`<${Bar} key=${i} tone=${each.tone}>${each.text}</${Bar}>`)}
    ${still && html`<${Bar} tone="">${t("{name} depends on no input, so there is no graph to go back through: its derivatives are 0.", { name: outputs[reverse.at] })}</${Bar}>`}</div>`;
}

export function Lab() {
  const model = useMemo(createModel, []);
  const { trace, names, outputs, forward, reverse } = model.setup.value;
  const state = stateOf(model);
  const seeds = outputs.map((_name, i) => (reverse.kind === "own" ? reverse.numbers[i] : Number(reverse.at === i)));
  const fresh = trace !== null && model.numbers.value !== null;
  const running = model.forward.running.value ? model.forward : model.reverse;
  return html`<${Form} model=${model} />
    <${RunningNotice} recording=${running} />
    <${TroubleNotice} recording=${model.forward.trouble.value ? model.forward : model.reverse} />
    <${OutcomeNotice} recording=${model.forward} /><${OutcomeNotice} recording=${model.reverse} />
    <${IdleNotice} show=${model.idle.value} act=${model.recordNow} />
    <${Remarks} model=${model} />
    ${
      trace &&
      html`<div class=${`ad-stage${fresh ? "" : " waiting"}`}>
        <div><section class="card ad-trace"><${TraceTable} trace=${trace} state=${state} seek=${(/** @type {number} */ row) => model.transport.send({ type: "seek", step: row })}
          heads=${{ tangent: headOf(forward, names, "dot"), adjoint: headOf(reverse, outputs, "bar") }} /></section>
        <${JacobianCard} model=${model} /></div>
        <section class="card ad-picture"><${Graph} trace=${trace} state=${state} seeds=${seeds} /></section>
      </div>
      <${Programs} model=${model} state=${state} />
      <${TransportBar} transport=${model.transport} says=${saying(model, state)} />`
    }`;
}
