/**
 * What things cost: floating point operations, bytes and wall time, by op, node, module call and module.
 *
 * The same as `server/tapedeck/views/costs.py`, which says what is counted where; both give what stands in
 * `tests/data/at_cases.json`. Bytes are those of whole storages, each once in each total.
 */

/** @typedef {import("./load.js").Tape} Tape */
/**
 * @typedef {{forward: number | null, backward: number | null, parameters: number, outputs: number, saved: number, kept: number,
 *   forward_ns: number | null, backward_ns: number | null}} Cost
 */
/** @typedef {{own: Cost, total: Cost}} Share */
/** @typedef {{ops: Cost[], nodes: Cost[], calls: Share[], modules: Share[], total: Cost}} Costs */

/** @type {WeakMap<Tape, Costs>} */
const known = new WeakMap();

/** The costs of a tape, added up once. @param {Tape} tape @returns {Costs} */
export function costs(tape) {
  let found = known.get(tape);
  if (!found) known.set(tape, (found = new Ledger(tape).costs()));
  return found;
}

/** The sum of what is known; null where nothing is. @param {number | null} a @param {number | null} b */
const plus = (a, b) => (a === null ? b : b === null ? a : a + b);

/** Both together, in `mine`, which nobody else holds. @param {Set<number> | null} mine @param {Set<number> | null} others */
function union(mine, others) {
  if (!others?.size) return mine;
  if (!mine) return new Set(others);
  for (const each of others) mine.add(each);
  return mine;
}

/** A cost that is being added up: numbers that add, and storages that count once. */
class Sum {
  constructor() {
    this.forward = /** @type {number | null} */ (null);
    this.backward = /** @type {number | null} */ (null);
    this.forwardNs = /** @type {number | null} */ (null);
    this.backwardNs = /** @type {number | null} */ (null);
    this.made = 0;
    this.saved = /** @type {Set<number> | null} */ (null);
    this.owned = /** @type {Set<number> | null} */ (null);
  }

  /** @param {Sum} other */
  add(other) {
    this.forward = plus(this.forward, other.forward);
    this.backward = plus(this.backward, other.backward);
    this.forwardNs = plus(this.forwardNs, other.forwardNs);
    this.backwardNs = plus(this.backwardNs, other.backwardNs);
    this.made += other.made;
    this.saved = union(this.saved, other.saved);
    this.owned = union(this.owned, other.owned);
    return this;
  }
}

class Ledger {
  /** @param {Tape} tape */
  constructor(tape) {
    this.tape = tape;
    this.owned = tape.modules.map((module) =>
      this.storages([...Object.values(module.parameters), ...Object.values(module.buffers)]),
    );
    this.resident = new Set(this.owned.flatMap((each) => [...each]));
  }

  /** @returns {Costs} */
  costs() {
    const { tape } = this;
    const nodes = this.nodes();
    const ops = this.ops(nodes);
    const [calls, within] = this.calls(ops);
    const [modules, inAll] = this.modules(calls, within);
    const total = new Sum();
    for (const op of ops) total.add(op);
    for (const node of tape.nodes) if (node.op === null) total.add(nodes[node.id]);
    total.owned = new Set(this.resident);
    total.forwardNs = tape.ops
      .filter((op) => op.parent === null && !inBackward(op))
      .reduce((sum, op) => plus(sum, op.ns), /** @type {number | null} */ (null));
    return {
      ops: ops.map((one) => this.cost(one)),
      nodes: nodes.map((one) => this.cost(one)),
      calls: calls.map((own, i) => ({ own: this.cost(own), total: this.cost(within[i]) })),
      modules: modules.map((own, i) => ({ own: this.cost(own), total: this.cost(inAll[i]) })),
      total: this.cost(total),
    };
  }

  /** The finished cost, its storages in bytes. @param {Sum} one @returns {Cost} */
  cost(one) {
    const saved = [...(one.saved ?? [])];
    return {
      forward: one.forward,
      backward: one.backward,
      parameters: this.size([...(one.owned ?? [])]),
      outputs: one.made,
      saved: this.size(saved),
      kept: this.size(saved.filter((storage) => !this.resident.has(storage))),
      forward_ns: one.forwardNs,
      backward_ns: one.backwardNs,
    };
  }

