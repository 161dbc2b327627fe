/**
 * One plain sentence for every event, with this step's numbers. Parts that are the program's own are kept apart, so that a page can set
 * them in its monospaced face. Every sentence has a brief form for where two lines are all there is: long expressions are folded, and
 * what the event before has just told is left out.
 */

import {
  barred, callTitle, fold, formatNumber, formatValue, gradientName, gradientOf, hookKind, hookTarget, hookTitle, lineText, moduleTitle,
  middle, nodeDetail, nodeTitle, opTitle, shorten, spanText, tensorName, toNumber, typeName,
} from "./words.js";
import { relations } from "./relations.js";

/** @typedef {import("./state.js").History} History */
/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {string | {code: string}} Part */
/** @typedef {import("./format.js").TapeEvent} TapeEvent */
/** @template {string} K @typedef {Extract<TapeEvent, {kind: K}>} Of */
/** @typedef {{history: History, tape: Tape, step: number, brief: boolean}} Moment */

/** Two lines of the event list at its usual width. */
const FITS = 76;
const EXPRESSION = 24;
const NAME = 26;

/** A template whose holes are the program's; an array in a hole is a sentence of its own. @param {TemplateStringsArray} words @param {(string | Part[])[]} holes @returns {Part[]} */
function say(words, ...holes) {
  return words.flatMap((text, i) => {
    const hole = holes[i];
    const filled = hole === undefined ? [] : typeof hole === "string" ? [{ code: hole }] : hole;
    return [text, ...filled];
  }).filter((part) => part !== "");
}

/** @param {Part[][]} sentences @returns {Part[]} */
function list(sentences) {
  return sentences.flatMap((each, i) => (i === 0 ? each : [i === sentences.length - 1 ? " and " : ", ", ...each]));
}

/** @param {Tape} tape @param {readonly (number | null)[]} ids */
const values = (tape, ids) => list(ids.map((id) => say`${formatValue(tape, id)}`));

/** A name, at most so long where the sentence is brief. @param {Moment} moment @param {string} text @param {number} [most] */
const cut = ({ brief }, text, most = NAME) => (brief ? middle(text, most) : text);

/** "(of c = a*b)". @param {Moment} moment @param {number} id @param {number} [most] the longest expression of a brief sentence */
function ofNode(moment, id, most = EXPRESSION) {
  const { tape, brief } = moment;
  const variable = tape.nodes[id].variable;
  if (variable !== null) return say` (of ${cut(moment, tensorName(tape, variable))})`;
  const detail = nodeDetail(tape, id, 1000);
  if (!detail) return [];
  return brief ? say` (${fold(detail, most)})` : say` (of ${detail})`;
}

/** @param {Moment} moment @param {number} id */
function named(moment, id) {
  const name = tensorName(moment.tape, id);
  if (moment.brief) return say`${middle(name, NAME)}`;
  const value = moment.history.at(moment.step - 1).tensor(id).value;
  return value === null ? say`${name}` : say`${name} = ${formatValue(moment.tape, value)}`;
}

/** @param {Moment} moment @param {Of<"op">} event */
function op(moment, event) {
  const { tape } = moment;
  const row = tape.ops[event.op];
  const title = opTitle(tape, event.op);
  if (row.error) return say`${title} raises ${shorten(row.error, 120)}`;
  const written = tape.writes(event.op);
  const given = [...new Set(row.inputs.map((input) => input.tensor))].slice(0, 4);
  const alone = row.in_place && given.length === 1 && given[0] === written[0];
  const takes = given.length && !alone ? say` takes ${list(given.map((id) => named(moment, id)))},` : [];
  if (row.in_place) {
    const version = event.versions.at(-1);
    return say`${title}${takes} changes ${tensorName(tape, written[0])} in place to ${formatValue(tape, event.values[0])}${version ? [` (version ${version})`] : []}`;
  }
  const results = list(written.slice(0, 4).map((id, i) => say`${tensorName(tape, id)} = ${formatValue(tape, event.values[i])}`));
  return given.length ? say`${title}${takes} gives ${results}` : say`${title} makes ${results}`;
}

