/**
 * One plain sentence for every event, with this step's numbers. Parts that are the program's own are kept apart, so that a page can set
 * them in its monospaced face. Every sentence has a brief form for where two lines are all there is: long expressions are folded, and
 * what the event before has just told is left out.
 */

import { t } from "../language/index.js";
import { hookTitle } from "./hook_words.js";
import { accumulate, backwardStart, contribution, nodeEnter, nodeExit } from "./narrate_backward.js";
import { hookAdd, hookFire, hookRemove } from "./narrate_hooks.js";
import { gradZero, mode, optimizerStep, paramUpdate, tangent } from "./narrate_training.js";
import { relations } from "./relations.js";
import { amount, cut, equals, isBrief, named, say, some, valued, values } from "./saying.js";
import { callTitle, lineText, nodeTitle, opTitle, shorten, spanText, tensorName, typeName } from "./words.js";

/** @typedef {import("./state.js").History} History */
/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./format.js").TapeEvent} TapeEvent */
/** @typedef {import("./saying.js").Moment} Moment */
/** @typedef {import("./saying.js").Part} Part */
/** @template {TapeEvent["kind"]} K @typedef {import("./saying.js").Of<K>} Of */

/** The longest expressions and names that are tried, one after the other, until a sentence fits. */
const LENGTHS = [24, 16, 8];

/** @param {Moment} moment @param {Of<"op">} event */
function op(moment, event) {
  const { tape } = moment;
  const row = tape.ops[event.op];
  return [...whereabouts(moment, row), ...done(moment, event, row)];
}

/** "Recomputed: ", "In Exp: ": what an op is a part of: a checkpointed segment, another op, a hook, a custom backward. @param {Moment} moment @param {import("./format.js").Op} row @returns {Part[]} */
function whereabouts(moment, { phase, parent, hook, node }) {
  const { tape } = moment;
  const again = phase === "recompute" ? [t("Recomputed: ")] : [];
  const title =
    parent !== null
      ? opTitle(tape, parent)
      : hook !== null
        ? hookTitle(tape, hook)
        : node !== null && phase === "backward"
          ? nodeTitle(tape, node)
          : null;
  return title === null ? again : [...again, ...say`In ${cut(moment, title)}: `];
}

/** @param {Moment} moment @param {Of<"op">} event @param {import("./format.js").Op} row */
function done(moment, event, row) {
  const { tape } = moment;
  const title = opTitle(tape, event.op);
  if (row.error) return say`${title} raises ${shorten(row.error, 120)}`;
  const written = tape.writes(event.op);
  const given = [...new Set(row.inputs.map((input) => input.tensor))].slice(0, 4);
  const alone = row.in_place && given.length === 1 && given[0] === written[0];
  const takes =
    given.length && !alone
      ? say` takes ${some(
          moment,
          given.map((id) => named(moment, id)),
        )},`
      : [];
  if (!written.length)
    return row.phase === "recompute" ? say`${title} is broken off: backward has what it needs` : say`${title} runs`;
  if (row.in_place) {
    const inputs = isBrief(moment) ? [] : takes;
    const version = event.versions.at(-1);
    const value = event.values[0] ?? null;
    const now = value === null ? [] : say` to ${amount(moment, value)}`;
    return say`${title}${inputs} changes ${cut(moment, tensorName(tape, written[0]))} in place${now}${version ? [t(" (version {version})", { version })] : []}`;
  }
  const results = some(
    moment,
    written.slice(0, 4).map((id, i) => valued(moment, id, event.values[i])),
  );
  return given.length ? say`${title}${takes} gives ${results}` : say`${title} makes ${results}`;
}

/** @param {Moment} moment @param {Of<"call_enter">} event */
function callEnter(moment, event) {
  const { tape } = moment;
  const call = tape.calls[event.call];
  const given = call.inputs.length
    ? say` with ${some(
        moment,
        call.inputs.map((id, i) => valued(moment, id, event.values[i])),
      )}`
    : [];
  const { recomputed } = relations(tape);
  const again = recomputed.has(event.call);
  const why = again && !isBrief(moment) && !(call.parent !== null && recomputed.has(call.parent));
  return say`${callTitle(tape, event.call)} (${typeName(tape.modules[call.module].type)})${again ? [t(" is called again")] : [t(" is called")]}${given}${why ? [t(", to compute once more what was not kept for backward")] : []}`;
}

