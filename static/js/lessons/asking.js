/** Predict, then reveal: the tape stops before an event, and the learner says what comes; question, choices and answer are the tape's. */

import { t } from "../language/index.js";
import { hookTitle } from "../tape/hook_words.js";
import { narrate } from "../tape/narrate.js";
import { formatValue, nodeDetail, nodeTitle, opDetail, opTitle, shorten, tensorName } from "../tape/words.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../tape/state.js").History} History */
/** @typedef {import("../tape/format.js").TapeEvent} TapeEvent */
/** @typedef {{question: string, choices: string[], right: number, answer: string}} Question `answer` is the sentence of the step itself */

const MOST = 4;

/** The question before a step; null where the tape has nothing else that could be taken for it. @param {History} history @param {number} step @returns {Question | null} */
export function questionBefore(history, step) {
  const { tape } = history;
  const event = tape.events[step];
  if (!event) return null;
  const question = asks(tape, event);
  const right = saysOf(tape, event);
  if (question === null || right === null) return null;
  const wrong = nearest(tape, event.kind, step, right);
  for (const slip of slips(tape, event)) if (slip !== right && !wrong.includes(slip)) wrong.unshift(slip);
  wrong.splice(MOST - 1);
  if (!wrong.length) return null;
  // Where the right one stands depends on the step alone: the question is the same when it is asked again.
  const at = step % (wrong.length + 1);
  return {
    question,
    choices: [...wrong.slice(0, at), right, ...wrong.slice(at)],
    right: at,
    answer: narrate(history, step),
  };
}

/** @param {Tape} tape @param {TapeEvent} event */
function asks(tape, event) {
  switch (event.kind) {
    case "node_enter":
      return t("Which autograd node is called next?");
    case "hook_fire":
      return t("Which hook fires next?");
    case "op":
      return t("What does {op} give?", { op: opDetail(tape, event.op, 60) || opTitle(tape, event.op) });
    case "accumulate":
      return t("What is {name}.grad after this?", { name: tensorName(tape, event.tensor) });
    case "print":
      return t("What does the program print next?");
    default:
      return null;
  }
}

/** What happens in an event, as an answer. @param {Tape} tape @param {TapeEvent} event @returns {string | null} */
function saysOf(tape, event) {
  switch (event.kind) {
    case "node_enter": {
      const detail = nodeDetail(tape, event.node, 40);
      return detail ? `${nodeTitle(tape, event.node)} (${detail})` : nodeTitle(tape, event.node);
    }
    case "hook_fire":
      return hookTitle(tape, event.hook);
    case "op":
      return event.values.length ? formatValue(tape, event.values[0], { max: 9 }) : null;
    case "accumulate":
      return event.total === null ? null : formatValue(tape, event.total, { max: 9 });
    case "print":
      return shorten(event.text, 60) || null;
    default:
      return null;
  }
}

/** What a learner could take for the sum: only what arrived. @param {Tape} tape @param {TapeEvent} event @returns {string[]} */
function slips(tape, event) {
  return event.kind === "accumulate" && event.added !== null ? [formatValue(tape, event.added, { max: 9 })] : [];
}

/** What events of the same kind say, the nearest ones first: those can be taken for the right one. @param {Tape} tape @param {TapeEvent["kind"]} kind @param {number} step @param {string} right @returns {string[]} */
function nearest(tape, kind, step, right) {
  const { events } = tape;
  /** @type {string[]} */
  const found = [];
  for (let away = 1; away < events.length && found.length < MOST - 1; away += 1)
    for (const at of [step + away, step - away]) {
      const said = events[at]?.kind === kind ? saysOf(tape, events[at]) : null;
      if (said !== null && said !== right && !found.includes(said)) found.push(said);
    }
  return found.slice(0, MOST - 1);
}
