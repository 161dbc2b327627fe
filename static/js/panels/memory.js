/** How much memory is alive at this step, how much it was at most, and the curve between the two. */

import { html } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { liveAt, memory } from "../tape/memory.js";
import { formatBytes } from "../tape/words.js";

/** @typedef {import("../tape/memory.js").Memory} Curve */

const [WIDTH, HEIGHT, EDGE] = [52, 14, 2];
/** The most points of the curve: what is finer cannot be seen. */
const POINTS = 128;

/** The curve's highest value in each of many equal stretches of the tape, from 0 to 1. @param {Curve} curve @param {number} count */
function heights({ steps, bytes, peak }, count) {
  const result = new Array(Math.min(POINTS, count + 1)).fill(0);
  steps.forEach((step, i) => {
    const until = steps[i + 1] ?? count;
    const last = Math.floor(((until - 1 + 1) / (count + 1)) * result.length);
    for (let at = Math.floor(((step + 1) / (count + 1)) * result.length); at <= last && at < result.length; at += 1)
      result[at] = Math.max(result[at], bytes[i] / (peak.bytes || 1));
  });
  return result;
}

/** @param {string} text */
const unitOf = (text) => text.replace(/^\S+\s/, "");

/** @param {{model: import("../ui/model.js").Model}} props */
export function MemoryLine({ model }) {
  const { tape } = model.player.value ?? {};
  if (!tape?.storages.length) return null;
  const step = model.step.value;
  const curve = memory(tape);
  const live = formatBytes(liveAt(curve, step));
  const most = formatBytes(curve.peak.bytes);
  const count = tape.events.length;
  const all = heights(curve, count);
  /** @param {number} share of the tape @param {number} height @returns {[number, number]} */
  const point = (share, height) => [EDGE + share * (WIDTH - 2 * EDGE), HEIGHT - EDGE - height * (HEIGHT - 2 * EDGE)];
  const line = all.map((height, i) =>
    point(i / Math.max(1, all.length - 1), height)
      .map((n) => n.toFixed(1))
      .join(),
  );
  const [x, y] = point((step + 1) / count, liveAt(curve, step) / (curve.peak.bytes || 1));
  const says = t(
    "Live memory: {live} of tensors after this step; the most is {most}, after step {step}. What a kernel uses within one op is not counted.",
    { live, most, step: curve.peak.step + 1 },
  );
  return html`<button type="button" class="memory" title=${says} aria-label=${says} onClick=${() => model.deck({ type: "seek", step: curve.peak.step })}>
    <svg width=${WIDTH} height=${HEIGHT} aria-hidden="true"><polyline points=${line.join(" ")} /><circle cx=${x} cy=${y} r="2" /></svg>
    <span><b>${unitOf(live) === unitOf(most) ? live.replace(/\s.*/, "") : live}</b> / ${most}</span></button>`;
}
