/** The evaluation trace as a table, as the survey prints it: values and tangents on the way down, adjoints on the way up. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { partFormula, shortly } from "./says.js";
import { formula, symbol, tangentFormula } from "./trace.js";

/** @typedef {import("./graph.js").State} State */
/** @typedef {import("./trace.js").Trace} Trace */

/** The full number, for who wants all digits. @param {number | null} number */
const exactly = (number) => (number === null ? undefined : String(number));

/** @param {{trace: Trace, at: number, state: State, outputs: string[], seek: (row: number) => void}} props */
function Row({ trace, at, state, outputs, seek }) {
  const row = trace.rows[at];
  const done = at < state.rows;
  const [value, tangent, adjoint] = [state.value(at), state.tangent(at), state.adjoint(at)];
  const parts = state.parts(at);
  /** @type {Map<number, number>} */
  const seen = new Map();
  const texts = parts.flatMap(({ from }) => {
    if (from === null) return [];
    const nth = seen.get(from) ?? 0;
    seen.set(from, nth + 1);
    return [partFormula(trace, from, at, nth)];
  });
  const sum =
    parts.length > 1
      ? parts
          .map((part) => shortly(part.value))
          .join(" + ")
          .replaceAll("+ −", "− ")
      : "";
  const now = state.row === at ? " now" : state.back === at ? " back" : "";
  return html`<tr class=${`${row.kind}${done ? " done" : ""}${now}`} aria-current=${now ? "step" : undefined} onClick=${() => seek(at)}>
    <th scope="row"><span class="ad-symbol">${symbol(row)}</span><span class="ad-formula">= ${formula(trace, at)}</span>${outputs.map((name) => html`<span key=${name} class="ad-output" title=${t("an output")}>${name}</span>`)}</th>
    <td class="value" title=${exactly(value)}>${done ? shortly(value) : html`<i aria-label=${t("not yet")}>·</i>`}</td>
    <td class="tangent"><span class="ad-rule">${row.kind === "op" ? tangentFormula(trace, at) : row.kind === "input" ? t("seed") : ""}</span></td>
    <td class="tangent number" title=${exactly(tangent)}>${done ? (row.kind === "constant" ? "0" : shortly(tangent)) : html`<i aria-label=${t("not yet")}>·</i>`}</td>
    <td class="adjoint"><span class="ad-rule">${texts.join(" + ").replaceAll("+ −", "− ")}${parts.some(({ from }) => from === null) ? (texts.length ? ` + ${t("seed")}` : t("seed")) : ""}</span>${sum && html`<span class="ad-sum">${sum}</span>`}</td>
    <td class="adjoint number" title=${exactly(adjoint)}>${row.kind === "constant" ? "" : adjoint !== null ? shortly(adjoint) : html`<i aria-label=${t("not yet")}>·</i>`}</td>
  </tr>`;
}

/** @param {{trace: Trace, state: State, seek: (row: number) => void, heads: {tangent: string, adjoint: string}}} props `heads`: by what is differentiated, and what */
export function TraceTable({ trace, state, seek, heads }) {
  return html`<div class="ad-table" tabindex="0" role="region" aria-label=${t("Evaluation trace")}><table>
    <thead>
      <tr><th scope="col" rowspan="2">${t("step")}</th><th scope="col" rowspan="2" class="value">${t("primal")}</th>
        <th scope="colgroup" colspan="2" class="tangent">${t("tangent")} <span>${heads.tangent}</span><b aria-hidden="true">↓</b></th>
        <th scope="colgroup" colspan="2" class="adjoint">${t("adjoint")} <span>${heads.adjoint}</span><b aria-hidden="true">↑</b></th></tr>
      <tr><th scope="col" class="tangent rule">${t("chain rule")}</th><th scope="col" class="tangent number">v̇</th><th scope="col" class="adjoint rule">${t("parts that arrive")}</th><th scope="col" class="adjoint number">v̄</th></tr>
    </thead>
    <tbody>${trace.rows.map((_, i) => html`<${Row} key=${i} trace=${trace} at=${i} state=${state} seek=${seek} outputs=${trace.outputs.filter(({ row }) => row === i).map(({ name }) => name)} />`)}</tbody>
  </table></div>`;
}
