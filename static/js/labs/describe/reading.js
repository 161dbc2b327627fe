/** From the text in the address, or one that was pasted, to a spec that the form can show; what is wrong in it the server says. No DOM. */

import { t } from "../../language/index.js";
import { faultAt, lineAndColumn } from "./json_fault.js";
import { lacking } from "./keys.js";

/** @typedef {{shape?: unknown, fill?: unknown, values?: unknown, classes?: unknown, requires_grad?: unknown}} Filled */
/** @typedef {Record<string, unknown>} Args */
/** @typedef {{layer?: unknown, function?: unknown, args?: Args, name?: string, inputs?: unknown[]}} Layer */
/** @typedef {{type?: unknown, args?: Args}} Part */
/** @typedef {{inputs: Record<string, Filled>, layers: Layer[], output?: unknown, target?: Filled, loss?: Part, optimizer?: Part, steps?: unknown, mode?: unknown}} Spec */
/** @typedef {{name: string, type: string, required: boolean, default: unknown}} Argument */
/** @typedef {{layers: Record<string, Argument[]>, losses: Record<string, Argument[]>, optimizers: Record<string, Argument[]>, functions: Record<string, {least: number, most: number, args: Argument[]}>, inputs: Record<string, number>}} Table what `GET /spec/table` says */

/** Of what a text is no spec: the form has no place for it. */
export class Unreadable extends Error {}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {string} text @returns {unknown} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    const { line, column } = lineAndColumn(text, faultAt(text));
    throw new Unreadable(t("This is not JSON: it breaks off at line {line}, column {column}.", { line, column }));
  }
}

/** Arguments in order get their names; one too many gets a name that nobody has, and the server says so. @param {unknown} args @param {readonly Argument[]} known */
const byName = (args, known) =>
  Array.isArray(args)
    ? Object.fromEntries(args.map((value, i) => [known[i]?.name ?? `argument ${i + 1}`, value]))
    : args;

/** @param {unknown} part @param {Record<string, Argument[]>} known @returns {unknown} */
function whole(part, known) {
  if (typeof part === "string") return { type: part };
  return isObject(part) && "args" in part ? { ...part, args: byName(part.args, known[String(part.type)] ?? []) } : part;
}

/** The arguments that a layer or a function has. @param {Layer} layer @param {Table} table @returns {readonly Argument[]} */
export function argumentsOf(layer, table) {
  if (layer.function !== undefined) return table.functions[String(layer.function)]?.args ?? [];
  return table.layers[String(layer.layer)] ?? [];
}

/** The one thing that is needed for the form to stand: objects where it writes into objects. @param {string} text @param {Table} table @returns {Spec} */
export function readSpec(text, table) {
  const given = parsed(text);
  const wrong = (/** @type {string} */ where) => new Unreadable(t("{where} should be a JSON object.", { where }));
  if (!isObject(given)) throw new Unreadable(t("A spec is a JSON object with inputs and layers."));
  const { inputs = {}, layers = [] } = given;
  if (!isObject(inputs)) throw wrong("inputs");
  if (!Array.isArray(layers)) throw new Unreadable(t("{where} should be a list.", { where: "layers" }));
  for (const [name, one] of Object.entries(inputs)) if (!isObject(one)) throw wrong(`inputs.${name}`);
  const read = layers.map((one, i) => {
    if (!isObject(one)) throw wrong(`layers[${i}]`);
    const args = "args" in one ? { args: byName(one.args, argumentsOf(one, table)) } : {};
    if ("args" in args && !isObject(args.args)) throw wrong(`layers[${i}].args`);
    if ("inputs" in one && !Array.isArray(one.inputs))
      throw new Unreadable(t("{where} should be a list.", { where: `layers[${i}].inputs` }));
    return { ...one, ...args };
  });
  const parts = Object.fromEntries(
    /** @type {const} */ ([
      ["loss", table.losses],
      ["optimizer", table.optimizers],
    ]).flatMap(([key, known]) => (given[key] == null ? [] : [[key, whole(given[key], known)]])),
  );
  for (const key of ["loss", "optimizer"]) {
    const part = parts[key];
    if (part !== undefined && !isObject(part)) throw wrong(key);
    if (isObject(part) && "args" in part && !isObject(part.args)) throw wrong(`${key}.args`);
  }
  if (given.target != null && !isObject(given.target)) throw wrong("target");
  const rest = lacking(given, "loss", "optimizer", ...(given.target == null ? ["target"] : []));
  const kept = { ...rest, inputs, layers: read, ...parts };
  return /** @type {Spec} */ (/** @type {unknown} */ (kept));
}
