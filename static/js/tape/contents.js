/** What a module holds at a step: its tables as the recording last saw them, and what hangs beside them unregistered. */

import { tensorName } from "./words.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./format.js").Contents} Contents */
/** @typedef {import("./format.js").Unregistered} Unregistered */

/** The tables of an older tape, which has only what it drew. @param {Tape} tape @param {number} id @returns {Contents} */
function drawn(tape, id) {
  const { parameters, buffers, children } = tape.modules[id];
  const entries = (/** @type {[string, number][]} */ pairs) => pairs.map(([name, row]) => ({ name, row, value: null }));
  return {
    step: 0,
    parameters: entries(Object.entries(parameters)),
    buffers: entries(Object.entries(buffers)),
    modules: entries(children.map((child) => [tape.modules[child].name, child])),
    non_persistent: [],
    unregistered: [],
  };
}

/** The look that holds after a step: the latest one by then, or the first one where the module was seen only later. @param {Tape} tape @param {number} id @param {number} step */
export function contentsAt(tape, id, step) {
  const { contents } = tape.modules[id];
  return contents.findLast((look) => look.step <= step + 1) ?? contents[0] ?? drawn(tape, id);
}

/** Every module that is reached from one through `_modules`, each once, with the first path to it. @param {Tape} tape @param {number} id @param {number} step @returns {Map<number, string>} */
export function reached(tape, id, step) {
  const found = new Map([[id, ""]]);
  for (const [module, path] of found) {
    for (const { name, row: child } of contentsAt(tape, module, step).modules)
      if (child !== null && !found.has(child)) found.set(child, path ? `${path}.${name}` : name);
  }
  return found;
}

/** @typedef {{tensors: Map<number, string[]>, modules: Map<number, string[]>}} Places */

/** @type {WeakMap<Tape, {step: number, places: Places}>} */
const latest = new WeakMap();

/** Under which paths each tensor and each module is registered, in the order of the modules. @param {Tape} tape @param {number} step @returns {Places} */
export function places(tape, step) {
  const known = latest.get(tape);
  if (known?.step === step) return known.places;
  /** @type {Places} */
  const found = { tensors: new Map(), modules: new Map() };
  for (const { id, path } of tape.modules) {
    const { parameters, buffers, modules } = contentsAt(tape, id, step);
    for (const { name, row } of [...parameters, ...buffers]) push(found.tensors, row, join(path, name));
    for (const { name, row } of modules) push(found.modules, row, join(path, name));
  }
  latest.set(tape, { step, places: found });
  return found;
}

/** @param {Map<number, string[]>} map @param {number | null} row @param {string} path */
function push(map, row, path) {
  if (row === null) return;
  const paths = map.get(row);
  if (paths) paths.push(path);
  else map.set(row, [path]);
}

/** The module that holds this one and is held by none. @param {Tape} tape @param {number} id */
function rootOf(tape, id) {
  let root = id;
  for (let up = tape.modules[id].parent; up !== null; up = tape.modules[up].parent) root = up;
  return root;
}

/**
 * What hangs beside the tables: `lost` is registered nowhere in the whole model that the module is part of, `known` is,
 * under `as`. What never got a row was never used, and nothing that has one holds it.
 * @param {Tape} tape @param {number} id @param {number} step
 * @returns {{lost: Unregistered[], known: {one: Unregistered, as: string}[]}}
 */
export function besides(tape, id, step) {
  const { unregistered } = contentsAt(tape, id, step);
  if (!unregistered.length) return { lost: [], known: [] };
  const root = rootOf(tape, id);
  const modules = reached(tape, root, step);
  const tensors = new Set([...modules.keys()].flatMap((module) => tensorsOf(contentsAt(tape, module, step))));
  /** @type {Unregistered[]} */
  const lost = [];
  /** @type {{one: Unregistered, as: string}[]} */
  const known = [];
  for (const one of unregistered) {
    if (one.module !== null && modules.has(one.module))
      known.push({ one, as: join(tape.modules[root].path, modules.get(one.module) ?? "") });
    else if (one.tensor !== null && tensors.has(one.tensor)) known.push({ one, as: tensorName(tape, one.tensor) });
    else lost.push(one);
  }
  return { lost, known };
}

/** @param {Contents} contents */
const tensorsOf = ({ parameters, buffers }) => [...parameters, ...buffers].flatMap(({ row }) => row ?? []);

/** @param {string} path @param {string} name */
const join = (path, name) => (path && name ? `${path}.${name}` : path || name);
