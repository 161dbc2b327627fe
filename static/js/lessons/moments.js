/** Finds the moment a note is pinned to by what happens there, so that it survives edits of the program (`docs/lessons.md`). */

import { hookTarget } from "../tape/hook_words.js";
import { segmentAt, segments } from "../tape/phases.js";
import { ownMark } from "../tape/source.js";
import { gradientOf, nodeTitle, tensorName, typeName } from "../tape/words.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../tape/format.js").TapeEvent} TapeEvent */
/**
 * @typedef {{kind?: string | string[], what?: string, on?: string, line?: string, phase?: string, text?: string, hook?: string, nth?: number}} Where
 *   what happens at a moment; every key that is given holds
 */

/** The step of a moment, or -1 where nothing of the kind happens. @param {Tape} tape @param {Where} where */
export function stepOf(tape, where) {
  const all = stepsOf(tape, where);
  const nth = where.nth ?? 1;
  return all.at(nth > 0 ? nth - 1 : nth) ?? -1;
}

/** Every step at which it happens. @param {Tape} tape @param {Where} where @returns {number[]} */
function stepsOf(tape, where) {
  const { kind, what, on, line, phase, text, hook } = where;
  const kinds = kind === undefined ? null : new Set([kind].flat());
  const parts = phase === undefined ? [] : segments(tape);
  const lines = line === undefined ? [] : (tape.sources[0]?.text ?? "").split("\n").map((each) => each.trim());
  return tape.events.flatMap((event, step) => {
    const holds =
      (!kinds || kinds.has(event.kind)) &&
      (what === undefined || namesOf(tape, event).includes(what)) &&
      (on === undefined || surroundings(tape, event).includes(on)) &&
      (hook === undefined || hookOf(tape, event) === hook) &&
      (text === undefined || textOf(event).includes(text)) &&
      (phase === undefined || segmentAt(parts, step)?.phase === phase) &&
      (line === undefined || (lines[lineOf(tape, step) - 1] ?? "").startsWith(line));
    return holds ? [step] : [];
  });
}

/** What an event is about goes by these names. @param {Tape} tape @param {TapeEvent} event @returns {string[]} */
function namesOf(tape, event) {
  switch (event.kind) {
    case "op": {
      const { name, label } = tape.ops[event.op];
      return [
        name,
        name.slice(name.lastIndexOf(".") + 1),
        label,
        ...tape.writes(event.op).map((id) => tensorName(tape, id)),
      ];
    }
    case "call_enter":
    case "call_exit":
      return ofModule(tape, tape.calls[event.call].module);
    case "hook_add":
    case "hook_remove":
    case "hook_fire":
      return [tape.hooks[event.hook].name];
    case "contribution":
    case "node_enter":
    case "node_exit":
    case "accumulate": {
      const leaf = gradientOf(tape, event.node);
      const { variable } = tape.nodes[event.node];
      return [
        nodeTitle(tape, event.node),
        ...[variable, leaf].flatMap((id) => (id === null ? [] : [tensorName(tape, id)])),
      ];
    }
    case "retain":
    case "tangent":
    case "grad_zero":
    case "param_update":
      return [tensorName(tape, event.tensor)];
    case "backward_start":
      return event.tensors.map((id) => tensorName(tape, id));
    case "optimizer_step":
      return event.row === null ? [] : [typeName(tape.optimizers[event.row].type)];
    case "mode":
      return event.module === null ? [event.name] : [event.name, ...ofModule(tape, event.module)];
    case "warning":
      return [typeName(event.category)];
    case "raise":
      return [typeName(event.type)];
    default:
      return [];
  }
}

/** @param {Tape} tape @param {number} id */
function ofModule(tape, id) {
  const { path, name, type } = tape.modules[id];
  return [path, name, typeName(type)];
}

/** What a hook hangs on; the innermost module call around anything else. @param {Tape} tape @param {TapeEvent} event @returns {string[]} */
function surroundings(tape, event) {
  if ("hook" in event && typeof event.hook === "number" && event.kind !== "raise")
    return [hookTarget(tape, event.hook)];
  const call =
    event.kind === "op"
      ? tape.ops[event.op].call
      : event.kind === "call_enter" || event.kind === "call_exit"
        ? tape.calls[event.call].parent
        : callOfNode(tape, event);
  return call === null ? [] : ofModule(tape, tape.calls[call].module);
}

/** @param {Tape} tape @param {TapeEvent} event */
function callOfNode(tape, event) {
  if (event.kind !== "node_enter" && event.kind !== "node_exit" && event.kind !== "contribution") return null;
  const { op } = tape.nodes[event.node];
  return op === null ? null : tape.ops[op].call;
}

/** @param {Tape} tape @param {TapeEvent} event */
const hookOf = (tape, event) =>
  event.kind === "hook_add" || event.kind === "hook_fire" || event.kind === "hook_remove"
    ? tape.hooks[event.hook].kind
    : null;

/** @param {TapeEvent} event */
function textOf(event) {
  if (event.kind === "print" || event.kind === "warning") return event.text;
  return event.kind === "raise" ? event.message : "";
}

/** The line of the program (its first source) that an event belongs to; 0 where it belongs to none. @param {Tape} tape @param {number} step */
function lineOf(tape, step) {
  const mark = ownMark(tape, step);
  const span = mark && tape.spans[mark.span];
  return span?.source === 0 ? span.line : 0;
}