  /** @param {number[]} storages */
  size(storages) {
    return storages.reduce((sum, storage) => sum + (this.tape.storages[storage]?.bytes ?? 0), 0);
  }

  /** @param {(number | null)[]} tensors */
  storages(tensors) {
    return new Set(tensors.flatMap((tensor) => (tensor === null ? [] : [this.tape.tensors[tensor].storage])));
  }

  /** What each node saved, and what its calls cost. */
  nodes() {
    const { tape } = this;
    const found = tape.nodes.map((node) => {
      const one = new Sum();
      if (node.saved.length) one.saved = this.storages(node.saved.map((saved) => saved.tensor));
      return one;
    });
    for (const event of tape.events) {
      if (event.kind !== "node_exit") continue;
      const one = found[event.node];
      one.backward = plus(one.backward, tape.nodes[event.node].flops);
      one.backwardNs = plus(one.backwardNs, event.ns);
    }
    return found;
  }

  /** What each op cost, with the nodes that it made. @param {Sum[]} nodes */
  ops(nodes) {
    const { tape } = this;
    const found = tape.ops.map((op) => {
      const one = new Sum();
      if (inBackward(op)) one.backward = op.flops;
      else [one.forward, one.forwardNs] = [op.flops, op.ns];
      return one;
    });
    for (const node of tape.nodes) if (node.op !== null) found[node.op].add(nodes[node.id]);
    const seen = new Set();
    for (const { op, storage } of tape.tensors) {
      if (seen.has(storage)) continue;
      seen.add(storage);
      if (op !== null) found[op].made += tape.storages[storage]?.bytes ?? 0;
    }
    return found;
  }

  /** Each call by itself, and with the calls inside it; a call's id is greater than its parent's. @param {Sum[]} ops */
  calls(ops) {
    const { tape } = this;
    const own = tape.calls.map(() => new Sum());
    for (const op of tape.ops) {
      const owner = this.callOf(op);
      if (owner !== null) own[owner].add(ops[op.id]);
    }
    for (const call of tape.calls) {
      own[call.id].forwardNs = call.ns;
      own[call.id].owned = union(null, this.owned[call.module]);
    }
    for (const call of tape.calls) {
      if (call.parent !== null && call.ns !== null && own[call.parent].forwardNs !== null)
        own[call.parent].forwardNs = plus(own[call.parent].forwardNs, -call.ns);
    }
    const within = own.map((one) => new Sum().add(one));
    for (const call of tape.calls.toReversed()) if (call.parent !== null) within[call.parent].add(within[call.id]);
    return [own, within];
  }

  /** The call that an op ran in, or that the op ran in whose node's call it ran in. @param {import("./format.js").Op} op */
  callOf({ call, node }) {
    if (call !== null || node === null) return call;
    const above = this.tape.nodes[node].op;
    return above === null ? null : this.tape.ops[above].call;
  }

  /** Each module over all its calls; what it holds is its own tables and those of the modules below it. @param {Sum[]} calls @param {Sum[]} within */
  modules(calls, within) {
    const { tape } = this;
    const own = tape.modules.map(() => new Sum());
    const total = tape.modules.map(() => new Sum());
    for (const call of tape.calls) {
      own[call.module].add(calls[call.id]);
      if (!this.isInsideItself(call)) total[call.module].add(within[call.id]);
    }
    for (const { id } of tape.modules) {
      own[id].owned = union(null, this.owned[id]);
      total[id].owned = union(null, this.owned[id]);
    }
    for (const row of this.leavesFirst())
      if (row.parent !== null) total[row.parent].owned = union(total[row.parent].owned, total[row.id].owned);
    return [own, total];
  }

  /** Whether the same module was called around this call: its cost is in that call's total. @param {import("./format.js").Call} call */
  isInsideItself({ module, parent }) {
    for (let above = parent; above !== null; above = this.tape.calls[above].parent)
      if (this.tape.calls[above].module === module) return true;
    return false;
  }

  leavesFirst() {
    const order = this.tape.modules.filter((module) => module.parent === null);
    for (const module of order) order.push(...module.children.map((child) => this.tape.modules[child]));
    return order.reverse();
  }
}

/** @param {import("./format.js").Op} op */
const inBackward = ({ phase }) => phase === "backward" || phase === "recompute";