/** @param {Moment} moment @param {Of<"contribution">} event */
function contribution(moment, event) {
  const { tape, step, brief } = moment;
  const name = cut(moment, gradientName(tape, event.node, event.input));
  const value = formatValue(tape, event.value);
  if (event.source === null) return say`The pass begins: ${name} = ${value} goes to ${nodeTitle(tape, event.node)}${ofNode(moment, event.node)}`;
  const head = say`${nodeTitle(tape, event.source)}${ofNode(moment, event.source)} delivers ${value} to `;
  const earlier = partsSoFar(tape, step);
  const { variable } = tape.nodes[event.node];
  const target = variable === null
    ? say`${nodeTitle(tape, event.node)}${ofNode(moment, event.node, EXPRESSION / 2)}` : say`AccumulateGrad of ${cut(moment, tensorName(tape, variable))}`;
  if (!earlier.length) return say`${head}${target}`;
  const numbers = [...earlier, event.value].map((id) => (id === null ? null : tape.values[id].data));
  if (numbers.every((data) => data?.length === 1)) {
    const terms = numbers.map((data) => toNumber(/** @type {(number | boolean | string)[]} */ (data)[0]));
    const sum = `${terms.map((n) => formatNumber(n)).join(" + ")} = ${formatNumber(terms.reduce((a, b) => a + b, 0))}`;
    return brief ? say`${head}${target}: ${sum}` : say`${head}${target}, where it meets what came before: ${sum}`;
  }
  if (brief) return say`${head}${target}, added to ${earlier.length === 1 ? ["another"] : [`${earlier.length} others`]}`;
  return say`${head}${target}, where it is added to ${earlier.length === 1 ? ["what"] : [`the ${earlier.length} parts that`]} came before`;
}

/** What was delivered to the same input earlier, since the node last ran. @param {Tape} tape @param {number} step */
export function partsSoFar(tape, step) {
  const event = /** @type {Of<"contribution">} */ (tape.events[step]);
  const steps = relations(tape).steps.get(`node:${event.node}`) ?? [];
  /** @type {(number | null)[]} */
  let parts = [];
  for (const at of steps) {
    if (at >= step) break;
    const earlier = tape.events[at];
    if (earlier.kind === "contribution" && earlier.input === event.input) parts.push(earlier.value);
    else if (earlier.kind === "node_enter") parts = [];
  }
  return parts;
}

/** @param {Moment} moment @param {Of<"node_enter">} event */
function nodeEnter(moment, event) {
  const { tape, brief } = moment;
  const received = list(event.values.map((value, i) => (brief ? say`${formatValue(tape, value)}` : say`${gradientName(tape, event.node, i)} = ${formatValue(tape, value)}`)));
  return say`${nodeTitle(tape, event.node)}${ofNode(moment, event.node)} receives ${received}`;
}

/** @param {Moment} moment @param {Of<"node_exit">} event */
function nodeExit(moment, event) {
  const { tape, history, step, brief } = moment;
  const node = tape.nodes[event.node];
  const { received } = history.at(step).node(event.node);
  const head = say`${nodeTitle(tape, event.node)}${ofNode(moment, event.node)}`;
  if (node.variable !== null && brief) return say`AccumulateGrad has stored ${values(tape, received)} in ${middle(`${tensorName(tape, node.variable)}.grad`, NAME)}`;
  if (node.variable !== null) return say`${head} has stored ${values(tape, received)} in ${`${tensorName(tape, node.variable)}.grad`}`;
  const got = received.length && !brief ? say` receives ${values(tape, received)},` : [];
  const sent = node.next_functions.flatMap((edge, i) => {
    if (edge.node === null || event.values[i] === null || event.values[i] === undefined) return [];
    const tensor = gradientOf(tape, edge.node, edge.input);
    const to = tensor === null ? nodeTitle(tape, edge.node) : tensorName(tape, tensor);
    return [say`${formatValue(tape, event.values[i])} to ${cut(moment, to)}`];
  });
  if (brief && sent.length > 1) return say`${head}${got} sends gradients to ${list(node.next_functions.flatMap((edge, i) => {
    if (edge.node === null || event.values[i] === null || event.values[i] === undefined) return [];
    const tensor = gradientOf(tape, edge.node, edge.input);
    return [say`${middle(tensor === null ? nodeTitle(tape, edge.node) : tensorName(tape, tensor), NAME)}`];
  }))}`;
  if (!sent.length) return say`${head}${got} has nothing more to send`;
  return say`${head}${got} sends ${list(sent)}`;
}

