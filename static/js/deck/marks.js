/** What stands out on a tape: the steps that get a mark on the scrubber, and the mark that a pointer means. */

/** @typedef {import("../tape/format.js").TapeEvent} TapeEvent */
/** @typedef {"finding" | "raise" | "breakpoint" | "hook" | "print"} MarkKind */
/** @typedef {{step: number, kind: MarkKind, says: string | null}} Mark `says`: more than the event's own sentence */

const KINDS = /** @type {Record<string, MarkKind>} */ ({
  hook_fire: "hook",
  print: "print",
  warning: "print",
  raise: "raise",
});
/** Where marks are crowded, the rarer kind is meant. @type {MarkKind[]} */
const ORDER = ["finding", "raise", "breakpoint", "hook", "print"];

/** @param {readonly TapeEvent[]} events @param {readonly {step: number, sentence: string}[]} findings @param {readonly {step: number}[]} [stops] where breakpoints stop the tape @returns {Mark[]} */
export function marksOf(events, findings, stops = []) {
  const found = events.flatMap((event, step) =>
    KINDS[event.kind] ? [{ step, kind: KINDS[event.kind], says: null }] : [],
  );
  return [
    ...found,
    ...stops.map(({ step }) => ({ step, kind: /** @type {const} */ ("breakpoint"), says: null })),
    ...findings.map(({ step, sentence }) => ({ step, kind: /** @type {const} */ ("finding"), says: sentence })),
  ];
}

/** The mark within reach of a place on the tape. @param {readonly Mark[]} marks @param {number} at a step, with fractions @param {number} reach in steps @returns {Mark | null} */
export function markNear(marks, at, reach) {
  /** @type {Mark | null} */
  let best = null;
  const distance = (/** @type {Mark} */ mark) => Math.abs(mark.step - at);
  for (const mark of marks) {
    if (distance(mark) > reach) continue;
    const rank = best ? ORDER.indexOf(mark.kind) - ORDER.indexOf(best.kind) : -1;
    if (!best || rank < 0 || (rank === 0 && distance(mark) < distance(best))) best = mark;
  }
  return best;
}
