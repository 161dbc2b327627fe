/**
 * One plain sentence for every event, with this step's numbers. Parts that are the program's own are kept apart, so that a page can set
 * them in its monospaced face. Every sentence has a brief form for where two lines are all there is: long expressions are folded, and
 * what the event before has just told is left out.
 */

import { accumulate, backwardStart, contribution, nodeEnter, nodeExit } from "./narrate_backward.js";
import { amount, cut, isBrief, named, say, some, values } from "./saying.js";
import {
  barred,
  callTitle,
  formatValue,
  gradientName,
  hookKind,
  hookTarget,
  hookTitle,
  lineText,
  moduleTitle,
  opTitle,
  shorten,
  spanText,
  tensorName,
  typeName,
} from "./words.js";

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
  if (row.in_place) {
    const inputs = isBrief(moment) ? [] : takes;
    const version = event.versions.at(-1);
    return say`${title}${inputs} changes ${cut(moment, tensorName(tape, written[0]))} in place to ${amount(moment, event.values[0])}${version ? [` (version ${version})`] : []}`;
  }
  const results = some(
    moment,
    written.slice(0, 4).map((id, i) => say`${cut(moment, tensorName(tape, id))} = ${amount(moment, event.values[i])}`),
  );
  return given.length ? say`${title}${takes} gives ${results}` : say`${title} makes ${results}`;
}

/** What a hook's values are. @param {Tape} tape @param {Of<"hook_fire">} event @returns {Part[]} */
function hookSubject(tape, event) {
  const hook = tape.hooks[event.hook];
  const target = hookTarget(tape, event.hook);
  switch (hook.kind) {
    case "tensor":
      return [{ code: barred(target) }];
    case "post_accumulate_grad":
      return [{ code: `${target}.grad` }];
    case "node_pre":
      return hook.node === null ? say`the gradient of ${target}` : [{ code: gradientName(tape, hook.node) }];
    case "node_post":
      return say`what ${target} sends`;
    case "forward_pre":
      return say`the inputs of ${target}`;
    case "forward":
      return say`the output of ${target}`;
    default:
      return say`the gradients of ${target}`;
  }
}

/** @param {Moment} moment @param {Of<"hook_fire">} event */
function hookFire(moment, event) {
  const { tape } = moment;
  const hook = tape.hooks[event.hook];
  const title = hookTitle(tape, event.hook);
  const subject = hookSubject(tape, event);
  const on = hook.kind === "tensor" ? [] : [` (${hookKind(hook.kind)} hook)`];
  if (event.failed) return say`${title}${on} gets ${subject} = ${values(moment, event.before)} and raises`;
  if (event.changed)
    return say`${title}${on} changes ${subject} from ${values(moment, event.before)} to ${values(moment, event.after)}${event.mutated ? [", in place"] : []}`;
  if (event.mutated) return say`${title}${on} changes ${subject} in place`;
  if (!event.before.length) return say`${title}${on} runs for ${subject}`;
  return say`${title}${on} sees ${subject} = ${values(moment, event.before)} and leaves it unchanged`;
}

/** A recording that was cut ends in a `raise` of one of these: no exception of the program. */
export const STOPPED = /** @type {Record<string, string>} */ ({
  timed_out: "its time was up",
  out_of_memory: "its memory was used up",
  too_much_output: "it wrote more than a tape holds",
  cancelled: "the recording was cancelled",
  died: "its process ended",
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
    event.failed ? "The backward pass stops: something in it raised" : "The backward pass is complete",
  ],
  call_enter: (moment, event) => {
    const { tape } = moment;
    const call = tape.calls[event.call];
    const given = call.inputs.length
      ? say` with ${some(
          moment,
          call.inputs.map((id, i) => say`${cut(moment, tensorName(tape, id))} = ${amount(moment, event.values[i])}`),
        )}`
      : [];
    return say`${callTitle(tape, event.call)} (${typeName(tape.modules[call.module].type)}) is called${given}`;
  },
  call_exit: (moment, event) => {
    const title = callTitle(moment.tape, event.call);
    return event.failed ? say`${title} raises` : say`${title} returns ${values(moment, event.values)}`;
  },
  hook_add: ({ tape }, event) => {
    const hook = tape.hooks[event.hook];
    return say`${hookTitle(tape, event.hook)} is registered on ${hookTarget(tape, event.hook)} as a ${[hookKind(hook.kind)]} hook`;
  },
  hook_remove: ({ tape }, event) => say`${hookTitle(tape, event.hook)} is removed from ${hookTarget(tape, event.hook)}`,
  retain: ({ tape }, event) =>
    say`retain_grad stores ${`${tensorName(tape, event.tensor)}.grad`} = ${formatValue(tape, event.value)}`,
  tangent: ({ tape }, event) => {
    const seed = event.seed === null ? [] : say`, with respect to ${tensorName(tape, event.seed)}`;
    return say`The tangent of ${tensorName(tape, event.tensor)} is ${formatValue(tape, event.value)}${seed}`;
  },
  grad_zero: ({ tape }, event) =>
    say`${`${tensorName(tape, event.tensor)}.grad`} is set to ${event.to_none ? "None" : "zeros"}`,
  optimizer_step: (_, event) =>
    say`${`${typeName(event.optimizer)}.step()`} begins on ${[`${event.tensors.length} parameter${event.tensors.length === 1 ? "" : "s"}`]}`,
  param_update: (moment, event) =>
    say`${cut(moment, tensorName(moment.tape, event.tensor))} changes from ${amount(moment, event.before)} to ${amount(moment, event.value)}`,
  mode: ({ tape }, event) => {
    if (event.name === "training") {
      const module = event.module === null ? ["The module"] : say`${moduleTitle(tape, event.module)}`;
      return say`${module} switches to ${event.enabled ? "train()" : "eval()"} mode`;
    }
    return say`${event.name === "grad" ? "grad mode" : "inference mode"} is switched ${[event.enabled ? "on" : "off"]}`;
  },
  print: (_, event) =>
    say`The program ${[event.stream === "stderr" ? "writes to stderr" : "prints"]} ${shorten(event.text, 120) || "an empty line"}`,
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
  if (step < 0) return ["Before the first event"];
  const event = tape.events[step];
  if (!event) return [];
  const write = /** @type {(moment: Moment, event: TapeEvent) => Part[]} */ (SENTENCES[event.kind]);
  if (!write) return say`${/** @type {{kind: string}} */ (event).kind}`;
  let told = write({ history, tape, step, most: Infinity }, event);
  for (const most of LENGTHS) {
    if (plain(told).length <= room) break;
    told = write({ history, tape, step, most }, event);
  }
  return told;
}

/** The sentence of a step, as text. @param {History} history @param {number} step */
export function narrate(history, step) {
  return plain(sentence(history, step));
}
