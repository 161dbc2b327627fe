/** The expression as a graph: data flows down in blue, adjoints flow up in orange; every vᵢ shows what is known of it at this frame. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { SIZE, curve, laidOut } from "./layout.js";
import { marked, rowName, shortly } from "./says.js";
import { formula, symbol } from "./trace.js";

/** @typedef {import("./layout.js").Box} Box */
/** @typedef {import("./trace.js").Trace} Trace */
/** @typedef {{rows: number, value: (row: number) => number | null, tangent: (row: number) => number | null, adjoint: (row: number) => number | null, parts: (row: number) => readonly {from: number | null, value: number}[], row: number | null, back: number | null, sends: readonly {row: number, value: number}[], seeding: boolean}} State what stands on the page: `row` runs forward now, `back` runs backward now */

/** The outline of a box by its kind: inputs are tags that point on, constants pills. @param {string} kind @param {Box} box */
function outline(kind, { x, y, w, h }) {
  const [l, r, top, b] = [x - w / 2, x + w / 2, y - h / 2, y + h / 2];
  if (kind === "input")
    return `M${l + 6},${top}H${r - 6}Q${r},${top} ${r},${top + 6}V${b - 10}L${x},${b}L${l},${b - 10}V${top + 6}Q${l},${top} ${l + 6},${top}Z`;
  if (kind === "constant")
    return `M${l + h / 2},${top}H${r - h / 2}A${h / 2},${h / 2} 0 0 1 ${r - h / 2},${b}H${l + h / 2}A${h / 2},${h / 2} 0 0 1 ${l + h / 2},${top}Z`;
  return `M${l + 6},${top}H${r - 6}Q${r},${top} ${r},${top + 6}V${b - 6}Q${r},${b} ${r - 6},${b}H${l + 6}Q${l},${b} ${l},${b - 6}V${top + 6}Q${l},${top} ${l + 6},${top}Z`;
}

/** The strip in which the adjoint arrives, with cut corners, as autograd's nodes have them. @param {Box} box */
function strip({ x, y, w, h }) {
  const [l, r, top, b] = [x - w / 2 + 6, x + w / 2 - 6, y + h / 2 - 27, y + h / 2 - 6];
  return `M${l + 5},${top}H${r - 5}L${r},${top + 5}V${b - 5}L${r - 5},${b}H${l + 5}L${l},${b - 5}V${top + 5}Z`;
}

/** @param {{trace: Trace, at: number, box: Box, state: State}} props */
function Row({ trace, at, box, state }) {
  const row = trace.rows[at];
  const done = at < state.rows;
  const now = state.row === at;
  const [value, tangent, adjoint] = [state.value(at), state.tangent(at), state.adjoint(at)];
  const { x, y, h } = box;
  const input = row.kind === "input";
  const title = input
    ? `${symbol(row)} = ${row.name}`
    : row.kind === "constant"
      ? symbol(row)
      : `${symbol(row)} = ${formula(trace, at)}`;
  const flat = row.kind === "constant";
  return html`<g class=${`ad-box ${row.kind}${done ? " done" : ""}${now ? " now" : ""}${state.back === at ? " back" : ""}`}>
    ${(now || state.back === at) && html`<path class="halo" d=${outline(row.kind, box)} />`}
    <path class="shape" d=${outline(row.kind, box)} />
    <text class="title" x=${x} y=${y - h / 2 + (flat ? 30 : input ? 15 : 18)} textLength=${title.length > 19 ? SIZE.w - 12 : undefined} lengthAdjust="spacingAndGlyphs">${title}</text>
    ${done && !flat && html`<text class="value" x=${x} y=${y - h / 2 + (input ? 30 : 36)}>${shortly(value)}${tangent !== null && html`<tspan class="dot" dx="9">${`${rowName(row, "dot")} ${shortly(tangent)}`}</tspan>`}</text>`}
    ${done && flat && html`<text class="value" x=${x} y=${y - h / 2 + 48}>${shortly(value)}</text>`}
    ${
      !flat &&
      adjoint !== null &&
      html`<g class=${`adjoint${state.back === at ? " now" : ""}`}><path d=${input ? strip({ ...box, y: box.y - 6, w: box.w - 8 }) : strip(box)} /><text x=${x} y=${y + h / 2 - (input ? 18 : 12)}>${`${rowName(row, "bar")} ${shortly(adjoint)}`}</text></g>`
    }
  </g>`;
}

