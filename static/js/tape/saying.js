/** What sentences about events are made of: templates that keep our words and the program's apart, names and values with the room there is. */

import { inOrder, t } from "../language/index.js";
import { fold, middle } from "./short.js";
import { formatShape, formatValue, isSilent, nodeDetail, tensorName } from "./words.js";

/** @typedef {import("./state.js").History} History */
/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {string | {code: string}} Part */
/** @typedef {import("./format.js").TapeEvent} TapeEvent */
/** @template {string} K @typedef {Extract<TapeEvent, {kind: K}>} Of */
/** @typedef {{history: History, tape: Tape, step: number, most: number}} Moment `most`: the longest expression or name; a finite one makes the sentence brief */

/** How many things a sentence names at most, before it only counts the rest. */
const MOST = 4;

/** A template, in the order of the page's language, whose holes are the program's; an array in a hole is a sentence of its own. @param {TemplateStringsArray} words @param {(string | Part[])[]} holes @returns {Part[]} */
export function say(words, ...holes) {
  return inOrder(words)
    .flatMap((part) => {
      if (typeof part === "string") return [part];
      const hole = holes[part];
      return typeof hole === "string" ? [{ code: hole }] : hole;
    })
    .filter((part) => part !== "");
}

/** @param {Part[][]} sentences @param {string} [last] what stands before the last one @returns {Part[]} */
export function list(sentences, last = t(" and ")) {
  return sentences.flatMap((each, i) => (i === 0 ? each : [i === sentences.length - 1 ? last : t(", "), ...each]));
}

/** @param {Moment} moment */
export const isBrief = ({ most }) => Number.isFinite(most);

/** Too little room for more than the first of several. @param {Moment} moment */
const isScant = ({ most }) => most < 12;

/** A name, no longer than there is room. @param {Moment} moment @param {string} text */
export const cut = ({ most }, text) => middle(text, Math.max(most, 16));

/** A value; few numbers where there is little room. @param {Moment} moment @param {number | null | undefined} id */
export const amount = ({ tape, most }, id) => formatValue(tape, id, { max: most < 20 ? 2 : 4 });

/** "(of c = a*b)", "(c = a*b)". @param {Moment} moment @param {number} id */
export function ofNode(moment, id) {
  const { tape, most } = moment;
  const { variable } = tape.nodes[id];
  if (variable !== null) return say` (of ${cut(moment, tensorName(tape, variable))})`;
  const detail = nodeDetail(tape, id, 1000);
  if (!detail || isScant(moment)) return [];
  return isBrief(moment) ? say` (${fold(detail, most)})` : say` (of ${detail})`;
}

/** "x = [1, 2]"; where no number was seen (at level structure, of a fake tensor), "x (3×4)". @param {Moment} moment @param {number} id @param {number | null | undefined} value */
export function valued(moment, id, value) {
  const { tape } = moment;
  const name = cut(moment, tensorName(tape, id));
  const seen = value === null || value === undefined ? null : tape.values[value];
  if (seen?.data || seen?.summary) return say`${name} = ${amount(moment, value)}`;
  const { shape } = tape.tensors[id];
  return shape.length ? say`${name} (${formatShape(shape)})` : say`${name}`;
}

/** An input with the value that it had before. @param {Moment} moment @param {number} id */
export function named(moment, id) {
  if (isBrief(moment)) return say`${cut(moment, tensorName(moment.tape, id))}`;
  return valued(moment, id, moment.history.at(moment.step - 1).tensor(id).value);
}

/** " = 3", and nothing on a tape without numbers. @param {Moment} moment @param {number | null | undefined} value @returns {Part[]} */
export const equals = (moment, value) => (isSilent(moment.tape) ? [] : say` = ${amount(moment, value)}`);

/** @param {Moment} moment @param {readonly (number | null)[]} ids */
export const values = (moment, ids) =>
  some(
    moment,
    ids.map((id) => say`${amount(moment, id)}`),
  );

/** The first ones, and how many more: of two where there is little room, of five anywhere. @param {Moment} moment @param {Part[][]} all */
export function some(moment, all) {
  const most = isScant(moment) ? 1 : MOST;
  return all.length > most + 1
    ? [...list(all.slice(0, most), t(", ")), t(" and {n} more", { n: all.length - most })]
    : list(all);
}
