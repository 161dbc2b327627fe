/** Breakpoints: on things, lines, kinds of events and conditions, and the steps of a tape at which they stop it. */

import { t } from "../language/index.js";
import { parseThing, thingDetail, thingOf, thingTitle } from "../tape/things.js";
import { formatNumber, isSilent, shorten } from "../tape/words.js";
import { changeSteps, gradientSteps, oddSteps } from "./conditions.js";
import { KIND_WORDS } from "./kinds.js";
import { stepsWhere } from "./steps.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../tape/format.js").TapeEvent} TapeEvent */
/**
 * What stops a tape. `name` and `text` say which thing and line were meant, in a program that has been changed since.
 * @typedef {{what: "thing", thing: string, name: string}
 *   | {what: "line", line: number, text: string}
 *   | {what: "kind", kind: TapeEvent["kind"]}
 *   | {what: "odd"}
 *   | {what: "gradient", compare: "above" | "below", than: number}
 *   | {what: "changed"}} Stop
 */
/** @typedef {Stop & {id: string, on: boolean}} Breakpoint */
/** @typedef {{step: number, breakpoints: Breakpoint[]}} Hit */

/** The events at which something begins or is settled: there a thing or a line stops the tape, not at all that follows from it. */
const BEGINS = new Set(
  /** @type {TapeEvent["kind"][]} */ ([
    "op",
    "call_enter",
    "node_enter",
    "hook_fire",
    "backward_start",
    "accumulate",
    "retain",
    "tangent",
    "grad_zero",
    "optimizer_step",
    "param_update",
    "mode",
    "print",
    "warning",
    "raise",
  ]),
);

/** What a breakpoint is known by: the same thing, line or condition has one. @param {Stop} stop */
export function idOf(stop) {
  switch (stop.what) {
    case "thing":
      return stop.thing;
    case "line":
      return `line:${stop.line}`;
    case "kind":
      return `kind:${stop.kind}`;
    case "gradient":
      return `gradient:${stop.compare}:${stop.than}`;
    default:
      return stop.what;
  }
}

/** @param {Stop} stop @returns {Breakpoint} */
export const breakpoint = (stop) => ({ ...stop, id: idOf(stop), on: true });

/** A thing's title and what tells it from its namesakes. @param {Tape} tape @param {string} thing */
export function nameOf(tape, thing) {
  const detail = thingDetail(tape, thing);
  return detail ? `${thingTitle(tape, thing)} (${detail})` : thingTitle(tape, thing);
}

/** The program's own lines. @param {Tape} tape */
export const linesOf = (tape) => (tape.sources[0]?.text ?? "").split("\n").map((line) => line.trim());

/** @param {Tape} tape @param {string} thing */
export const onThing = (tape, thing) => breakpoint({ what: "thing", thing, name: nameOf(tape, thing) });

/** @param {Tape} tape @param {number} line */
export const onLine = (tape, line) => breakpoint({ what: "line", line, text: linesOf(tape)[line - 1] ?? "" });

/** The line that is meant by a click on one: itself where it has events, else the beginning of the expression around it, else the next that has. @param {Tape} tape @param {number} line */
export function lineMeant(tape, line) {
  const eventful = (/** @type {number} */ each) => stepsOf(tape, { what: "line", line: each, text: "" }).length > 0;
  if (eventful(line)) return line;
  const around = tape.spans.filter((span) => span.source === 0 && span.line < line && span.end_line >= line);
  const begins = around.map((span) => span.line).filter(eventful);
  if (begins.length) return Math.max(...begins);
  const { length } = linesOf(tape);
  for (let next = line + 1; next <= length; next += 1) if (eventful(next)) return next;
  return line;
}

/** What a breakpoint waits for, in words. @param {Stop} stop */
export function titleOf(stop) {
  switch (stop.what) {
    case "thing":
      return stop.name;
    case "line":
      return t("line {line}: {text}", { line: stop.line, text: shorten(stop.text, 40) || t("empty") });
    case "kind":
      return KIND_WORDS[stop.kind];
    case "odd":
      return t("a NaN or Inf appears");
    case "gradient":
      return stop.compare === "above"
        ? t("|gradient| above {than}", { than: formatNumber(stop.than) })
        : t("|gradient| below {than}", { than: formatNumber(stop.than) });
    case "changed":
      return t("a hook changes a gradient");
  }
}

