/** What stands in each group, and how much of it there is: what is shared counts once in each. */

/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").Counts} Counts */

/** @param {import("./types.js").Tape} tape @param {ReadonlyMap<string, Unit>} units @param {import("./folds.js").Nesting} nesting */
export function countUnits(tape, units, { parents }) {
  const { nodes, modules, tensors } = tape;
  /** @type {Map<number | null, Unit[]>} */
  const byCall = new Map();
  /** @type {Map<number, Counts>} */
  const counts = new Map();
  const root = { ops: 0, nodes: 0, parameters: 0, saved: 0 };
  /** @type {Map<number | null, Set<number | null>>} the groups in which a leaf has been counted */
  const shown = new Map();
  const groupsOf = (/** @type {number | null} */ tensor) => {
    const known = shown.get(tensor) ?? new Set();
    shown.set(tensor, known);
    return known;
  };
  /** @type {Map<number | null, number>} */
  const places = new Map();
  for (const { kind, tensor } of units.values()) if (kind === "leaf") places.set(tensor, (places.get(tensor) ?? 0) + 1);
  for (const unit of units.values()) {
    const list = byCall.get(unit.home);
    if (list) list.push(unit);
    else byCall.set(unit.home, [unit]);
    const parameter = unit.kind === "leaf" && unit.tensor !== null && tensors[unit.tensor].role === "parameter" ? 1 : 0;
    const saved = unit.node === null ? 0 : nodes[unit.node].saved.length;
    /** @param {Counts} sum @param {boolean} again */
    const count = (sum, again) => {
      sum.ops += unit.kind === "op" ? 1 : 0;
      sum.nodes += unit.node === null || again ? 0 : 1;
      sum.parameters += again ? 0 : parameter;
      sum.saved += saved;
    };
    // Only a leaf can stand in several places.
    const shared = unit.kind === "leaf" && (places.get(unit.tensor) ?? 0) > 1;
    const groups = shared ? groupsOf(unit.tensor) : null;
    const isAgain = (/** @type {number | null} */ group) =>
      groups !== null && (groups.has(group) || !groups.add(group));
    count(root, isAgain(null));
    for (let group = unit.home; group !== null; group = parents[group]) {
      let sum = counts.get(group);
      if (!sum) counts.set(group, (sum = { ops: 0, nodes: 0, parameters: 0, saved: 0 }));
      count(sum, isAgain(group));
    }
  }
  for (const list of byCall.values()) list.sort((a, b) => a.order - b.order);
  root.parameters = new Set(modules.flatMap((module) => Object.values(module.parameters))).size;
  /** @type {Map<number | null, number[]>} */
  const children = new Map();
  parents.forEach((parent, group) => {
    if (!counts.has(group)) return;
    const list = children.get(parent);
    if (list) list.push(group);
    else children.set(parent, [group]);
  });
  return { byCall, children, counts, root };
}
