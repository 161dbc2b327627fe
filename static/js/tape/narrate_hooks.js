/** The sentences of hooks: registered, fired, removed. */

import { t } from "../language/index.js";
import { hookKind, hookTarget, hookTitle, optimizerTitle } from "./hook_words.js";
import { amount, isBrief, say, valued, values } from "./saying.js";
import { barred, gradientName, isSilent, moduleTitle, nodeTitle } from "./words.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./saying.js").Moment} Moment */
/** @typedef {import("./saying.js").Part} Part */
/** @template {import("./format.js").TapeEvent["kind"]} K @typedef {import("./saying.js").Of<K>} Of */

/** @param {string} kind */
const isSaved = (kind) => kind === "saved_pack" || kind === "saved_unpack";

/** @param {Moment} moment @param {Of<"hook_add">} event */
export function hookAdd({ tape }, event) {
  const { kind, flags } = tape.hooks[event.hook];
  const title = hookTitle(tape, event.hook);
  const options = flags.length ? say` (${flags.join(", ")})` : [];
  if (kind === "saved_pack") return say`${title} becomes the hook that packs saved tensors`;
  if (kind === "saved_unpack") return say`${title} becomes the hook that unpacks saved tensors`;
  const what = [hookKind(kind)];
  return /^[aeiou]/.test(kind)
    ? say`${title} is registered on ${target(tape, event.hook)} as an ${what} hook${options}`
    : say`${title} is registered on ${target(tape, event.hook)} as a ${what} hook${options}`;
}

/** @param {Moment} moment @param {Of<"hook_remove">} event */
export function hookRemove({ tape }, event) {
  const { kind } = tape.hooks[event.hook];
  const title = hookTitle(tape, event.hook);
  if (kind === "saved_pack") return say`${title} is no longer the hook that packs saved tensors`;
  if (kind === "saved_unpack") return say`${title} is no longer the hook that unpacks saved tensors`;
  return say`${title} is removed from ${target(tape, event.hook)}`;
}

/** What a hook hangs on; "every module" is our word for it. @param {Tape} tape @param {number} id @returns {string | Part[]} */
function target(tape, id) {
  const { tensor, node, module, optimizer, tensors } = tape.hooks[id];
  const own = [tensor, node, module, optimizer].some((row) => row !== null) || tensors.length > 0;
  return own ? hookTarget(tape, id) : [hookTarget(tape, id)];
}

/** @param {Moment} moment @param {Of<"hook_fire">} event */
export function hookFire(moment, event) {
  const { tape } = moment;
  const { kind } = tape.hooks[event.hook];
  const title = hookTitle(tape, event.hook);
  const plain = kind === "tensor" || !tape.hooks[event.hook].name || isBrief(moment);
  const who = plain ? say`${title}` : say`${title} (${[hookKind(kind)]} hook)`;
  if (isSaved(kind)) return saved(moment, event, who);
  const subject = subjectOf(tape, event);
  if (!subject)
    return event.failed ? say`${who} raises ${occasion(tape, event)}` : say`${who} runs ${occasion(tape, event)}`;
  const given = isSilent(tape) || !event.before.length ? [] : say` = ${values(moment, event.before)}`;
  if (event.failed) return say`${who} gets ${subject}${given} and raises`;
  if (event.changed) return say`${who} ${replaces(moment, event, subject)}`;
  if (event.mutated) return say`${who} changes ${subject} in place`;
  if (!given.length) return say`${who} runs for ${subject}`;
  return event.before.length > 1
    ? say`${who} sees ${subject}${given} and leaves them unchanged`
    : say`${who} sees ${subject}${given} and leaves it unchanged`;
}

/** A hook returned something in the place of its subject. @param {Moment} moment @param {Of<"hook_fire">} event @param {Part[]} subject */
function replaces(moment, event, subject) {
  const { tape } = moment;
  const inPlace = event.mutated ? [t(", in place")] : [];
  if (isSilent(tape) || !event.before.length) return say`returns a value for ${subject}${inPlace}`;
  if (isSame(tape, event)) return say`returns ${subject} = ${values(moment, event.after)}, the same numbers`;
  return say`changes ${subject} from ${values(moment, event.before)} to ${values(moment, event.after)}${inPlace}`;
}