/** @param {Moment} moment @param {Of<"call_exit">} event */
function callExit(moment, event) {
  const { tape } = moment;
  const title = callTitle(tape, event.call);
  const again = relations(tape).recomputed.has(event.call);
  if (event.failed) return again ? say`${title} ends early: an exception leaves it` : say`${title} raises`;
  const { outputs } = tape.calls[event.call];
  if (!outputs.length) return again ? say`${title} ends here` : say`${title} returns`;
  if (event.values.length) return say`${title} returns ${values(moment, event.values)}`;
  return say`${title} returns ${some(
    moment,
    outputs.map((id) => valued(moment, id, null)),
  )}`;
}

/** A recording that was cut ends in a `raise` of one of these: no exception of the program. */
export const STOPPED = /** @type {Record<string, string>} */ ({
  timed_out: t("its time was up"),
  out_of_memory: t("its memory was used up"),
  too_much_output: t("it wrote more than a tape holds"),
  cancelled: t("the recording was cancelled"),
  died: t("its process ended"),
});

/** @type {{[K in TapeEvent["kind"]]: (moment: Moment, event: Of<K>) => Part[]}} */
const SENTENCES = {
  op,
  contribution,
  accumulate,
  node_enter: nodeEnter,
  node_exit: nodeExit,
  hook_fire: hookFire,
  backward_start: backwardStart,
  backward_end: (_, event) => [
    event.failed ? t("The backward pass stops: something in it raised") : t("The backward pass is complete"),
  ],
  call_enter: callEnter,
  call_exit: callExit,
  hook_add: hookAdd,
  hook_remove: hookRemove,
  retain: (moment, event) =>
    say`retain_grad stores ${`${tensorName(moment.tape, event.tensor)}.grad`}${equals(moment, event.value)}`,
  tangent,
  grad_zero: gradZero,
  optimizer_step: optimizerStep,
  param_update: paramUpdate,
  mode,
  print: (_, event) =>
    event.stream === "stderr"
      ? say`The program writes to stderr ${shorten(event.text, 120) || [t("an empty line")]}`
      : say`The program prints ${shorten(event.text, 120) || [t("an empty line")]}`,
  warning: (_, event) => say`${typeName(event.category)}: ${[shorten(event.text, 160)]}`,
  raise: ({ tape }, event) => {
    const stopped = STOPPED[event.type];
    const where =
      event.span === null ? [] : say` at ${[lineText(tape, event.span)]}, ${shorten(spanText(tape, event.span), 48)}`;
    if (stopped) return say`The program is stopped${where}: ${[stopped]}`;
    return say`The program raises ${typeName(event.type)}${where}: ${[shorten(event.message, 200)]}`;
  },
};

/** @param {Part[]} parts */
const plain = (parts) => parts.map((part) => (typeof part === "string" ? part : part.code)).join("");

/** The sentence of a step, in parts; in its brief form where the whole one has more letters than there is room. @param {History} history @param {number} step @param {{room?: number}} [options] @returns {Part[]} */
export function sentence(history, step, { room = Infinity } = {}) {
  const { tape } = history;
  if (step < 0) return [t("Before the first event")];
  const event = tape.events[step];
  if (!event) return [];
  const write = /** @type {(moment: Moment, event: TapeEvent) => Part[]} */ (SENTENCES[event.kind]);
  if (!write) return say`${/** @type {{kind: string}} */ (event).kind}`;
  const thread = event.thread ? [t("Thread {n}: ", { n: event.thread + 1 })] : [];
  let told = [...thread, ...write({ history, tape, step, most: Infinity }, event)];
  for (const most of LENGTHS) {
    if (plain(told).length <= room) break;
    told = [...thread, ...write({ history, tape, step, most }, event)];
  }
  return told;
}

/** The sentence of a step, as text. @param {History} history @param {number} step */
export function narrate(history, step) {
  return plain(sentence(history, step));
}
