/** Along the tape: what a tensor and its `.grad` were, and by whom; what happened at a node. Every row leads to its step. */

import { html } from "../../../vendor/preact.js";
import { count, t } from "../../language/index.js";
import { lastAt } from "../../tape/state.js";
import { formatNumber, formatShape, formatValue, isSilent, normOf } from "../../tape/words.js";
import { norms, stepsOfNode, writesOf } from "../../tape/writes.js";
import { Amount, Link, Section } from "./parts.js";

/** @typedef {import("../../tape/load.js").Tape} Tape */
/** @typedef {import("../../tape/writes.js").Write} Write */
/** @typedef {import("./parts.js").CardProps} CardProps */

/** The most rows at once; the ones around the current step. */
const MOST = 12;
const [WIDE, HIGH] = [280, 34];
/** The most points of a line. */
const POINTS = 120;

/** The rows around the current one, and how many there are before and after. @template T @param {readonly T[]} rows @param {number} current */
function around(rows, current) {
  const from = Math.max(0, Math.min(rows.length - MOST, current - MOST + 4));
  return { rows: rows.slice(from, from + MOST), before: from, after: Math.max(0, rows.length - from - MOST) };
}

/** @param {{model: CardProps["model"], step: number, children?: unknown}} props */
export function StepLink({ model, step, children = null }) {
  return html`<button type="button" class="link" onClick=${() => model.deck({ type: "seek", step })}>${children ?? t("step {n}", { n: step + 1 })}</button>`;
}

/** A value in a column: its number, a few numbers, or its range above its norm. @param {{tape: Tape, id: number | null}} props */
function Cell({ tape, id }) {
  if (id === null) return html`<span class="muted">None</span>`;
  const value = tape.values[id];
  const { data, summary } = value;
  if (data && data.length > 0 && data.length <= 2) return html`<${Amount} text=${formatValue(tape, id)} />`;
  const norm = normOf(value);
  if (norm === null) return html`<span class="muted">${formatShape(value.shape)}</span>`;
  const odd = (summary?.nan ?? 0) + (summary?.inf ?? 0) > 0;
  return html`<code class=${odd ? "odd" : undefined}>‖${formatNumber(norm, 3)}‖</code>${
    summary?.min !== null &&
    summary?.max !== null &&
    summary &&
    html`<small><span>${formatNumber(summary.min, 3)} …</span> <span>${formatNumber(summary.max, 3)}</span></small>`
  }`;
}

/** Some of many points, evenly, with the last one. @param {readonly import("../../tape/writes.js").Point[]} points */
function thinned(points) {
  const every = Math.ceil(points.length / POINTS);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}

/** How large the values were. @param {{all: readonly import("../../tape/writes.js").Point[], step: number, title: string}} props */
function Sparkline({ all: versions, step, title }) {
  if (versions.length <= 3) return null;
  const points = thinned(versions);
  const all = points.map(({ norm }) => norm);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const x = (/** @type {number} */ i) => 3 + (i / (points.length - 1)) * (WIDE - 6);
  const y = (/** @type {number} */ norm) => HIGH - 3 - (high > low ? (norm - low) / (high - low) : 0.5) * (HIGH - 6);
  const current = lastAt(
    points.map((point) => point.step),
    step,
  );
  const spans = { title, n: versions.length, low: formatNumber(low, 3), high: formatNumber(high, 3) };
  return html`<figure class="sparkline"><svg viewBox=${`0 0 ${WIDE} ${HIGH}`} role="img" aria-label=${t("Norm of {title} over {n} versions, {low} to {high}", spans)}>
    <polyline points=${points.map(({ norm }, i) => `${x(i).toFixed(1)},${y(norm).toFixed(1)}`).join(" ")} />
    ${current >= 0 && html`<circle cx=${x(current)} cy=${y(points[current].norm)} r="3" />`}
  </svg><figcaption><span>${t("‖{title}‖ over {n} versions", spans)}</span><span>${formatNumber(low, 3)} … ${formatNumber(high, 3)}</span></figcaption></figure>`;
}

