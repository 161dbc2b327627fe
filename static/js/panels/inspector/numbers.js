/** A value looked at closely: its numbers as a grid or a heat map, its picture, its histogram, its statistics. */

import { html, useEffect, useState } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { formatDtype, formatNumber, formatShape, isSilent, toNumber } from "../../tape/words.js";
import { numbers as fetchNumbers } from "../../ui/client.js";
import { usePainted } from "../../ui/canvas.js";
import { colour } from "../../ui/theme.js";
import { HeatMap } from "./heat.js";
import { csv, cut, origin, sliceText } from "./matrix.js";
import { Row } from "./parts.js";

/** @typedef {import("../../tape/load.js").Tape} Tape */
/** @typedef {import("../../tape/format.js").Value} ValueRow */
/** @typedef {(number | boolean | string)[]} Numbers */

/** The class of a number's heat: 4 steps each way from zero, relative to the largest. @param {number} n @param {number} most */
function heat(n, most) {
  if (!Number.isFinite(n)) return "odd";
  const level = most > 0 ? Math.min(4, Math.ceil((Math.abs(n) / most) * 4)) : 0;
  return level === 0 ? "h0" : n > 0 ? `p${level}` : `m${level}`;
}

/** @param {{data: Numbers, columns: number}} props */
function Grid({ data, columns }) {
  const finite = data.map(toNumber).filter(Number.isFinite).map(Math.abs);
  const most = finite.length ? Math.max(...finite) : 0;
  const rows = [];
  for (let at = 0; at < data.length; at += columns) rows.push(data.slice(at, at + columns));
  return html`<div class="grid-scroll" tabindex="0" role="group" aria-label=${t("Numbers")}><table class="numbers"><tbody>${rows.map(
    (row, i) =>
      html`<tr key=${i}>${row.map(
        (n, j) => html`<td key=${j} class=${heat(toNumber(n), most)}>${formatNumber(n, 3)}</td>`,
      )}</tr>`,
  )}</tbody></table></div>`;
}

/** @param {{histogram: import("../../tape/format.js").Histogram}} props */
function Histogram({ histogram }) {
  const most = Math.max(1, ...histogram.counts);
  const width = 240 / histogram.counts.length;
  const zero =
    histogram.low < 0 && histogram.high > 0 ? (-histogram.low / (histogram.high - histogram.low)) * 240 : null;
  return html`<figure class="histogram"><svg viewBox="0 0 240 56" preserveAspectRatio="none" role="img" aria-label=${t("Histogram from {low} to {high}", { low: formatNumber(histogram.low), high: formatNumber(histogram.high) })}>
    ${histogram.counts.map((count, i) => html`<rect key=${i} x=${i * width} y=${54 - (count / most) * 52} width=${Math.max(0.5, width - 1)} height=${(count / most) * 52 + 1} />`)}
    ${zero !== null && html`<line x1=${zero} x2=${zero} y1="0" y2="56" />`}
  </svg><figcaption><span>${formatNumber(histogram.low)}</span>${histogram.every > 1 && html`<span class="muted">${t("every {n}th element", { n: histogram.every })}</span>`}<span>${formatNumber(histogram.high)}</span></figcaption></figure>`;
}

/** A downsampled picture, in the heat colours. @param {{picture: import("../../tape/format.js").Picture}} props */
function Picture({ picture }) {
  const canvas = usePainted(
    (pen, board) => {
      const [hot, cold, paper, odd] = ["--forward", "--backward", "--surface", "--danger"].map((name) =>
        colour(board, name),
      );
      const data = picture.data.map(toNumber);
      const most = Math.max(1e-30, ...data.filter(Number.isFinite).map(Math.abs));
      data.forEach((n, i) => {
        const [x, y] = [i % picture.columns, Math.floor(i / picture.columns)];
        pen.globalAlpha = 1;
        pen.fillStyle = paper;
        pen.fillRect(x, y, 1, 1);
        pen.globalAlpha = Number.isFinite(n) ? Math.min(1, Math.abs(n) / most) : 1;
        pen.fillStyle = !Number.isFinite(n) ? odd : n >= 0 ? hot : cold;
        pen.fillRect(x, y, 1, 1);
      });
    },
    [picture],
  );
  return html`<canvas class="picture" ref=${canvas} width=${picture.columns} height=${picture.rows} role="img" aria-label=${t("Picture of the numbers: blue above zero, orange below, red what is no number")}></canvas>`;
}

/** @param {readonly number[]} shape */
const size = (shape) => shape.reduce((product, length) => product * length, 1);

/** Numbers that are all in the tape: of one dimension as they are, of more as a heat map. @param {{data: Numbers, shape: readonly number[]}} props */
function Here({ data, shape }) {
  const [place, setPlace] = useState(origin(shape));
  if (shape.length < 2) return html`<${Grid} data=${data} columns=${8} />`;
  return html`<${HeatMap} data=${cut(data, shape, place)} shape=${shape} place=${place} onMove=${setPlace} />`;
}

