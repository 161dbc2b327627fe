/** What can be done with the layers of a spec; each makes the next spec. No DOM. */

import { lacking } from "./keys.js";
import { countOf, kindOf, namesBefore, namesOf, slotsOf } from "./naming.js";

/** @typedef {import("./reading.js").Spec} Spec */
/** @typedef {import("./reading.js").Layer} Layer */
/** @typedef {import("./reading.js").Table} Table */
/** @typedef {{kind: string, isFunction: boolean}} Kind */

/** @param {Spec} spec @param {number} at @param {(layer: Layer) => Layer} change */
const changed = (spec, at, change) => ({
  ...spec,
  layers: spec.layers.map((one, i) => (i === at ? change(one) : one)),
});

/** A name that something refers to must not move with the numbers: it is written down. @param {Spec} spec @param {readonly string[]} wanted @returns {Spec} */
function fixed(spec, wanted) {
  const names = namesOf(spec);
  const layers = spec.layers.map((one, i) =>
    one.name === undefined && wanted.includes(names[i]) ? { ...one, name: names[i] } : one,
  );
  return { ...spec, layers };
}

/** Everything that refers to a name, by another. @param {Spec} spec @param {string} from @param {string} to @returns {Spec} */
function referred(spec, from, to) {
  const layers = spec.layers.map((one) =>
    one.inputs?.includes(from) ? { ...one, inputs: one.inputs.map((name) => (name === from ? to : name)) } : one,
  );
  return { ...spec, layers, ...(spec.output === from ? { output: to } : {}) };
}

/** @param {Kind} kind @returns {Layer} */
const fresh = ({ kind, isFunction }) => (isFunction ? { function: kind } : { layer: kind });

/** A new layer at a place; a function that joins branches takes the last two results. @param {Spec} spec @param {number} at @param {Kind} kind @param {Table} table @param {import("./reading.js").Args} [args] what is known of its arguments @returns {Spec} */
export function added(spec, at, kind, table, args = {}) {
  const layer = { ...fresh(kind), ...(Object.keys(args).length ? { args } : {}) };
  const before = namesBefore(spec, at);
  const { least } = countOf(layer, table);
  const joins = kind.isFunction && least > 1 && before.length > 1;
  const inputs = joins ? before.slice(-least) : undefined;
  const from = inputs ? fixed(spec, inputs) : spec;
  return { ...from, layers: from.layers.toSpliced(at, 0, inputs ? { ...layer, inputs } : layer) };
}

/** @param {Spec} spec @param {number} at @returns {Spec} */
export const removed = (spec, at) => ({ ...spec, layers: spec.layers.toSpliced(at, 1) });

/** The same once more, right after; a name is not given twice. @param {Spec} spec @param {number} at @returns {Spec} */
export function duplicated(spec, at) {
  return { ...spec, layers: spec.layers.toSpliced(at + 1, 0, lacking(spec.layers[at], "name")) };
}

/** @param {Spec} spec @param {number} from @param {number} to where it stands afterwards @returns {Spec} */
export function moved(spec, from, to) {
  const place = Math.max(0, Math.min(spec.layers.length - 1, to));
  return { ...spec, layers: spec.layers.toSpliced(from, 1).toSpliced(place, 0, spec.layers[from]) };
}

/** Another kind in its place: its name stays, and the arguments that both have. @param {Spec} spec @param {number} at @param {Kind} kind @param {Table} table @returns {Spec} */
export function replaced(spec, at, kind, table) {
  return changed(spec, at, ({ name, args = {}, inputs }) => {
    const layer = fresh(kind);
    const known = kind.isFunction ? table.functions[kind.kind]?.args : table.layers[kind.kind];
    const kept = Object.entries(args).filter(([key]) => known?.some((one) => one.name === key));
    const { least, most } = countOf(layer, table);
    const fits = inputs && inputs.length >= least && inputs.length <= most;
    return {
      ...layer,
      ...(name === undefined ? {} : { name }),
      ...(fits ? { inputs } : {}),
      ...(kept.length ? { args: Object.fromEntries(kept) } : {}),
    };
  });
}

/** @param {Spec} spec @param {number} at @param {string} text nothing gives it a number of its own @returns {Spec} */
export function named(spec, at, text) {
  const old = namesOf(spec)[at];
  if (text === old) return spec;
  if (text)
    return referred(
      changed(spec, at, (layer) => ({ ...layer, name: text })),
      old,
      text,
    );
  const without = changed(spec, at, (layer) => lacking(layer, "name"));
  const name = namesOf(without)[at];
  const next = referred(without, old, name);
  return JSON.stringify(next) === JSON.stringify(without) ? without : fixed(next, [name]);
}

/** What goes into a layer, by names; none: what the layer before gave. @param {Spec} spec @param {number} at @param {readonly string[] | null} inputs @returns {Spec} */
export function taking(spec, at, inputs) {
  if (!inputs) return changed(spec, at, (layer) => lacking(layer, "inputs"));
  return changed(fixed(spec, inputs), at, (layer) => ({ ...layer, inputs: [...inputs] }));
}

/** One of the tensors that go into a layer. @param {Spec} spec @param {number} at @param {number} slot @param {string | null} name null: no longer, or for an only one: what the layer before gave @param {Table} table */
export function takingAt(spec, at, slot, name, table) {
  const slots = slotsOf(spec, at, table).map((each) => each.name);
  if (name === null && slots.length <= 1) return taking(spec, at, null);
  return taking(spec, at, name === null ? slots.toSpliced(slot, 1) : slots.toSpliced(slot, 1, name));
}

/** The program in a line: what a recording of it is called. @param {Spec} spec */
export const titleOf = (spec) => {
  const kinds = spec.layers.map(kindOf);
  return (kinds.length > 6 ? [...kinds.slice(0, 3), "…", ...kinds.slice(-2)] : kinds).join(" → ");
};
