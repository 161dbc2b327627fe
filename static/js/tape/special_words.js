/** The words of a search that ask for more than a name: what they find, and the sentence that says so. */

import { t } from "../language/index.js";
import { isSilent } from "./words.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {"nan" | "inf" | "unused" | "no-grad" | "leaf"} SpecialWord */
/** @typedef {(values: readonly (number | null)[]) => boolean} Test whether one of several values has what is looked for */

/** @type {Record<SpecialWord, {hint: string, find: (tape: Tape) => string[], sentence: (tape: Tape) => string}>} */
const WORDS = {
  nan: {
    hint: t("what produced a NaN"),
    find: (tape) => producers(tape, "nan"),
    sentence: (tape) =>
      hasNoNumbers(tape)
        ? silent(tape, t("a NaN"))
        : t(
            "What produced a NaN: what it was given has none, and what it gave has. A NaN that is only passed on is not listed.",
          ),
  },
  inf: {
    hint: t("what produced an infinity"),
    find: (tape) => producers(tape, "inf"),
    sentence: (tape) =>
      hasNoNumbers(tape)
        ? silent(tape, t("an infinity"))
        : t("What produced an infinity of finite numbers. Masks are made of them, so one may well be meant."),
  },
  unused: {
    hint: t("parameters that got no gradient"),
    find: unused,
    sentence: (tape) =>
      tape.events.some((event) => event.kind === "backward_start")
        ? t(
            "Parameters that require a gradient and that no backward pass reached. Any level of recording can know this.",
          )
        : t("No backward pass ran on this tape, so no parameter got a gradient."),
  },
  "no-grad": {
    hint: t("what autograd did not follow"),
    find: (tape) => [
      ...tape.ops.filter(({ mode }) => mode !== "grad").map(({ id }) => `op:${id}`),
      ...tape.tensors
        .filter((tensor) => tensor.role === "parameter" && !tensor.requires_grad)
        .map(({ id }) => `tensor:${id}`),
    ],
    sentence: () =>
      t(
        "Ops that ran under no_grad or inference_mode, and parameters with requires_grad=False. Any level of recording can know this.",
      ),
  },
  leaf: {
    hint: t("tensors with is_leaf = True"),
    find: (tape) => tape.tensors.filter(({ is_leaf }) => is_leaf).map(({ id }) => `tensor:${id}`),
    sentence: () =>
      t("Tensors with is_leaf = True: no op with a grad_fn made them. Any level of recording can know this."),
  },
};

/** The special words, in the order in which they are offered, each with what it finds. */
export const SPECIAL = /** @type {{word: SpecialWord, hint: string}[]} */ (
  Object.entries(WORDS).map(([word, { hint }]) => ({ word, hint }))
);

/** @param {string} word @returns {word is SpecialWord} */
export const isSpecial = (word) => Object.hasOwn(WORDS, word);

/** What a special word finds on a tape, and what it cannot know there. @param {Tape} tape @param {SpecialWord} word */
export const specialSentence = (tape, word) => WORDS[word].sentence(tape);

/** @type {WeakMap<Tape, Map<SpecialWord, ReadonlySet<string>>>} */
const known = new WeakMap();

/** The things that a special word finds. @param {Tape} tape @param {SpecialWord} word @returns {ReadonlySet<string>} */
export function flagged(tape, word) {
  const sets = known.get(tape) ?? new Map();
  known.set(tape, sets);
  if (!sets.has(word)) sets.set(word, new Set(WORDS[word].find(tape)));
  return sets.get(word);
}

/** @param {Tape} tape */
const hasNoNumbers = (tape) => isSilent(tape) || tape.header.fake;

/** @param {Tape} tape @param {string} what */
const silent = (tape, what) =>
  isSilent(tape)
    ? t("This tape was recorded at the level structure: it holds no numbers, so it cannot know what produced {what}.", {
        what,
      })
    : t("This program ran on fake tensors: it holds no numbers, so it cannot know what produced {what}.", { what });

/** @param {Tape} tape @param {"nan" | "inf"} what @returns {Test} */
function tester(tape, what) {
  const odd = what === "nan" ? ["NaN"] : ["Infinity", "-Infinity"];
  return (values) =>
    values.some((id) => {
      const value = id === null ? undefined : tape.values[id];
      if (!value) return false;
      return value.summary ? value.summary[what] > 0 : (value.data?.some((n) => odd.includes(String(n))) ?? false);
    });
}

/** The ops, nodes, hooks and updates out of which came what had not gone in. @param {Tape} tape @param {"nan" | "inf"} what */
function producers(tape, what) {
  const has = tester(tape, what);
  /** @type {Map<number, number | null>} */
  const latest = new Map();
  /** @type {Map<number, readonly (number | null)[]>} */
  const received = new Map();
  const found = [];
  for (const event of tape.events) {
    if (event.kind === "op") {
      const given = tape.ops[event.op].inputs.map(({ tensor }) => latest.get(tensor) ?? null);
      if (has(event.values) && !has(given)) found.push(`op:${event.op}`);
      tape.writes(event.op).forEach((tensor, i) => latest.set(tensor, event.values[i] ?? null));
    } else if (event.kind === "node_enter") received.set(event.node, event.values);
    else if (event.kind === "node_exit") {
      if (has(event.values) && !has(received.get(event.node) ?? [])) found.push(`node:${event.node}`);
    } else if (event.kind === "hook_fire") {
      if (has(event.after) && !has(event.before)) found.push(`hook:${event.hook}`);
    } else if (event.kind === "param_update") {
      if (has([event.value]) && !has([event.before])) found.push(`tensor:${event.tensor}`);
      latest.set(event.tensor, event.value);
    }
  }
  return found;
}

/** @param {Tape} tape */
function unused(tape) {
  const reached = new Set();
  for (const event of tape.events) {
    if (event.kind === "accumulate") reached.add(event.tensor);
    else if (event.kind === "contribution") reached.add(tape.nodes[event.node].variable);
  }
  return tape.tensors
    .filter(({ id, role, requires_grad }) => role === "parameter" && requires_grad && !reached.has(id))
    .map(({ id }) => `tensor:${id}`);
}
