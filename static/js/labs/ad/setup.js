/** What a learner has set in the AD lab, from the texts of the fields: the trace, the point, the seeds; or what to change. No DOM. */

import { t } from "../../language/index.js";
import { Fault } from "./fault.js";
import { traced } from "./trace.js";

/** @typedef {import("./trace.js").Trace} Trace */
/** @typedef {{kind: "unit", at: number} | {kind: "own", numbers: number[]}} Seed one input (or output) alone, or a number for each */
/** @typedef {{field: string, name: string, message: string}} Wrong */
/**
 * @typedef {{text: string, trace: Trace | null, fault: Fault | null, names: string[], outputs: string[], point: number[],
 *   forward: Seed, reverse: Seed, wrong: Wrong[]}} Setup `wrong`: what is no number, by field
 */

/** The survey's own example. */
export const DEFAULTS = Object.freeze({ f: "ln(x1) + x1*x2 - sin(x2)", at: "x1=2;x2=5", dx: "", dy: "" });

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** `x1=2;x2=5`, as the address has it. @param {string} text @returns {Map<string, string>} */
export const pairs = (text) =>
  new Map(
    text.split(";").flatMap((part) => {
      const equals = part.indexOf("=");
      return equals > 0 ? [[part.slice(0, equals), part.slice(equals + 1)]] : [];
    }),
  );

/** @param {Iterable<[string, string]>} of */
export const joined = (of) => [...of].map(([name, text]) => `${name}=${text}`).join(";");

/** A number as people write it: −2, 0,5 is not one. @param {string} text @returns {number | null} */
export function numberOf(text) {
  const plain = text.trim().replace(/[−–]/g, "-");
  const number = NUMBER.test(plain) ? Number(plain) : NaN;
  return Number.isFinite(number) ? number : null;
}

/** @param {string} name @param {string} text */
const noNumber = (name, text) =>
  text.trim() === ""
    ? t("{name} has no number: write one, such as 2 or -0.5.", { name })
    : t("{text} is no number for {name}: write one, such as 2 or -0.5.", { text, name });

/** @param {Map<string, string>} given @param {string} field @param {readonly string[]} names @param {string} otherwise @param {Wrong[]} wrong */
function numbers(given, field, names, otherwise, wrong) {
  return names.map((name) => {
    const text = given.get(name) ?? otherwise;
    const number = numberOf(text);
    if (number === null) wrong.push({ field, name, message: noNumber(name, text) });
    return number ?? 0;
  });
}

/** A seed: a name (that one alone), or `x1=1;x2=0.5`; nothing is the first. @param {string} text @param {string} field @param {readonly string[]} names @param {Wrong[]} wrong @returns {Seed} */
function seedOf(text, field, names, wrong) {
  if (!text.includes("=")) return { kind: "unit", at: Math.max(0, names.indexOf(text)) };
  return { kind: "own", numbers: numbers(pairs(text), field, names, "0", wrong) };
}

/** @param {import("../edits.js").Fields} fields @returns {Setup} */
export function setupOf({ f, at, dx, dy }) {
  /** @type {Trace | null} */
  let trace = null;
  /** @type {Fault | null} */
  let fault = null;
  try {
    trace = traced(f);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    fault = error;
  }
  const names = trace ? trace.inputs.map((row) => /** @type {Trace} */ (trace).rows[row].name) : [...pairs(at).keys()];
  const outputs = trace ? trace.outputs.map(({ name }) => name) : ["y"];
  /** @type {Wrong[]} */
  const wrong = [];
  const point = numbers(pairs(at), "at", names, "1", wrong);
  const [forward, reverse] = [seedOf(dx, "dx", names, wrong), seedOf(dy, "dy", outputs, wrong)];
  return { text: f, trace, fault, names, outputs, point, forward, reverse, wrong };
}
