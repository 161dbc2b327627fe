/** What sentences about events are made of: templates that keep our words and the program's apart, names and values with the room there is. */

import { fold, middle } from "./short.js";
import { formatValue, nodeDetail, tensorName } from "./words.js";

/** @typedef {import("./state.js").History} History */
/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {string | {code: string}} Part */
/** @typedef {import("./format.js").TapeEvent} TapeEvent */
/** @template {string} K @typedef {Extract<TapeEvent, {kind: K}>} Of */
/** @typedef {{history: History, tape: Tape, step: number, most: number}} Moment `most`: the longest expression or name; a finite one makes the sentence brief */

/** A template whose holes are the program's; an array in a hole is a sentence of its own. @param {TemplateStringsArray} words @param {(string | Part[])[]} holes @returns {Part[]} */
export function say(words, ...holes) {
  return words
    .flatMap((text, i) => {
      const hole = holes[i];
      const filled = hole === undefined ? [] : typeof hole === "string" ? [{ code: hole }] : hole;
      return [text, ...filled];
    })
    .filter((part) => part !== "");
}

/** @param {Part[][]} sentences @returns {Part[]} */
export function list(sentences) {
  return sentences.flatMap((each, i) => (i === 0 ? each : [i === sentences.length - 1 ? " and " : ", ", ...each]));
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

/** @param {Moment} moment @param {number} id */
export function named(moment, id) {
  const name = tensorName(moment.tape, id);
  if (isBrief(moment)) return say`${cut(moment, name)}`;
  const value = moment.history.at(moment.step - 1).tensor(id).value;
  return value === null ? say`${name}` : say`${name} = ${formatValue(moment.tape, value)}`;
}

/** @param {Moment} moment @param {readonly (number | null)[]} ids */
export const values = (moment, ids) =>
  some(
    moment,
    ids.map((id) => say`${amount(moment, id)}`),
  );

/** The first ones, and how many more, where there is little room. @param {Moment} moment @param {Part[][]} all */
export function some(moment, all) {
  return isScant(moment) && all.length > 2 ? [...all[0], ` and ${all.length - 1} more`] : list(all);
}
