/** What a search shows of a thing that it found: its name, a word more, and where it stands. */

import { count, t } from "../language/index.js";
import { relations } from "./relations.js";
import { hookKind, hookTarget } from "./hook_words.js";
import { nodeSpan } from "./source.js";
import { parseThing, thingTitle } from "./things.js";
import { formatDtype, formatShape, lineText, nodeDetail, opDetail, typeName } from "./words.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {{title: string, detail: string, place: string[]}} Row `place`: module, shape and line, as far as there are any */

const DETAIL = 40;

/** @param {Tape} tape @param {string} thing @param {readonly import("./search.js").Word[]} words @returns {Row} */
export function searchRow(tape, thing, words) {
  const { kind, id } = /** @type {NonNullable<ReturnType<typeof parseThing>>} */ (parseThing(tape, thing));
  const { detail, place } = READERS[kind](tape, id);
  return { title: titleOf(tape, thing, kind, id, words), detail, place: place.filter(Boolean) };
}

/** An op that was found by its full name is shown by it. @param {Tape} tape @param {string} thing @param {string} kind @param {number} id @param {readonly import("./search.js").Word[]} words */
function titleOf(tape, thing, kind, id, words) {
  const title = thingTitle(tape, thing);
  const full = kind === "op" ? tape.ops[id].name : title;
  const said = words.some(({ text }) => text.includes(".") && full.toLowerCase().includes(text));
  return said ? full : title;
}

/** The innermost module that something ran in. @param {Tape} tape @param {number | null} call */
const moduleOf = (tape, call) => (call === null ? "" : tape.modules[tape.calls[call].module].path);

/** @param {Tape} tape @param {number | undefined} id */
function shapeOf(tape, id) {
  if (id === undefined) return "";
  const { shape, dtype } = tape.tensors[id];
  return `${formatShape(shape)} ${formatDtype(dtype)}`;
}

/** @type {Record<import("./things.js").ThingKind, (tape: Tape, id: number) => {detail: string, place: string[]}>} */
const READERS = {
  op: (tape, id) => {
    const { call, span } = tape.ops[id];
    return {
      detail: opDetail(tape, id, DETAIL),
      place: [moduleOf(tape, call), shapeOf(tape, tape.writes(id)[0]), lineText(tape, span)],
    };
  },
  node: (tape, id) => {
    const { op, inputs } = tape.nodes[id];
    const shape = inputs.length ? `${formatShape(inputs[0].shape)} ${formatDtype(inputs[0].dtype)}` : "";
    return {
      detail: nodeDetail(tape, id, DETAIL),
      place: [op === null ? "" : moduleOf(tape, tape.ops[op].call), shape, lineText(tape, nodeSpan(tape, id))],
    };
  },
  tensor: (tape, id) => {
    const { role, op, span } = tape.tensors[id];
    return {
      detail: op === null || role === "parameter" ? role : opDetail(tape, op, DETAIL),
      place: [
        op === null ? "" : moduleOf(tape, tape.ops[op].call),
        shapeOf(tape, id),
        lineText(tape, op === null ? span : tape.ops[op].span),
      ],
    };
  },
  module: (tape, id) => {
    const { type, constructed } = tape.modules[id];
    return { detail: typeName(type), place: [lineText(tape, constructed)] };
  },
  call: (tape, id) => {
    const { module, outputs, span } = tape.calls[id];
    const calls = relations(tape).callsOf.get(module) ?? [];
    const which = calls.length > 1 ? t(" · call {n} of {all}", { n: calls.indexOf(id) + 1, all: calls.length }) : "";
    return {
      detail: typeName(tape.modules[module].type) + which,
      place: [shapeOf(tape, outputs[0]), lineText(tape, span)],
    };
  },
  hook: (tape, id) => {
    const { kind, span } = tape.hooks[id];
    return {
      detail: t("{kind} hook on {thing}", { kind: hookKind(kind), thing: hookTarget(tape, id) }),
      place: [lineText(tape, span)],
    };
  },
  optimizer: (tape, id) => {
    const all = tape.optimizers[id].groups.reduce((sum, { parameters }) => sum + parameters.length, 0);
    return { detail: count("{n} parameter", "{n} parameters", all), place: [] };
  },
};