/** Whether a hook returned the numbers that it was given, as far as the tape holds them all. @param {Tape} tape @param {Of<"hook_fire">} event */
function isSame(tape, { before, after }) {
  /** @param {number | null} id */
  const numbers = (id) => (id === null ? null : (tape.values[id].data?.join() ?? null));
  return (
    before.length === after.length &&
    before.every((id, i) => id === after[i] || (numbers(id) !== null && numbers(id) === numbers(after[i])))
  );
}

/** @param {Moment} moment @param {Of<"hook_fire">} event @param {Part[]} who */
function saved(moment, event, who) {
  const { tape } = moment;
  const { kind } = tape.hooks[event.hook];
  const packs = kind === "saved_pack";
  const [tensor] = event.tensors;
  const known = tensor !== null && tensor !== undefined;
  const what = packs
    ? known
      ? valued(moment, tensor, event.before[0])
      : [t("a tensor")]
    : known && event.before.length
      ? valued(moment, tensor, event.before[0])
      : [t("what was packed")];
  const of = packs || event.node === null ? [] : say` for ${nodeTitle(tape, event.node)}`;
  const head = packs ? say`${who} packs ${what}${of}` : say`${who} unpacks ${what}${of}`;
  if (event.failed) return say`${head} and raises`;
  if (!event.changed) return event.mutated ? say`${head} and changes it in place` : say`${head}, as it is`;
  const [after] = event.after;
  if (after !== null && after !== undefined) return say`${head}: it becomes ${amount(moment, after)}`;
  return head;
}

/** What a hook's values are; null where it gets none. @param {Tape} tape @param {Of<"hook_fire">} event @returns {Part[] | null} */
function subjectOf(tape, event) {
  const hook = tape.hooks[event.hook];
  const on = hookTarget(tape, event.hook);
  const module = event.module ?? hook.module;
  const whose = module === null ? [on] : say`${moduleTitle(tape, module)}`;
  switch (hook.kind) {
    case "tensor":
      return [{ code: barred(on) }];
    case "post_accumulate_grad":
      return [{ code: `${on}.grad` }];
    case "multi_grad":
      return hook.flags.includes("mode=any") ? say`the first gradient of ${on}` : say`the gradients of ${on}`;
    case "node_pre":
      return hook.node === null ? say`the gradient of ${on}` : [{ code: gradientName(tape, hook.node) }];
    case "node_post":
      return say`what ${on} sends`;
    case "forward_pre":
    case "global_forward_pre":
      return say`the inputs of ${whose}`;
    case "forward":
    case "global_forward":
      return say`the output of ${whose}`;
    case "full_backward_pre":
    case "global_full_backward_pre":
      return say`the gradients of the outputs of ${whose}`;
    case "full_backward":
    case "global_full_backward":
      return say`the gradients of the inputs of ${whose}`;
    case "backward":
    case "global_backward":
      return say`the gradients of ${whose}`;
    case "state_dict":
    case "optimizer_state_dict_post":
      return say`the state dict of ${whose}`;
    case "load_state_dict_pre":
    case "optimizer_load_state_dict_pre":
      return say`the state dict that ${whose} is to load`;
    default:
      return null;
  }
}

const OCCASIONS = /** @type {Record<string, (whom: string | Part[]) => Part[]>} */ ({
  state_dict_pre: (whom) => say`before the state dict is made of ${whom}`,
  load_state_dict_post: (whom) => say`after a state dict was loaded into ${whom}`,
  optimizer_step_pre: (whom) => say`before a step of ${whom}`,
  optimizer_step_post: (whom) => say`after a step of ${whom}`,
  global_optimizer_step_pre: (whom) => say`before a step of ${whom}`,
  global_optimizer_step_post: (whom) => say`after a step of ${whom}`,
  optimizer_state_dict_pre: (whom) => say`before the state dict is made of ${whom}`,
  optimizer_load_state_dict_post: (whom) => say`after a state dict was loaded into ${whom}`,
});

/** When a hook runs that is given no tensors. @param {Tape} tape @param {Of<"hook_fire">} event @returns {Part[]} */
function occasion(tape, event) {
  const { kind, optimizer, module } = tape.hooks[event.hook];
  const row = event.module ?? module;
  const whom =
    row !== null
      ? moduleTitle(tape, row)
      : optimizer !== null
        ? optimizerTitle(tape, optimizer)
        : kind.includes("optimizer")
          ? [t("an optimizer")]
          : [t("a module")];
  return OCCASIONS[kind]?.(whom) ?? say`for ${whom}`;
}