/** What a hook's values are. @param {Tape} tape @param {Of<"hook_fire">} event @returns {Part[]} */
function hookSubject(tape, event) {
  const hook = tape.hooks[event.hook];
  const target = hookTarget(tape, event.hook);
  switch (hook.kind) {
    case "tensor": return [{ code: barred(target) }];
    case "post_accumulate_grad": return [{ code: `${target}.grad` }];
    case "node_pre": return hook.node === null ? say`the gradient of ${target}` : [{ code: gradientName(tape, hook.node) }];
    case "node_post": return say`what ${target} sends`;
    case "forward_pre": return say`the inputs of ${target}`;
    case "forward": return say`the output of ${target}`;
    default: return say`the gradients of ${target}`;
  }
}

/** @param {Moment} moment @param {Of<"hook_fire">} event */
function hookFire({ tape }, event) {
  const hook = tape.hooks[event.hook];
  const title = hookTitle(tape, event.hook);
  const subject = hookSubject(tape, event);
  const on = hook.kind === "tensor" ? [] : [` (${hookKind(hook.kind)} hook)`];
  if (event.failed) return say`${title}${on} gets ${subject} = ${values(tape, event.before)} and raises`;
  if (event.changed) return say`${title}${on} changes ${subject} from ${values(tape, event.before)} to ${values(tape, event.after)}${event.mutated ? [", in place"] : []}`;
  if (event.mutated) return say`${title}${on} changes ${subject} in place`;
  if (!event.before.length) return say`${title}${on} runs for ${subject}`;
  return say`${title}${on} sees ${subject} = ${values(tape, event.before)} and leaves it unchanged`;
}

/** @param {Moment} moment @param {Of<"backward_start">} event */
function backwardStart({ tape }, event) {
  const call = event.api === "grad" ? "torch.autograd.grad" : ".backward()";
  const names = list(event.tensors.map((id) => say`${tensorName(tape, id)}`));
  const seeds = event.values.some((value) => value !== null) ? say`, with initial gradient ${values(tape, event.values)}` : [];
  const order = event.order > 1 ? [` — order ${event.order}, through the graph of an earlier pass`] : [];
  return say`${call} begins at ${names}${seeds}${order}`;
}

/** @param {Moment} moment @param {Of<"accumulate">} event */
function accumulate(moment, event) {
  const { tape, history, step } = moment;
  const before = history.at(step - 1).tensor(event.tensor).grad;
  const name = cut(moment, `${tensorName(tape, event.tensor)}.grad`);
  if (before === null) return say`${name} was None, is now ${formatValue(tape, event.total)}`;
  return say`${name}: ${formatValue(tape, before)} + ${formatValue(tape, event.added)} = ${formatValue(tape, event.total)}`;
}

