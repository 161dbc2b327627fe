/** The whole Jacobian by either mode: forward mode fills a column in a pass, reverse mode a row; how many passes each needs. */

import { html } from "../../../vendor/preact.js";
import { count, t } from "../../language/index.js";
import { shortly } from "./says.js";

/** @typedef {import("./setup.js").Setup} Setup */
/** @typedef {{forward: (number | null)[][], reverse: (number | null)[][]}} Jacobians by output, then by input; null where it is not recorded */

/** What the two recordings say of every derivative. @param {import("./model.js").Model} model @returns {Jacobians | null} */
export function jacobians(model) {
  const { trace, forward, reverse } = model.setup.value;
  const numbers = model.numbers.value;
  if (!trace || !numbers) return null;
  const program = model.wanted.value?.reverse.program;
  const byOutput = (/** @type {number} */ i) => {
    if (reverse.kind === "own") return null;
    const pass = program?.passes.findIndex(({ outputs }) => outputs.includes(i)) ?? -1;
    return pass < 0
      ? trace.inputs.map(() => 0)
      : trace.inputs.map((row) => numbers.reverse.passes[pass]?.adjoints[row] ?? 0);
  };
  return {
    forward: trace.outputs.map(({ row }) =>
      trace.inputs.map((_, column) =>
        forward.kind === "own" ? null : (numbers.forward.tangents[column]?.[row] ?? null),
      ),
    ),
    reverse: trace.outputs.map((_, i) => byOutput(i) ?? trace.inputs.map(() => null)),
  };
}

/** The largest difference between the two; null where one is missing. @param {Jacobians} of */
export function difference({ forward, reverse }) {
  const pairs = forward.flatMap((row, i) => row.map((number, k) => [number, reverse[i][k]]));
  if (pairs.some((pair) => pair.includes(null))) return null;
  return Math.max(...pairs.map(([a, b]) => (Object.is(a, b) ? 0 : Math.abs(Number(a) - Number(b)))));
}

/** @param {{caption: string, sub: string, kind: "forward" | "backward", names: string[], outputs: string[], numbers: (number | null)[][]}} props */
function Matrix({ caption, sub, kind, names, outputs, numbers }) {
  return html`<table class=${`ad-matrix ${kind}`}>
    <caption><b>${caption}</b> ${sub}</caption>
    <thead>${kind === "forward" && html`<tr class="pass"><td></td>${names.map((name, i) => html`<td key=${name}>${t("pass {n}", { n: i + 1 })}</td>`)}</tr>`}
      <tr><td></td>${names.map((name) => html`<th key=${name} scope="col">∂/∂${name}</th>`)}${kind === "backward" && html`<td></td>`}</tr></thead>
    <tbody>${outputs.map((name, i) => html`<tr key=${name}><th scope="row">∂${name}</th>${names.map((input, k) => html`<td key=${input} class="cell" title=${numbers[i][k] === null ? undefined : String(numbers[i][k])}>${numbers[i][k] === null ? "·" : shortly(numbers[i][k])}</td>`)}${kind === "backward" && html`<td class="pass">${t("pass {n}", { n: i + 1 })}</td>`}</tr>`)}</tbody>
  </table>`;
}

/** @param {number} n @param {number} m */
function verdict(n, m) {
  if (n < m) return t("Here forward mode is cheaper: the passes are as many as the inputs.");
  if (m < n)
    return t(
      "Here reverse mode is cheaper: the passes are as many as the outputs. A loss has one output and a network millions of inputs.",
    );
  return t("Here both need the same number of passes.");
}

/** @param {{model: import("./model.js").Model}} props */
export function JacobianCard({ model }) {
  const { names, outputs, trace } = model.setup.value;
  const both = jacobians(model);
  if (!trace || !both) return null;
  const [n, m] = [names.length, outputs.length];
  const apart = difference(both);
  const own = apart === null;
  return html`<section class="card ad-jacobian">
    <h2>${t("The whole Jacobian, by either mode")}</h2>
    <div class="ad-matrices">
      <${Matrix} kind="forward" caption=${t("Forward mode")} sub=${count("{n} input: {n} pass, a column each", "{n} inputs: {n} passes, a column each", n)} names=${names} outputs=${outputs} numbers=${both.forward} />
      <${Matrix} kind="backward" caption=${t("Reverse mode")} sub=${count("{n} output: {n} pass, a row each", "{n} outputs: {n} passes, a row each", m)} names=${names} outputs=${outputs} numbers=${both.reverse} />
    </div>
    <p>${verdict(n, m)} ${own ? t("With a seed of one’s own a pass gives one sum of derivatives only: choose a single input and a single output to fill both tables.") : t("Largest difference between the two: {n}.", { n: shortly(apart) })}</p>
  </section>`;
}
