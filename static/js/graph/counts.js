/** What stands in each module call, and how much of it there is. */

/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").Counts} Counts */

/** @param {import("./types.js").Tape} tape @param {ReadonlyMap<string, Unit>} units */
export function countUnits(tape, units) {
  const { calls, nodes, modules, tensors } = tape;
  /** @type {Map<number | null, Unit[]>} */
  const byCall = new Map();
  /** @type {Map<number, Counts>} */
  const counts = new Map();
  const root = { ops: 0, nodes: 0, parameters: 0, saved: 0 };
  const shown = new Set();
  for (const unit of units.values()) {
    const list = byCall.get(unit.call);
    if (list) list.push(unit);
    else byCall.set(unit.call, [unit]);
    const parameter = unit.kind === "leaf" && unit.tensor !== null && tensors[unit.tensor].role === "parameter" ? 1 : 0;
    const again = shown.has(unit.node);
    shown.add(unit.node);
    const saved = unit.node === null ? 0 : nodes[unit.node].saved.length;
    /** @param {Counts} sum @param {boolean} once */
    const count = (sum, once) => {
      sum.ops += unit.kind === "op" ? 1 : 0;
      sum.nodes += unit.node === null || once ? 0 : 1;
      sum.parameters += parameter;
      sum.saved += saved;
    };
    count(root, again);
    for (let call = unit.call; call !== null; call = calls[call].parent) {
      let sum = counts.get(call);
      if (!sum) counts.set(call, (sum = { ops: 0, nodes: 0, parameters: 0, saved: 0 }));
      count(sum, false);
    }
  }
  for (const list of byCall.values()) list.sort((a, b) => a.order - b.order);
  root.parameters = new Set(modules.flatMap((module) => Object.values(module.parameters))).size;
  /** @type {Map<number | null, number[]>} */
  const children = new Map();
  for (const call of calls) {
    if (!counts.has(call.id)) continue;
    const list = children.get(call.parent);
    if (list) list.push(call.id);
    else children.set(call.parent, [call.id]);
  }
  return { byCall, children, counts, root };
}
