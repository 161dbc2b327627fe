/** What the recording says besides its boards: sizes, sums, comparisons, versions, the nodes that ran. Each number is the tape's. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { formatNumber, toNumber } from "../../tape/words.js";
import { outputFormula } from "./windows.js";

/** @typedef {import("./lab_model.js").Shown} Shown */
/** @typedef {import("./scene.js").Scene} Scene */

/** @param {number} n */
const short = (n) => formatNumber(n, 4).replace("-", "−");

/** The only number of a value. @param {Shown} shown @param {number | null} id */
function scalar({ values }, id) {
  const numbers = id === null ? undefined : values.get(id);
  return numbers ? toNumber(numbers.data[0]) : null;
}

/** @param {{label: string, children: unknown}} props */
const Fact = ({ label, children }) => html`<div class="conv-fact"><dt>${label}</dt><dd>${children}</dd></div>`;

/** @param {{scene: Scene}} props */
function Sizes({ scene }) {
  const { picture } = scene.boards;
  const [rows, columns] = scene.geometry.kernel;
  if (!picture) return null;
  const same = rows === columns && picture.rows === picture.columns;
  const label = same ? t("Rows and columns of the output") : t("Rows of the output");
  return html`<${Fact} label=${label}><code>${outputFormula(picture.rows, rows, scene.geometry)}</code></${Fact}>
    ${!same && html`<${Fact} label=${t("Columns of the output")}><code>${outputFormula(picture.columns, columns, scene.geometry)}</code></${Fact}>`}`;
}

/** What becomes of an area without an edge. @param {{scene: Scene}} props */
function FlatArea({ scene }) {
  const { kernel } = scene.boards;
  if (!kernel || scene.op !== "conv") return null;
  const exact = kernel.data.reduce((all, n) => all + n, 0);
  // Weights such as 1/9 leave a rest of their rounding.
  const sum = Math.abs(exact) < 1e-6 ? 0 : exact;
  return html`<${Fact} label=${t("Sum of the weights")}><code>${short(sum)}</code> ${
    sum === 0
      ? t("A flat area becomes 0: only edges are left.")
      : Math.abs(sum - 1) < 1e-6
        ? t("A flat area stays as it is.")
        : t("A flat area of 0.9 becomes {n}.", { n: short(0.9 * sum) })
  }</${Fact}>`;
}

/** @param {{shown: Shown}} props */
function Pooling({ shown }) {
  const { reading, choices } = shown;
  if (choices.op === "conv") return null;
  const [difference, gap] = [scalar(shown, reading.difference), scalar(shown, reading.gap)];
  const { window, stride } = choices;
  return html`
    ${reading.printed.startsWith("parameters:") && html`<${Fact} label="list(pool.parameters())"><code>${reading.printed.replace("parameters:", "").trim()}</code> ${t("Nothing to learn.")}</${Fact}>`}
    ${difference !== null && html`<${Fact} label=${t("Against a convolution with weights {weight}", { weight: `1/${Number(window) ** 2}` })}><code>${short(difference)}</code> ${difference < 1e-5 ? t("The largest difference: they are the same.") : t("The largest difference.")}</${Fact}>`}
    ${
      gap !== null &&
      html`<${Fact} label=${t("pool(a) + pool(b) against pool(a + b)")}><code>${short(gap)}</code> ${
        gap < 1e-4
          ? t("The largest difference: it is linear, as every convolution is.")
          : t("The largest difference: it is not linear, so no kernel can do this.")
      }</${Fact}>`
    }
    ${window !== stride && Number(window) > Number(stride) && html`<${Fact} label=${t("Windows")}>${t("They overlap, because the stride is smaller than the window.")}</${Fact}>`}`;
}

/** @param {{shown: Shown}} props */
function Versions({ shown }) {
  const { versions } = shown.reading;
  if (shown.choices.op !== "conv" || shown.choices.relu !== "inplace" || versions.length < 2) return null;
  return html`<${Fact} label=${t("Version of the tensor that relu_ wrote")}><code>${versions.join(" → ")}</code> ${t("No new memory: the values before are gone.")}</${Fact}>`;
}

/** @param {{shown: Shown}} props */
function Nodes({ shown }) {
  const { nodes } = shown.reading;
  if (!nodes.length) return null;
  return html`<div class="conv-fact wide"><dt>${t("The backward pass ran")}</dt><dd><ol class="conv-nodes">${nodes.map(
    (name, i) =>
      html`<li key=${i} class=${name.startsWith("AccumulateGrad") ? "acc" : "node"}><code>${name}</code></li>`,
  )}</ol></dd></div>`;
}

/** @param {{shown: Shown, scene: Scene}} props */
export function Facts({ shown, scene }) {
  return html`<dl class="card conv-facts">
    <${Sizes} scene=${scene} /><${FlatArea} scene=${scene} /><${Pooling} shown=${shown} /><${Versions} shown=${shown} /><${Nodes} shown=${shown} />
  </dl>`;
}
