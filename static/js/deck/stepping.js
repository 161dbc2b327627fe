/** Stepping as in a debugger, in both directions of time: the step that each verb leads to. */

import { segments } from "../tape/phases.js";
import { lastAt } from "../tape/state.js";
import { pairs } from "./pairs.js";
import { stepsWhere } from "./steps.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../tape/format.js").TapeEvent} TapeEvent */
/** @typedef {import("./steps.js").Where} Where */
/** @typedef {"into" | "over" | "out" | "intoBack" | "overBack" | "outBack"} Verb */
/** @typedef {1 | -1} Direction */

/** @type {WeakMap<Tape, {froms: number[], tos: number[]}>} */
const known = new WeakMap();

/** The borders of the phases. @param {Tape} tape */
function borders(tape) {
  let found = known.get(tape);
  if (!found) {
    const parts = segments(tape);
    known.set(tape, (found = { froms: parts.map(({ from }) => from), tos: parts.map(({ to }) => to) }));
  }
  return found;
}

/** Past what begins at the next event. @param {Tape} tape @param {number} step */
function over(tape, step) {
  return Math.max(step + 1, pairs(tape).ends[step + 1]);
}

/** To before the beginning of what ended at this event. @param {Tape} tape @param {number} step */
function overBack(tape, step) {
  const start = pairs(tape).starts[step];
  return (start < 0 ? step : start) - 1;
}

/** To just after the end of the innermost thing that is open, or to the end of the phase. @param {Tape} tape @param {number} step */
function out(tape, step) {
  const { ends, inside } = pairs(tape);
  const open = step < 0 ? -1 : inside[step];
  if (open >= 0) return ends[open];
  const { tos } = borders(tape);
  return tos[lastAt(tos, step) + 1];
}

/** To just before the beginning of the innermost thing that is open, or of the phase. @param {Tape} tape @param {number} step */
function outBack(tape, step) {
  const open = pairs(tape).inside[step];
  if (open >= 0) return open - 1;
  const { froms } = borders(tape);
  return froms[lastAt(froms, step)] - 1;
}

/** Where a verb leads from a step; -1 is before the first event. @param {Tape} tape @param {number} step @param {Verb} verb */
export function stepBy(tape, step, verb) {
  const backwards = verb === "intoBack" || verb === "overBack" || verb === "outBack";
  if (backwards ? step < 0 : step >= tape.events.length - 1) return step;
  switch (verb) {
    case "into":
      return step + 1;
    case "intoBack":
      return step - 1;
    case "over":
      return over(tape, step);
    case "overBack":
      return overBack(tape, step);
    case "out":
      return out(tape, step);
    case "outBack":
      return outBack(tape, step);
  }
}

/** The nearest of some steps after (or before) a step, or null. @param {readonly number[]} steps @param {number} step @param {Direction} direction */
export function nearest(steps, step, direction) {
  const at = direction === 1 ? lastAt(steps, step) + 1 : lastAt(steps, step - 1);
  return steps[at] ?? null;
}

/**
 * The next (or previous) event of a kind, about a thing or in a line, or that a function says yes to; null where there is none.
 * @param {Tape} tape @param {number} step @param {Direction} direction
 * @param {Where | ((event: TapeEvent, step: number) => boolean)} predicate
 */
export function nextWhere(tape, step, direction, predicate) {
  if (typeof predicate !== "function") return nearest(stepsWhere(tape, predicate), step, direction);
  for (let at = step + direction; at >= 0 && at < tape.events.length; at += direction)
    if (predicate(tape.events[at], at)) return at;
  return null;
}