/** A recording that was cut ends in a `raise` of one of these: no exception of the program. */
export const STOPPED = /** @type {Record<string, string>} */ ({
  timed_out: "its time was up", out_of_memory: "its memory was used up", too_much_output: "it wrote more than a tape holds", cancelled: "the recording was cancelled",
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
  backward_end: (_, event) => [event.failed ? "The backward pass stops: something in it raised" : "The backward pass is complete"],
  call_enter: ({ tape }, event) => {
    const call = tape.calls[event.call];
    const given = call.inputs.length ? say` with ${list(call.inputs.map((id, i) => say`${tensorName(tape, id)} = ${formatValue(tape, event.values[i])}`))}` : [];
    return say`${callTitle(tape, event.call)} (${typeName(tape.modules[call.module].type)}) is called${given}`;
  },
  call_exit: ({ tape }, event) => {
    const title = callTitle(tape, event.call);
    return event.failed ? say`${title} raises` : say`${title} returns ${values(tape, event.values)}`;
  },
  hook_add: ({ tape }, event) => {
    const hook = tape.hooks[event.hook];
    return say`${hookTitle(tape, event.hook)} is registered on ${hookTarget(tape, event.hook)} as a ${[hookKind(hook.kind)]} hook`;
  },
  hook_remove: ({ tape }, event) => say`${hookTitle(tape, event.hook)} is removed from ${hookTarget(tape, event.hook)}`,
  retain: ({ tape }, event) => say`retain_grad stores ${`${tensorName(tape, event.tensor)}.grad`} = ${formatValue(tape, event.value)}`,
  tangent: ({ tape }, event) => {
    const seed = event.seed === null ? [] : say`, with respect to ${tensorName(tape, event.seed)}`;
    return say`The tangent of ${tensorName(tape, event.tensor)} is ${formatValue(tape, event.value)}${seed}`;
  },
  grad_zero: ({ tape }, event) => say`${`${tensorName(tape, event.tensor)}.grad`} is set to ${event.to_none ? "None" : "zeros"}`,
  optimizer_step: (_, event) => say`${`${typeName(event.optimizer)}.step()`} begins on ${[`${event.tensors.length} parameter${event.tensors.length === 1 ? "" : "s"}`]}`,
  param_update: ({ tape }, event) => say`${tensorName(tape, event.tensor)} changes from ${formatValue(tape, event.before)} to ${formatValue(tape, event.value)}`,
  mode: ({ tape }, event) => {
    if (event.name === "training") {
      const module = event.module === null ? ["The module"] : say`${moduleTitle(tape, event.module)}`;
      return say`${module} switches to ${event.enabled ? "train()" : "eval()"} mode`;
    }
    return say`${event.name === "grad" ? "grad mode" : "inference mode"} is switched ${[event.enabled ? "on" : "off"]}`;
  },
  print: (_, event) => say`The program ${[event.stream === "stderr" ? "writes to stderr" : "prints"]} ${shorten(event.text, 120) || "an empty line"}`,
  warning: (_, event) => say`${typeName(event.category)}: ${[shorten(event.text, 160)]}`,
  raise: ({ tape }, event) => {
    const stopped = STOPPED[event.type];
    const where = event.span === null ? [] : say` at ${[lineText(tape, event.span)]}, ${shorten(spanText(tape, event.span), 48)}`;
    if (stopped) return say`The program is stopped${where}: ${[stopped]}`;
    return say`The program raises ${typeName(event.type)}${where}: ${[shorten(event.message, 200)]}`;
  },
};

/** @param {Part[]} parts */
const plain = (parts) => parts.map((part) => (typeof part === "string" ? part : part.code)).join("");

/** The sentence of a step, in parts; its brief form where the whole one does not fit two lines. @param {History} history @param {number} step @param {{brief?: boolean}} [options] @returns {Part[]} */
export function sentence(history, step, { brief = false } = {}) {
  const { tape } = history;
  if (step < 0) return ["Before the first event"];
  const event = tape.events[step];
  if (!event) return [];
  const write = /** @type {(moment: Moment, event: TapeEvent) => Part[]} */ (SENTENCES[event.kind]);
  if (!write) return say`${/** @type {{kind: string}} */ (event).kind}`;
  const whole = write({ history, tape, step, brief: false }, event);
  return brief && plain(whole).length > FITS ? write({ history, tape, step, brief: true }, event) : whole;
}

/** The sentence of a step, as text. @param {History} history @param {number} step */
export function narrate(history, step) {
  return plain(sentence(history, step));
}
