/** What the results of a spec are called, and which of them go into a layer: as the server has it. No DOM. */

/** @typedef {import("./reading.js").Spec} Spec */
/** @typedef {import("./reading.js").Layer} Layer */
/** @typedef {import("./reading.js").Table} Table */
/** @typedef {{name: string, given: boolean}} Slot `given`: the spec names it; else it is what the layer before gave */

/** @param {Layer} layer */
export const kindOf = (layer) => String(layer.function ?? layer.layer ?? "");

/** The name of every layer's result: its own, or its kind with the first number that is free. @param {Spec} spec @returns {string[]} */
export function namesOf({ inputs, layers }) {
  const given = layers.flatMap(({ name }) => (typeof name === "string" ? [name] : []));
  const taken = new Set([...Object.keys(inputs), ...given]);
  return layers.map((layer) => {
    if (typeof layer.name === "string") return layer.name;
    let number = 1;
    while (taken.has(`${kindOf(layer).toLowerCase()}${number}`)) number += 1;
    const name = `${kindOf(layer).toLowerCase()}${number}`;
    taken.add(name);
    return name;
  });
}

/** The names that a layer can take: the inputs, and what stands before it. @param {Spec} spec @param {number} at */
export const namesBefore = (spec, at) => [...Object.keys(spec.inputs), ...namesOf(spec).slice(0, at)];

/** How many tensors a layer takes. @param {Layer} layer @param {Table} table @returns {{least: number, most: number}} */
export function countOf(layer, table) {
  if (layer.function !== undefined) return table.functions[kindOf(layer)] ?? { least: 1, most: 1 };
  const n = table.inputs[kindOf(layer)] ?? 1;
  return { least: n, most: n };
}

/** What goes into a layer. @param {Spec} spec @param {number} at @param {Table} table @returns {Slot[]} */
export function slotsOf(spec, at, table) {
  const { inputs } = spec.layers[at];
  if (inputs) return inputs.map((name) => ({ name: String(name), given: true }));
  const before = namesBefore(spec, at).at(-1) ?? "";
  return Array.from({ length: countOf(spec.layers[at], table).least }, () => ({ name: before, given: false }));
}

/** The name of the model's result. @param {Spec} spec */
export const outputOf = (spec) =>
  spec.output === undefined ? (namesOf(spec).at(-1) ?? "") : /** @type {string} */ (spec.output);

/** Layers whose result nobody takes, and that are not the model's result. @param {Spec} spec @param {Table} table @returns {Set<number>} */
export function unused(spec, table) {
  const taken = new Set([outputOf(spec)]);
  spec.layers.forEach((_, at) => slotsOf(spec, at, table).forEach(({ name }) => taken.add(name)));
  return new Set(namesOf(spec).flatMap((name, at) => (taken.has(name) ? [] : [at])));
}
