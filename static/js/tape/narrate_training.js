/** The sentences of a training loop and of forward mode: steps, updates, cleared gradients, modes, tangents. */

import { count, t } from "../language/index.js";
import { optimizerTitle } from "./hook_words.js";
import { relations } from "./relations.js";
import { amount, cut, isBrief, say, some } from "./saying.js";
import { formatValue, isSilent, moduleTitle, tensorName, toNumber, typeName } from "./words.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./saying.js").Moment} Moment */
/** @typedef {import("./saying.js").Part} Part */
/** @template {import("./format.js").TapeEvent["kind"]} K @typedef {import("./saying.js").Of<K>} Of */

/** "Adam's step 3". @param {Tape} tape @param {Of<"optimizer_step">} event @returns {Part[]} */
function step(tape, event) {
  const several = tape.optimizers.length > 1 && event.row !== null;
  const who = several ? optimizerTitle(tape, /** @type {number} */ (event.row)) : typeName(event.optimizer);
  return say`${who}'s step ${[String(event.index + 1)]}`;
}

/** @param {Moment} moment @param {Of<"optimizer_step">} event */
export function optimizerStep({ tape }, event) {
  const { length } = event.tensors;
  return say`${step(tape, event)} begins on ${[count("{n} parameter", "{n} parameters", length)]}`;
}

/** @param {Moment} moment @param {Of<"param_update">} event */
export function paramUpdate(moment, event) {
  const { tape } = moment;
  const begun = relations(tape).stepOfUpdate.get(moment.step);
  const opener = begun === undefined ? null : tape.events[begun];
  const name = cut(moment, tensorName(tape, event.tensor));
  const values =
    event.before === null || event.value === null
      ? []
      : say` from ${amount(moment, event.before)} to ${amount(moment, event.value)}`;
  const head =
    opener?.kind === "optimizer_step"
      ? say`${step(tape, opener)} changes ${name}${values}`
      : say`${name} changes${values}`;
  const state = isBrief(moment) ? [] : event.state.map((change) => stateChange(tape, change)).filter(Boolean);
  return state.length ? say`${head}; ${some(moment, /** @type {Part[][]} */ (state))}` : head;
}

/** "exp_avg 0.1 → 0.2"; null where nothing changed. @param {Tape} tape @param {import("./format.js").StateChange} change @returns {Part[] | null} */
function stateChange(tape, { name, before, after, text }) {
  if (text !== null) return text.includes(" → ") ? say`${`${name} ${text}`}` : null;
  if (after === null) return null;
  if (before === null) return say`${name} begins at ${size(tape, after)}`;
  const [from, to] = [size(tape, before), size(tape, after)];
  return from === to ? null : say`${`${name} ${from} → ${to}`}`;
}

/** A value beside its parameter, whose shape it has: its size is enough. @param {Tape} tape @param {number} id */
export const size = (tape, id) => formatValue(tape, id, { max: 2 }).replace(/^\S+ \S+ (?=‖)/, "");

/** @param {Moment} moment @param {Of<"grad_zero">} event */
export function gradZero({ tape }, event) {
  const name = `${tensorName(tape, event.tensor)}.grad`;
  if (event.to_none) return say`${name} is set to ${"None"}`;
  const value = event.value === null ? null : tape.values[event.value];
  if (!value || (!value.data && !value.summary)) return say`${name} is cleared or replaced`;
  const zeros = value.data ? value.data.every((n) => toNumber(n) === 0) : value.summary?.zeros === 1;
  return zeros ? say`${name} is set to zeros` : say`${name} is set to ${formatValue(tape, event.value)}`;
}

/** @param {Moment} moment @param {Of<"mode">} event */
export function mode({ tape }, event) {
  const { enabled } = event;
  switch (event.name) {
    case "training": {
      const module = event.module === null ? [t("a module")] : say`${moduleTitle(tape, event.module)}`;
      if (event.span === null) return say`The ${"training"} flag of ${module} was set to ${enabled ? "True" : "False"}`;
      return say`${module} switches to ${enabled ? "train()" : "eval()"} mode`;
    }
    case "grad":
      return enabled ? say`grad mode is switched on` : say`grad mode is switched off`;
    case "inference":
      return enabled ? say`inference mode begins` : say`inference mode ends`;
    case "autocast":
      return enabled ? say`autocast begins` : say`autocast ends`;
    default:
      return enabled ? say`anomaly detection is switched on` : say`anomaly detection is switched off`;
  }
}

/** @param {Moment} moment @param {Of<"tangent">} event */
export function tangent(moment, event) {
  const { tape } = moment;
  const name = cut(moment, tensorName(tape, event.tensor));
  const seed = event.seed === null ? null : seedName(tape, event.seed, event.element);
  if (event.note !== null)
    return say`The tangent of ${name}${seed ? say` seeded by ${seed}` : []} is not known: ${[event.note]}`;
  const value = event.value === null && isSilent(tape) ? [] : say` is ${amount(moment, event.value)}`;
  if (event.op === null && event.seed === event.tensor)
    return value.length
      ? say`${seed ?? name} is seeded: the tangent of ${name}${value}`
      : say`${seed ?? name} is seeded`;
  const by = seed === null ? [] : say` seeded by ${seed}`;
  return value.length ? say`The tangent of ${name}${by}${value}` : say`${name} has a tangent${by}`;
}

/** `x1`, and of its elements `x1[0, 2]`. @param {Tape} tape @param {number} id @param {number | null} element */
export function seedName(tape, id, element) {
  const name = tensorName(tape, id);
  const { shape } = tape.tensors[id];
  if (element === null || !shape.length) return name;
  let rest = element;
  const place = shape.toReversed().map((length) => {
    const at = rest % length;
    rest = Math.floor(rest / length);
    return at;
  });
  return `${name}[${place.reverse().join(", ")}]`;
}