/** Why a tape cannot tell whether a condition comes true, or only in part; null where it can. @param {Tape} tape @param {Stop} stop */
export function doubt(tape, stop) {
  if (tape.header.fake && (stop.what === "odd" || stop.what === "gradient"))
    return t("Cannot be known: the program ran on fake tensors, which have no numbers.");
  if (!isSilent(tape)) return null;
  if (stop.what === "odd" || stop.what === "gradient")
    return t("Cannot be known: this tape was recorded without numbers (structure).");
  if (stop.what === "changed")
    return t("This tape has no numbers (structure): every hook that returns a gradient counts as changing it.");
  return null;
}

/** Whether a tape can never tell. @param {Tape} tape @param {Stop} stop */
export const unknowable = (tape, stop) =>
  (tape.header.fake || isSilent(tape)) && (stop.what === "odd" || stop.what === "gradient");

/** @type {WeakMap<Tape, Map<string, readonly number[]>>} */
const known = new WeakMap();

/** The steps at which one breakpoint stops a tape, on or off; found once. @param {Tape} tape @param {Stop} stop @returns {readonly number[]} */
export function stepsOf(tape, stop) {
  let found = known.get(tape);
  if (!found) known.set(tape, (found = new Map()));
  // The same id can stand for a namesake that this tape does not have.
  const key = stop.what === "thing" ? `${stop.thing} ${stop.name}` : idOf(stop);
  let steps = found.get(key);
  if (!steps) found.set(key, (steps = search(tape, stop)));
  return steps;
}

/** @param {Tape} tape @param {Stop} stop @returns {readonly number[]} */
function search(tape, stop) {
  switch (stop.what) {
    case "thing":
      return parseThing(tape, stop.thing) && nameOf(tape, stop.thing) === stop.name ? ofThing(tape, stop.thing) : [];
    case "line":
      return stepsWhere(tape, { line: stop.line }).filter((step) => BEGINS.has(tape.events[step].kind));
    case "kind":
      return stepsWhere(tape, { kind: stop.kind });
    case "odd":
      return oddSteps(tape);
    case "gradient":
      return gradientSteps(tape, (size) => (stop.compare === "above" ? size > stop.than : size < stop.than));
    case "changed":
      return changeSteps(tape);
  }
}

/** A node stops the tape when it is called; one that never is (an input of `autograd.grad`), when its gradient comes. @param {Tape} tape @param {string} thing */
function ofThing(tape, thing) {
  const all = stepsWhere(tape, { thing });
  const begins = all.filter((step) => BEGINS.has(tape.events[step].kind));
  if (!thing.startsWith("node:")) return begins;
  const called = begins.filter((step) => tape.events[step].kind !== "accumulate");
  return called.length ? called : all;
}

/** Where the breakpoints that are on stop a tape, and which ones. @param {Tape} tape @param {readonly Breakpoint[]} breakpoints @returns {Hit[]} */
export function hits(tape, breakpoints) {
  /** @type {Map<number, Breakpoint[]>} */
  const found = new Map();
  for (const each of breakpoints) {
    if (!each.on) continue;
    for (const step of stepsOf(tape, each)) {
      const there = found.get(step);
      if (there) there.push(each);
      else found.set(step, [each]);
    }
  }
  return [...found].map(([step, those]) => ({ step, breakpoints: those })).sort((a, b) => a.step - b.step);
}

/** What stopped the tape: `|gradient| above 100 in MulBackward0`. @param {Tape} tape @param {Hit} hit */
export function reasonOf(tape, { step, breakpoints }) {
  return breakpoints
    .map((each) => {
      if (each.what === "thing" || each.what === "line") return titleOf(each);
      const thing = thingOf(tape.events[step]);
      return thing ? t("{what} in {thing}", { what: titleOf(each), thing: thingTitle(tape, thing) }) : titleOf(each);
    })
    .join("; ");
}