/** Numbers that are kept in the tape's file: the part on the screen is fetched when it is asked for. @param {{tape: Tape, value: ValueRow}} props */
function Fetched({ tape, value }) {
  const [place, setPlace] = useState(origin(value.shape));
  const [part, setPart] = useState(/** @type {{data: Numbers, of: string} | null} */ (null));
  const [asked, setAsked] = useState(false);
  const slice = sliceText(value.shape, place);
  const of = `${value.id} ${slice}`;
  useEffect(() => {
    if (!asked) return undefined;
    let wanted = true;
    fetchNumbers(tape.id, value.id, slice).then(
      ({ data }) => wanted && setPart({ data: data.flat(), of }),
      () => wanted && setAsked(false),
    );
    return () => (wanted = false);
  }, [of, asked]);
  if (!asked)
    return html`<${Copy} tape=${tape} value=${value}><button type="button" class="button small" onClick=${() => setAsked(true)}>${t("Show numbers")}</button></${Copy}>`;
  // Until the next part is here, the last one stays, pale, so that nothing jumps.
  if (!part || !part.of.endsWith(` ${slice}`)) return html`<p class="muted">${t("Loading numbers…")}</p>`;
  const flat = value.shape.length < 2 || value.dtype.includes("complex");
  return html`<div class=${part.of === of ? "fetched" : "fetched stale"} aria-busy=${part.of !== of}>
    ${flat ? html`<${Grid} data=${part.data} columns=${8} />` : html`<${HeatMap} data=${part.data} shape=${value.shape} place=${place} onMove=${setPlace} />`}
    ${flat && part.data.length < size(value.shape) && html`<p class="muted">${t("the first {n} of {all}", { n: part.data.length, all: size(value.shape) })}</p>`}
    <${Copy} key=${value.id} tape=${tape} value=${value} />
  </div>`;
}

/** The most numbers that are copied at once. */
const COPIED = 1 << 16;

/** @param {{tape: Tape, value: ValueRow, children?: unknown}} props `children` stand before the button */
function Copy({ tape, value, children = null }) {
  const [said, setSaid] = useState("");
  const { data, shape } = value;
  if (size(shape) > COPIED || value.dtype.includes("complex")) return html`<p class="copy">${children}</p>`;
  const copy = async () => {
    const all = data ?? (await fetchNumbers(tape.id, value.id, "")).data.flat();
    await navigator.clipboard.writeText(csv(all, shape.at(-1) ?? 1));
  };
  const clicked = () =>
    copy().then(
      () => setSaid(t("Copied")),
      () => setSaid(t("The browser did not let it be copied")),
    );
  return html`<p class="copy">${children}<button type="button" class="button small" onClick=${clicked}>${t("Copy as CSV")}</button><span role="status" class="muted">${said}</span></p>`;
}

/** @param {{summary: import("../../tape/format.js").Summary}} props */
function Statistics({ summary }) {
  /** @param {number | null} n */
  const text = (n) => (n === null ? "—" : formatNumber(n));
  return html`<div class="statistics">
    ${[
      [t("min"), summary.min],
      [t("mean"), summary.mean],
      [t("max"), summary.max],
      [t("std"), summary.std],
      ["‖·‖₂", summary.norm],
    ].map(
      ([name, n]) =>
        html`<span key=${name}><i>${name}</i><code>${text(/** @type {number | null} */ (n))}</code></span>`,
    )}
    ${summary.zeros > 0 && html`<span><i>${t("zeros")}</i><code>${`${formatNumber(summary.zeros * 100, 3)} %`}</code></span>`}
    ${summary.nan > 0 && html`<span class="bad"><i>NaN</i><code>${summary.nan}</code></span>`}
    ${summary.inf > 0 && html`<span class="bad"><i>inf</i><code>${summary.inf}</code></span>`}
  </div>`;
}

/** @param {{tape: Tape, id: number | null | undefined, none?: string}} props */
export function Numbers({ tape, id, none = t("nothing yet") }) {
  const value = id === null || id === undefined ? null : tape.values[id];
  if (!value) return html`<p class="muted">${isSilent(tape) ? t("no numbers: recorded at level structure") : none}</p>`;
  const shape = `${formatShape(value.shape)} ${formatDtype(value.dtype)}`;
  if (value.data?.length === 1)
    return html`<p class="scalar"><code class=${Number.isFinite(toNumber(value.data[0])) ? undefined : "odd"}>${formatNumber(value.data[0], 6)}</code><span class="muted">${shape}</span></p>`;
  const complex = value.dtype.includes("complex");
  const all = value.data && value.data.length > 0;
  return html`<div class="number-view">
    ${all && (complex ? html`<${Grid} data=${value.data} columns=${2} />` : html`<${Here} key=${value.shape.join()} data=${value.data} shape=${value.shape} />`)}
    ${all && html`<${Copy} key=${`copy ${value.id}`} tape=${tape} value=${value} />`}
    ${value.picture && html`<${Picture} picture=${value.picture} />`}
    ${value.summary?.histogram && html`<${Histogram} histogram=${value.summary.histogram} />`}
    ${value.summary && html`<${Statistics} summary=${value.summary} />`}
    ${!value.data && value.file && html`<${Fetched} key=${value.shape.join()} tape=${tape} value=${value} />`}
    ${value.note && html`<p class="muted">${value.note}</p>`}
    ${!value.summary && !value.data && html`<${Row} label=${t("shape")}><code>${shape}</code></${Row}>`}
  </div>`;
}
