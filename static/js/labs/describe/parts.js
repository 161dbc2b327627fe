/** What can be done with a spec's inputs, its arguments, its loss and its optimizer; each makes the next spec. No DOM. */

import { having, lacking } from "./keys.js";
import { namesOf, outputOf } from "./naming.js";

/** @typedef {import("./reading.js").Spec} Spec */
/** @typedef {import("./reading.js").Filled} Filled */
/** @typedef {import("./reading.js").Table} Table */
/** @typedef {"loss" | "optimizer"} PartName */

/** @template {{args?: import("./reading.js").Args}} T @param {T} of @param {string} name @param {unknown} value @returns {T} */
function withArg(of, name, value) {
  const args = having(of.args ?? {}, name, value);
  return having(of, "args", Object.keys(args).length ? args : undefined);
}

/** @param {Spec} spec @param {number} at @param {string} name @param {unknown} value undefined: torch's own @returns {Spec} */
export const layerArg = (spec, at, name, value) => ({
  ...spec,
  layers: spec.layers.map((one, i) => (i === at ? withArg(one, name, value) : one)),
});

/** @param {Spec} spec @param {PartName} part @param {string} name @param {unknown} value @returns {Spec} */
export const partArg = (spec, part, name, value) => ({ ...spec, [part]: withArg(spec[part] ?? {}, name, value) });

/** @param {Spec} spec @returns {Spec} */
export function inputAdded(spec) {
  const taken = [...Object.keys(spec.inputs), ...namesOf(spec)];
  const free = ["x", "y", "z"].find((name) => !taken.includes(name));
  let number = 2;
  while (taken.includes(`x${number}`)) number += 1;
  const { shape = [4, 3] } = Object.values(spec.inputs)[0] ?? {};
  return { ...spec, inputs: { ...spec.inputs, [free ?? `x${number}`]: { shape } } };
}

/** @param {Spec} spec @param {string} name @returns {Spec} */
export const inputRemoved = (spec, name) => ({ ...spec, inputs: having(spec.inputs, name, undefined) });

/** The same place and the same tensor by another name, and so for all that takes it. @param {Spec} spec @param {string} from @param {string} to @returns {Spec} */
export function inputRenamed(spec, from, to) {
  const inputs = Object.fromEntries(Object.entries(spec.inputs).map(([key, one]) => [key === from ? to : key, one]));
  const layers = spec.layers.map((one) =>
    one.inputs?.includes(from) ? { ...one, inputs: one.inputs.map((name) => (name === from ? to : name)) } : one,
  );
  return { ...spec, inputs, layers, ...(spec.output === from ? { output: to } : {}) };
}

/** @param {Spec} spec @param {string} name @param {Filled} one @returns {Spec} */
export const inputChanged = (spec, name, one) => ({ ...spec, inputs: { ...spec.inputs, [name]: one } });

/** Whether it is given by its values, not by a shape. @param {Filled} one */
export const hasValues = (one) => one.values !== undefined && one.values !== null;

/** By values or by a shape: what was there is not kept, undo brings it back. @param {Filled} one @param {"values" | "randn" | "rand" | "zeros" | "ones" | "arange" | "classes"} how @returns {Filled} */
export function filledBy(one, how) {
  const { requires_grad, shape, classes } = one;
  const grad = requires_grad === undefined || how === "classes" ? {} : { requires_grad };
  if (how === "values") return { values: [[1, 2, 3]], ...grad };
  const sized = { shape: shape ?? [1, 3], ...grad };
  if (how === "classes") return { ...sized, classes: classes ?? 10 };
  return how === "randn" ? sized : { ...sized, fill: how };
}

/** Losses whose target are the numbers of classes. */
const CLASSES = new Set(["CrossEntropyLoss", "NLLLoss", "MultiMarginLoss"]);

/** The sizes that the model's result has, if a `Linear` says how many: what the target of a new loss begins with. @param {Spec} spec */
function guess(spec) {
  const { shape } = Object.values(spec.inputs)[0] ?? {};
  const batch = Array.isArray(shape) && typeof shape[0] === "number" ? shape[0] : 1;
  const last = spec.layers[namesOf(spec).indexOf(outputOf(spec))]?.args?.out_features;
  return { batch, wide: typeof last === "number" ? last : 10 };
}

/** Without a loss there is nothing to compare with and nothing to minimise. @param {Spec} spec @param {string} type "" for none @returns {Spec} */
export function lossChosen(spec, type) {
  if (!type) return lacking(spec, "loss", "target", "optimizer");
  const { batch, wide } = guess(spec);
  const target = CLASSES.has(type) ? { shape: [batch], classes: wide } : { shape: [batch, wide] };
  const fits = spec.target && (CLASSES.has(type) ? "classes" in spec.target : !("classes" in spec.target));
  return { ...spec, loss: { type }, target: fits ? spec.target : target };
}

/** @param {Spec} spec @param {string} type "" for none @param {Table} table @returns {Spec} */
export function optimizerChosen(spec, type, table) {
  if (!type) return having(spec, "optimizer", undefined);
  const known = table.optimizers[type] ?? [];
  const kept = Object.entries(spec.optimizer?.args ?? {}).filter(([key]) => known.some(({ name }) => name === key));
  return { ...spec, optimizer: { type, ...(kept.length ? { args: Object.fromEntries(kept) } : {}) } };
}

/** Without the key at a place that the form has no field for. @param {Spec} spec @param {readonly (string | number)[]} path @returns {Spec} */
export function leftOut(spec, path) {
  const [key, ...rest] = path;
  /** @param {any} of @param {readonly (string | number)[]} way @returns {any} */
  const without = (of, way) => {
    if (Array.isArray(of)) return of.map((one, i) => (i === way[0] ? without(one, way.slice(1)) : one));
    return way.length === 1
      ? having(of, String(way[0]), undefined)
      : { ...of, [way[0]]: without(of[way[0]], way.slice(1)) };
  };
  return rest.length ? without(spec, path) : having(spec, String(key), undefined);
}
