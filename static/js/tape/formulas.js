/**
 * The chain rule of one op or node: its formula and that of its backward, with the program's names, and this step's shapes and numbers.
 *
 * Numbers are the tape's. A product is written out only where it comes to what the tape has; what has no entry in the tables has no formula.
 */

import { ELEMENTWISE } from "./formulas_elementwise.js";
import { LAYERS } from "./formulas_nn.js";
import { MULTIPLYING } from "./formulas_products.js";
import { REDUCING } from "./formulas_reduce.js";
import { ruleOf } from "./formulas_rule.js";
import { Scope, plainLabel, stem } from "./formulas_scope.js";
import { MOVING } from "./formulas_shape.js";
import { storing } from "./formulas_store.js";

/** @typedef {import("./formulas_scope.js").Entry} Entry */
/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./state.js").History} History */

/** Everything that has a formula. */
export const ENTRIES = [...ELEMENTWISE, ...MULTIPLYING, ...REDUCING, ...LAYERS, ...MOVING];

/** @param {(entry: Entry) => string[]} keys */
const index = (keys) =>
  new Map(ENTRIES.flatMap((entry) => keys(entry).map((key) => /** @type {const} */ ([key, entry]))));

const BY_OP = index(({ ops }) => ops);
const BY_NODE = index(({ own, nodes }) => (own ? [] : nodes));
const BY_PART = index(({ within = [], nodes }) => within.flatMap((op) => nodes.map((node) => `${op} ${node}`)));

/** The entry of an op of torch's own. @param {Tape} tape @param {number} id @returns {Entry | null} */
export function entryOfOp(tape, id) {
  const { name, label, inputs, error } = tape.ops[id];
  if (!name.startsWith("torch.") || error !== null) return null;
  const plain = plainLabel(label);
  const two = (plain === "max" || plain === "min") && inputs.length === 2;
  return BY_OP.get(two ? `${plain}imum` : plain) ?? null;
}

/** The node that is the whole backward of its op. @param {Tape} tape @param {number} op @param {Entry} entry */
function wholeNode(tape, op, entry) {
  const nodes = tape.ops[op].nodes.filter((node) => tape.nodes[node].variable === null);
  return nodes.length === 1 && entry.nodes.includes(stem(tape.nodes[nodes[0]].name) ?? "") ? nodes[0] : null;
}

/** The rule of an op or a node; null where there is none. @param {History} history @param {number} step @param {"op" | "node"} kind @param {number} id */
export function chainRule(history, step, kind, id) {
  const { tape } = history;
  if (kind === "node") return nodeRule(history, step, tape.nodes[id]);
  const entry = entryOfOp(tape, id);
  return entry && ruleOf(new Scope(history, step, entry, id, wholeNode(tape, id, entry)));
}

/** @param {History} history @param {number} step @param {import("./format.js").Node} node */
function nodeRule(history, step, { id, name, op, variable }) {
  const { tape } = history;
  if (variable !== null) return storing(history, step, id, variable);
  const whole = op === null ? null : entryOfOp(tape, op);
  if (whole && op !== null && wholeNode(tape, op, whole) === id) return ruleOf(new Scope(history, step, whole, op, id));
  const kind = stem(name) ?? "";
  const part = op === null ? undefined : BY_PART.get(`${plainLabel(tape.ops[op].label)} ${kind}`);
  const entry = part ?? BY_NODE.get(kind);
  return entry
    ? ruleOf(new Scope(history, step, entry, null, id, part && op !== null ? tape.ops[op].constants : []))
    : null;
}
