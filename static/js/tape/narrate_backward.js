/** The sentences of a backward pass: gradients that are delivered, received, sent and stored. */

import { count, t } from "../language/index.js";
import { relations } from "./relations.js";
import { amount, cut, equals, isBrief, list, ofNode, say, some, values } from "./saying.js";
import { formatNumber, gradientName, gradientOf, isSilent, nodeTitle, tensorName, toNumber } from "./words.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./saying.js").Moment} Moment */
/** @typedef {import("./saying.js").Part} Part */
/** @template {import("./format.js").TapeEvent["kind"]} K @typedef {import("./saying.js").Of<K>} Of */

/** @param {Moment} moment @param {Of<"contribution">} event */
export function contribution(moment, event) {
  const { tape, step } = moment;
  const brief = isBrief(moment);
  const name = cut(moment, gradientName(tape, event.node, event.input));
  if (event.source === null)
    return say`The pass begins: ${name}${equals(moment, event.value)} goes to ${nodeTitle(tape, event.node)}${ofNode(moment, event.node)}`;
  const earlier = partsSoFar(tape, step);
  const value = isSilent(tape)
    ? [earlier.length ? t("another gradient") : t("a gradient")]
    : say`${amount(moment, event.value)}`;
  const head = say`${nodeTitle(tape, event.source)}${ofNode(moment, event.source)} delivers ${[brief && earlier.length && !isSilent(tape) ? t("another ") : ""]}${value} to `;
  const { variable } = tape.nodes[event.node];
  const target =
    variable === null
      ? say`${nodeTitle(tape, event.node)}${brief ? [] : ofNode(moment, event.node)}`
      : say`${nodeTitle(tape, event.node)} of ${cut(moment, tensorName(tape, variable))}`;
  if (!earlier.length) return say`${head}${target}`;
  const numbers = [...earlier, event.value].map((id) => (id === null ? null : tape.values[id].data));
  if (numbers.every((data) => data?.length === 1)) {
    const terms = numbers.map((data) => toNumber(/** @type {(number | boolean | string)[]} */ (data)[0]));
    const sum = `${terms.map((n) => formatNumber(n)).join(" + ")} = ${formatNumber(terms.reduce((a, b) => a + b, 0))}`;
    return brief ? say`${head}${target}: ${sum}` : say`${head}${target}, where it meets what came before: ${sum}`;
  }
  if (brief) return say`${head}${target}`;
  return say`${head}${target}${[count(", where it is added to what came before", ", where it is added to the {n} parts that came before", earlier.length)]}`;
}

/** What was delivered to the same input earlier in the same pass, since the node last ran. @param {Tape} tape @param {number} step */
function partsSoFar(tape, step) {
  const event = /** @type {Of<"contribution">} */ (tape.events[step]);
  const { steps, passes } = relations(tape);
  /** @type {(number | null)[]} */
  let parts = [];
  for (const at of steps.get(`node:${event.node}`) ?? []) {
    if (at >= step) break;
    const earlier = tape.events[at];
    if (passes[at] !== passes[step]) continue;
    if (earlier.kind === "contribution" && earlier.input === event.input) parts.push(earlier.value);
    else if (earlier.kind === "node_enter") parts = [];
  }
  return parts;
}

/** @param {Moment} moment @param {Of<"node_enter">} event */
export function nodeEnter(moment, event) {
  const { tape } = moment;
  const head = say`${nodeTitle(tape, event.node)}${ofNode(moment, event.node)} receives `;
  if (isSilent(tape) || !event.values.length) {
    const several = tape.nodes[event.node].inputs.length > 1;
    return several ? say`${head}its gradients` : say`${head}${cut(moment, gradientName(tape, event.node))}`;
  }
  return [
    ...head,
    ...some(
      moment,
      event.values.map((value, i) =>
        isBrief(moment)
          ? say`${amount(moment, value)}`
          : say`${gradientName(tape, event.node, i)} = ${amount(moment, value)}`,
      ),
    ),
  ];
}

/** @param {Moment} moment @param {Of<"node_exit">} event */
export function nodeExit(moment, event) {
  const { tape, history, step } = moment;
  const brief = isBrief(moment);
  const node = tape.nodes[event.node];
  const { received } = history.at(step).node(event.node);
  const head = say`${nodeTitle(tape, event.node)}${ofNode(moment, event.node)}`;
  if (isSilent(tape)) return say`${head} returns`;
  if (node.variable !== null) {
    const store = `${tensorName(tape, node.variable)}.grad`;
    if (!received.some((value) => value !== null)) return say`${head} returns`;
    if (brief)
      return say`${nodeTitle(tape, event.node)} has stored ${values(moment, received)} in ${cut(moment, store)}`;
    return say`${head} has stored ${values(moment, received)} in ${store}`;
  }
  const got = received.length && !brief ? say` receives ${values(moment, received)},` : [];
  const sent = node.next_functions.flatMap((edge, i) => {
    const value = event.values[i];
    if (edge.node === null || value === null || value === undefined) return [];
    const tensor = gradientOf(tape, edge.node, edge.input);
    return [{ value, to: cut(moment, tensor === null ? nodeTitle(tape, edge.node) : tensorName(tape, tensor)) }];
  });
  if (!sent.length) return say`${head}${got} has nothing more to send`;
  if (brief && sent.length > 1)
    return say`${head} sends gradients to ${some(
      moment,
      sent.map(({ to }) => say`${to}`),
    )}`;
  return say`${head}${got} sends ${list(sent.map(({ value, to }) => say`${amount(moment, value)} to ${to}`))}`;
}

/** @param {Moment} moment @param {Of<"backward_start">} event */
export function backwardStart(moment, event) {
  const { tape } = moment;
  const call = event.api === "grad" ? "torch.autograd.grad" : ".backward()";
  const names = some(
    moment,
    event.tensors.map((id) => say`${tensorName(tape, id)}`),
  );
  const seeds = event.values.some((value) => value !== null)
    ? say`, with initial gradient ${values(moment, event.values)}`
    : [];
  const order = relations(tape).nested.has(moment.step)
    ? [t(", inside the pass that is running")]
    : event.order > 1
      ? [t(" — order {order}, through the graph of an earlier pass", { order: event.order })]
      : [];
  return say`${call} begins at ${names}${seeds}${order}`;
}

/** @param {Moment} moment @param {Of<"accumulate">} event */
export function accumulate(moment, event) {
  const { tape, history, step } = moment;
  const name = cut(moment, `${tensorName(tape, event.tensor)}.grad`);
  if (isSilent(tape)) return say`${nodeTitle(tape, event.node)} writes ${name}`;
  const before = history.at(step - 1).tensor(event.tensor).grad;
  if (before === null) return say`${name} was None, is now ${amount(moment, event.total)}`;
  return say`${name}: ${amount(moment, before)} + ${amount(moment, event.added)} = ${amount(moment, event.total)}`;
}
