/** Breakpoints that outlive their tape: read back as they were stored, and moved to the next recording of an edited program. */

import { TABLES, parseThing } from "../tape/things.js";
import { breakpoint, linesOf, nameOf, onLine, onThing } from "./breakpoints.js";
import { KIND_WORDS } from "./kinds.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("./breakpoints.js").Breakpoint} Breakpoint */

/** A program's key: its text in a few letters. @param {Tape} tape */
export function programKey(tape) {
  const text = tape.sources[0]?.text;
  if (!text) return `tape ${tape.id}`;
  let sum = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
  return `${text.length}.${(sum >>> 0).toString(36)}`;
}

/** One breakpoint of what was stored, or null where it is none. @param {any} it @returns {Breakpoint | null} */
function read(it) {
  const on = it?.on !== false;
  const text = (/** @type {unknown} */ each) => typeof each === "string";
  if (it?.what === "thing" && text(it.thing) && text(it.name))
    return { ...breakpoint({ what: "thing", thing: it.thing, name: it.name }), on };
  if (it?.what === "line" && Number.isInteger(it.line) && text(it.text))
    return { ...breakpoint({ what: "line", line: it.line, text: it.text }), on };
  if (it?.what === "kind" && Object.hasOwn(KIND_WORDS, it.kind))
    return { ...breakpoint({ what: "kind", kind: it.kind }), on };
  if (it?.what === "gradient" && Number.isFinite(it.than) && (it.compare === "above" || it.compare === "below"))
    return { ...breakpoint({ what: "gradient", compare: it.compare, than: it.than }), on };
  if (it?.what === "odd" || it?.what === "changed") return { ...breakpoint({ what: it.what }), on };
  return null;
}

/** Breakpoints as they were stored; what is damaged is left out. @param {unknown} stored @returns {Breakpoint[]} */
export function readBreakpoints(stored) {
  return Array.isArray(stored) ? stored.flatMap((each) => read(each) ?? []) : [];
}

/** The nearest place of a list at which something is. @param {readonly string[]} list @param {string} wanted @param {number} near */
function nearestEqual(list, wanted, near) {
  let best = -1;
  list.forEach((each, at) => {
    if (each === wanted && (best < 0 || Math.abs(at - near) < Math.abs(best - near))) best = at;
  });
  return best;
}

/** @param {Tape} tape @param {Breakpoint} it @returns {Breakpoint[]} */
function moved(tape, it) {
  if (it.what === "line") {
    const at = nearestEqual(linesOf(tape), it.text, it.line - 1);
    return at < 0 ? [] : [{ ...onLine(tape, at + 1), on: it.on }];
  }
  if (it.what !== "thing") return [it];
  const [kind, id] = it.thing.split(":");
  if (!Object.hasOwn(TABLES, kind)) return [];
  const table = tape[TABLES[/** @type {keyof typeof TABLES} */ (kind)]];
  const names = table.map((row) => nameOf(tape, `${kind}:${row.id}`));
  const at = nearestEqual(names, it.name, Number(id));
  return parseThing(tape, `${kind}:${at}`) ? [{ ...onThing(tape, `${kind}:${at}`), on: it.on }] : [];
}

/** Breakpoints of a program, on the tape of the same program after an edit: lines by their text, things by their names; what is gone is left out. @param {Tape} tape @param {readonly Breakpoint[]} breakpoints */
export function carried(tape, breakpoints) {
  const all = breakpoints.flatMap((each) => moved(tape, each));
  return all.filter((each, i) => all.findIndex(({ id }) => id === each.id) === i);
}
