/**
 * The walks of `nn.Module` over a module of a tape: what `children()`, `named_modules()`, `state_dict()` … give, in
 * torch's order, and what they pass over on the way. The same as `torch/nn/modules/module.py` (torch 2.13), read from
 * the tables that the tape holds; a class that overrides one of them, or `get_extra_state`, is not asked.
 */

import { contentsAt } from "./contents.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {"children" | "named_children" | "modules" | "named_modules" | "parameters" | "named_parameters" | "buffers" | "named_buffers" | "state_dict"} WalkName */
/** @typedef {"none" | "again" | "passing"} Why an entry is `None`, was given already, is a buffer that is not persistent */
/**
 * @typedef {{name: string, thing: string | null, module: number, table: "_parameters" | "_buffers" | "_modules" | "",
 *   depth: number, passed: Why | null}} Item `module` holds it in `table`; `passed`: why the walk goes past it
 */
/** @typedef {{step: number, removeDuplicate?: boolean}} How */

/** Every walk, in the order of torch's documentation. @type {readonly WalkName[]} */
export const WALKS = [
  "children",
  "named_children",
  "modules",
  "named_modules",
  "parameters",
  "named_parameters",
  "buffers",
  "named_buffers",
  "state_dict",
];

/** The walks that take `remove_duplicate`. */
export const DEDUPLICATES = new Set(/** @type {WalkName[]} */ (["named_modules", "named_parameters", "named_buffers"]));

/** Whether a walk gives names, too. @param {WalkName} walk */
export const isNamed = (walk) => walk.startsWith("named_") || walk === "state_dict";

/** Where there is no end (a module that holds itself, each time anew) the walk stops here; torch raises RecursionError. */
const DEEPEST = 200;

/** The most that a walk comes to. */
export const MOST = 5000;

/** Everything that a walk comes to, given or passed over. @param {Tape} tape @param {number} id @param {WalkName} walk @param {How} how @returns {Item[]} */
export function steps(tape, id, walk, { step, removeDuplicate = true }) {
  const once = removeDuplicate || !DEDUPLICATES.has(walk);
  const at = (/** @type {number} */ module) => contentsAt(tape, module, step);
  const walkers = {
    children: () => children(at, id),
    modules: () => modules(at, id, once),
    parameters: () => members(at, id, "_parameters", once),
    buffers: () => members(at, id, "_buffers", once),
    state_dict: () => state(at, id, "", 0),
  };
  const found = [];
  for (const item of walkers[/** @type {keyof typeof walkers} */ (walk.replace(/^named_/, ""))]()) {
    if (found.length >= MOST) break;
    found.push(item);
  }
  return found;
}

/** What a walk gives. @param {Tape} tape @param {number} id @param {WalkName} walk @param {How} how */
export const walked = (tape, id, walk, how) => steps(tape, id, walk, how).filter(({ passed }) => passed === null);

/** @typedef {(module: number) => import("./format.js").Contents} At */

/** @param {string} prefix @param {string} name */
const under = (prefix, name) => (prefix ? `${prefix}.${name}` : name);

/** `named_children`: the module's own table, each once. @param {At} at @param {number} id @returns {Generator<Item>} */
function* children(at, id) {
  const given = new Set();
  for (const { name, row: child } of at(id).modules) {
    const passed = child === null ? "none" : given.has(child) ? "again" : null;
    given.add(child);
    yield { name, thing: child === null ? null : `module:${child}`, module: id, table: "_modules", depth: 1, passed };
  }
}

/**
 * `named_modules`: the module itself, then each child's, depth first.
 * @param {At} at @param {number} id @param {boolean} once @param {Set<number>} [given] @param {string} [prefix]
 * @param {{module: number, depth: number}} [from] @returns {Generator<Item>}
 */
function* modules(at, id, once, given = new Set(), prefix = "", from = { module: id, depth: 0 }) {
  const item = { name: prefix, thing: `module:${id}`, module: from.module, depth: from.depth };
  const table = from.depth ? /** @type {const} */ ("_modules") : "";
  const again = once && given.has(id);
  yield { ...item, table, passed: again ? "again" : null };
  if (again || from.depth > DEEPEST) return;
  given.add(id);
  for (const { name, row: child } of at(id).modules) {
    const inner = { module: id, depth: from.depth + 1 };
    if (child !== null) yield* modules(at, child, once, given, under(prefix, name), inner);
    else yield { ...inner, name: under(prefix, name), thing: null, table: "_modules", passed: "none" };
  }
}

/**
 * `_named_members`: the table of each module that `named_modules` gives.
 * @param {At} at @param {number} id @param {"_parameters" | "_buffers"} table @param {boolean} once @returns {Generator<Item>}
 */
function* members(at, id, table, once) {
  const given = new Set();
  for (const { name: prefix, thing, depth, passed: past } of modules(at, id, once)) {
    if (past !== null || thing === null) continue;
    const module = Number(thing.slice("module:".length));
    for (const { name, row: tensor } of at(module)[table === "_parameters" ? "parameters" : "buffers"]) {
      const passed = tensor === null ? "none" : given.has(tensor) ? "again" : null;
      if (once) given.add(tensor);
      yield {
        name: under(prefix, name),
        thing: tensor === null ? null : `tensor:${tensor}`,
        module,
        table,
        depth,
        passed,
      };
    }
  }
}

/** `state_dict`: parameters, buffers, then each child's; nothing is left out for having been given. @param {At} at @param {number} id @param {string} prefix @param {number} depth @returns {Generator<Item>} */
function* state(at, id, prefix, depth) {
  const { parameters, buffers, modules: inner, non_persistent: passing } = at(id);
  for (const [table, entries] of /** @type {const} */ ([
    ["_parameters", parameters],
    ["_buffers", buffers],
  ])) {
    for (const { name, row: tensor } of entries) {
      const skipped = table === "_buffers" && passing.includes(name) ? "passing" : null;
      const passed = tensor === null ? "none" : skipped;
      yield {
        name: under(prefix, name),
        thing: tensor === null ? null : `tensor:${tensor}`,
        module: id,
        table,
        depth,
        passed,
      };
    }
  }
  if (depth > DEEPEST) return;
  for (const { name, row: child } of inner) {
    if (child !== null) yield* state(at, child, under(prefix, name), depth + 1);
    else
      yield { name: under(prefix, name), thing: null, module: id, table: "_modules", depth: depth + 1, passed: "none" };
  }
}