/** The parts of adjoints on their way, for one wire: the nth part that one row sent to another. @param {State} state @param {import("./layout.js").Wire[]} wires @param {import("./layout.js").Wire} wire */
function partOn(state, wires, wire) {
  const same = wires.filter(({ from, to }) => from === wire.from && to === wire.to);
  return state.parts(wire.from).filter(({ from }) => from === wire.to)[same.indexOf(wire)] ?? null;
}

/** @param {{trace: Trace, state: State, seeds: readonly number[]}} props `seeds`: of the outputs */
export function Graph({ trace, state, seeds }) {
  const layout = laidOut(trace);
  const chips = layout.wires.flatMap((wire) => {
    const part = partOn(state, layout.wires, wire);
    const [to, before] = [wire.points[wire.points.length - 1], wire.points[wire.points.length - 2]];
    return part
      ? [{ x: to[0] + (before[0] - to[0]) * 0.34, y: to[1] - 26, value: part.value, now: state.back === wire.to }]
      : [];
  });
  const words = trace.rows.map((row, i) => `${symbol(row)} = ${formula(trace, i)}`).join("; ");
  // Small expressions are not blown up: a unit is a pixel at most.
  return html`<svg class="ad-graph" viewBox=${`0 0 ${layout.width} ${layout.height}`} style=${{ maxWidth: `${layout.width * 1.15}px` }} role="img" aria-label=${t("The expression as a graph: {rows}", { rows: words })}>
    <defs>${["forward", "backward"].map((name) => html`<marker key=${name} id=${`ad-${name}`} class=${name} viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="11" markerHeight="11" orient="auto-start-reverse"><path d="M0,0.6L8,4L0,7.4Z" /></marker>`)}</defs>
    ${layout.wires.map((wire, i) => {
      const part = partOn(state, layout.wires, wire);
      const kind = part ? "backward" : wire.to < state.rows ? "forward" : "later";
      const now = part ? state.back === wire.to : state.row === wire.to;
      return html`<path key=${i} class=${`ad-wire ${kind}${now ? " now" : ""}`} d=${curve(wire.points)} marker-end=${part ? undefined : "url(#ad-forward)"} marker-start=${part ? "url(#ad-backward)" : undefined} />`;
    })}
    ${layout.outputs.map(({ row, box }, i) => {
      const seeded = state.adjoint(row) !== null || state.parts(row).some(({ from }) => from === null);
      return html`<path key=${`w${i}`} class=${`ad-wire ${seeded ? "backward" : row < state.rows ? "forward" : "later"}${state.seeding ? " now" : ""}`} d=${curve(
        [
          [layout.boxes[row].x, layout.boxes[row].y + layout.boxes[row].h / 2],
          [box.x, box.y - box.h / 2],
        ],
      )} marker-end=${seeded ? undefined : "url(#ad-forward)"} marker-start=${seeded ? "url(#ad-backward)" : undefined} />`;
    })}
    ${trace.rows.map((_, i) => html`<${Row} key=${i} trace=${trace} at=${i} box=${layout.boxes[i]} state=${state} />`)}
    ${layout.outputs.map(({ name, row, box }, i) => {
      const begun = state.parts(row).some(({ from }) => from === null);
      return html`<g key=${`o${i}`} class=${`ad-box output${row < state.rows ? " done" : ""}`}>
        <path class="shape" d=${outline("input", box)} /><text class="title" x=${box.x} y=${box.y + 2}>${name}${begun && html`<tspan class="bar" dx="8">${`${marked(name, "bar")} ${shortly(seeds[i])}`}</tspan>`}</text></g>`;
    })}
    ${chips.map(({ x, y, value, now }, i) => {
      const text = shortly(value);
      const w = 12 + text.length * 7;
      return html`<g key=${`c${i}`} class=${`ad-chip${now ? " now" : ""}`}><rect x=${x - w / 2} y=${y - 9} width=${w} height="18" rx="9" /><text x=${x} y=${y + 4}>${text}</text></g>`;
    })}
  </svg>`;
}
