/** The part of the tape that the scrubber shows: a stretch between two edges, where edge `n` stands after `n` events. Values; nothing changes in place. */

/** @typedef {{from: number, to: number}} Stretch in edges, with fractions */
/** @typedef {import("../tape/phases.js").Segment} Segment */

/** The fewest events that are spread over the whole width. */
export const LEAST = 8;
/** How far from the border of the window what happens now is brought back. */
const MARGIN = 0.1;

/** @param {number} count events of the tape @returns {Stretch} */
export const whole = (count) => Object.freeze({ from: 0, to: Math.max(1, count) });

/** @param {Stretch} stretch @param {number} count */
export const isWhole = ({ from, to }, count) => from <= 0 && to >= count;

/** A stretch of a length, moved so that it lies on the tape. @param {number} from @param {number} length @param {number} count @returns {Stretch} */
function placed(from, length, count) {
  const most = Math.max(1, count);
  const wide = Math.min(most, Math.max(Math.min(LEAST, most), length));
  const left = Math.max(0, Math.min(most - wide, from));
  return { from: left, to: left + wide };
}

/** Shows `factor` times as much, and keeps an edge where it is on the screen. @param {Stretch} stretch @param {number} count @param {number} edge @param {number} factor */
export function zoomed({ from, to }, count, edge, factor) {
  const length = Math.max(Math.min(LEAST, count), Math.min(count, (to - from) * factor));
  const share = (edge - from) / (to - from || 1);
  return placed(edge - share * length, length, count);
}

/** @param {Stretch} stretch @param {number} count @param {number} by edges */
export const panned = ({ from, to }, count, by) => placed(from + by, to - from, count);

/** The stretch moved so that an edge that has left it is inside again. @param {Stretch} stretch @param {number} count @param {number} edge */
export function following(stretch, count, edge) {
  const { from, to } = stretch;
  if (edge >= from && edge <= to) return stretch;
  const margin = (to - from) * MARGIN;
  return placed(edge < from ? edge - margin : edge - (to - from) + margin, to - from, count);
}

/** A stretch of segments with a little of what is around it. @param {Stretch} stretch @param {number} count */
export function around({ from, to }, count) {
  const room = (to - from) * 0.04;
  return placed(from - room, to - from + 2 * room, count);
}

/** The repetitions of a training loop: each from a forward phase to the last phase before the next. @param {readonly Segment[]} segments @returns {Stretch[]} */
export function iterations(segments) {
  /** @type {Stretch[]} */
  const found = [];
  segments.forEach(({ phase, from, to }, i) => {
    const begins = phase === "forward" && segments[i - 1]?.phase !== "forward";
    if (begins || !found.length) found.push({ from, to: to + 1 });
    else found[found.length - 1] = { from: found[found.length - 1].from, to: to + 1 };
  });
  return found.filter((_, i) => segments[0]?.phase !== "build" || i > 0);
}

/** What the tape can be narrowed to at a step: its iteration, where there are several, then its phase. @param {readonly Segment[]} segments @param {number} step @param {number} count @returns {Stretch[]} */
export function stretchesAt(segments, step, count) {
  const at = Math.max(0, step);
  const holds = (/** @type {Stretch} */ { from, to }) => at >= from && at < to;
  const rounds = iterations(segments);
  const round = rounds.length > 1 ? rounds.filter(holds) : [];
  const phases = segments.map(({ from, to }) => ({ from, to: to + 1 })).filter(holds);
  const all = [...round, ...phases].map((each) => around(each, count)).filter((each) => !isWhole(each, count));
  return all.filter((each, i) => !i || each.from !== all[i - 1].from || each.to !== all[i - 1].to);
}

/** The next narrower stretch at a step; after the narrowest the whole tape. @param {Stretch} now @param {readonly Segment[]} segments @param {number} step @param {number} count */
export function narrower(now, segments, step, count) {
  const length = now.to - now.from;
  return stretchesAt(segments, step, count).find((each) => each.to - each.from < length - 1e-6) ?? whole(count);
}