/** @param {{model: CardProps["model"], rows: {before: number, after: number}, first: number, last: number}} props */
function More({ model, rows, first, last }) {
  return html`${rows.before > 0 && html`<p class="muted">${t("{n} earlier, from", { n: rows.before })} <${StepLink} model=${model} step=${first} /></p>`}
    ${rows.after > 0 && html`<p class="muted">${t("{n} later, up to", { n: rows.after })} <${StepLink} model=${model} step=${last} /></p>`}`;
}

/** A tensor's values and gradients, in two columns where it has both. @param {CardProps & {name: string}} props */
export function TensorHistory({ model, player: { tape, history }, id, name }) {
  const writes = writesOf(history, id);
  if (!writes.length) return null;
  const step = model.step.value;
  const current = lastAt(history.tensors.get(id)?.steps ?? [], step);
  const shown = around(writes, current);
  const both = writes.some((write) => write.grad);
  const silent = isSilent(tape);
  /** @param {Write} write @param {"value" | "grad"} which */
  const cell = (write, which) =>
    write[which]
      ? silent
        ? html`<span class="muted">${t("written")}</span>`
        : html`<${Cell} tape=${tape} id=${write.state[which]} />`
      : html`<span class="muted" aria-hidden="true">·</span>`;
  return html`<${Section} title=${t("Along the tape")} note=${count("{n} write", "{n} writes", writes.length)}>
    <${Sparkline} all=${norms(history, writes, "value")} step=${step} title=${name} />
    ${both && html`<${Sparkline} all=${norms(history, writes, "grad")} step=${step} title=${`${name}.grad`} />`}
    <table class="along"><thead><tr><th scope="col">${t("when")}</th><th scope="col">${t("value")}</th>${both && html`<th scope="col">.grad</th>`}</tr></thead>
    <tbody>${shown.rows.map(
      (
        write,
        i,
      ) => html`<tr key=${write.step} class=${shown.before + i === current ? "current" : write.step > step ? "later" : undefined} aria-current=${shown.before + i === current ? "step" : undefined}>
        <td><${StepLink} model=${model} step=${write.step} />${write.value && write.state.version > 0 && html` <small>v${write.state.version}</small>`}
        <span class="by">${write.thing === null ? html`<span class="muted">${write.by}</span>` : html`<${Link} model=${model} tape=${tape} thing=${write.thing}>${write.by}</${Link}>`}</span></td>
        <td>${cell(write, "value")}</td>${both && html`<td>${cell(write, "grad")}</td>`}
      </tr>`,
    )}</tbody></table>
    <${More} model=${model} rows=${shown} first=${writes[0].step} last=${writes[writes.length - 1].step} />
  </${Section}>`;
}

const WHAT = /** @type {Record<string, string>} */ ({
  contribution: t("gets"),
  node_enter: t("receives"),
  node_exit: t("sends"),
  accumulate: t("stores"),
});

/** What happened at a node, in every pass. @param {CardProps} props */
export function NodeHistory({ model, player: { tape, history }, id }) {
  const steps = stepsOfNode(history, id);
  if (!steps.length) return null;
  const step = model.step.value;
  const current = lastAt(steps, step);
  const shown = around(steps, current);
  return html`<${Section} title=${t("Along the tape")} note=${count("{n} event", "{n} events", steps.length)}>
    <table class="along"><thead><tr><th scope="col">${t("when it")}</th><th scope="col">${t("gradient")}</th></tr></thead>
    <tbody>${shown.rows.map((at, i) => {
      const event = tape.events[at];
      const values =
        "values" in event
          ? event.values
          : event.kind === "accumulate"
            ? [event.total]
            : "value" in event
              ? [event.value]
              : [];
      const now = shown.before + i === current;
      return html`<tr key=${at} class=${now ? "current" : at > step ? "later" : undefined} aria-current=${now ? "step" : undefined}>
        <td><${StepLink} model=${model} step=${at} /> ${WHAT[event.kind] ?? event.kind}</td>
        <td>${values.length ? values.map((value, k) => html`${k > 0 && ", "}<${Cell} tape=${tape} id=${value} />`) : html`<span class="muted">–</span>`}</td>
      </tr>`;
    })}</tbody></table>
    <${More} model=${model} rows=${shown} first=${steps[0]} last=${steps[steps.length - 1]} />
  </${Section}>`;
}
