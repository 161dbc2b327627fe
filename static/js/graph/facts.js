/**
 * What of a tape is drawn, whichever groups are open: units and the connections between them.
 *
 * A *unit* has a face on both sides: an op and its `grad_fn`, a leaf and its `AccumulateGrad`, a result and its seed. An
 * op that made several nodes gives one unit more for each of the others, with a face on the backward side only; a
 * forward wire whose gradient comes back through such a node passes its place, so the two sides stay mirror images.
 */

import { countUnits } from "./counts.js";
import { isDrawn, isRecomputed } from "./drawn.js";
import { foldUp } from "./folds.js";
import { depthsOf, mainNode, wayBack } from "./op_nodes.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").Connection} Connection */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Link} Link */

/** @type {WeakMap<Tape, Facts>} */
const known = new WeakMap();

/** Read once of each tape. @param {Tape} tape @returns {Facts} */
export function readFacts(tape) {
  let facts = known.get(tape);
  if (!facts) known.set(tape, (facts = new Reader(tape).read()));
  return facts;
}

/** Roles of leaves that are always shown; a constant is where a module of the program is given it. */
const SHOWN = new Set(["buffer", "input", "activation"]);

class Reader {
  /** @param {Tape} tape */
  constructor(tape) {
    this.tape = tape;
    /** @type {Map<string, Unit>} */
    this.units = new Map();
    /** @type {Map<string, Connection>} */
    this.connections = new Map();
    /** @type {Map<number, string>} */
    this.unitOfOp = new Map();
    /** @type {Map<number, string[]>} */
    this.unitsOfNode = new Map();
    /** @type {Map<number, string[]>} */
    this.unitsOfTensor = new Map();
    /** @type {Map<number, number>} */
    this.stepOfOp = new Map();
    /** @type {Map<number, number>} the last op that wrote a tensor */
    this.writer = new Map();
    /** @type {Map<number, Set<number>>} the nodes of each drawn op */
    this.nodesOf = new Map();
    /** @type {Map<number, number>} the AccumulateGrad of a leaf */
    this.accumulators = new Map();
    /** @type {Map<string, number>} the tensor whose gradient is (node, input) */
    this.valueAt = new Map();
    /** Nodes that a gradient reached: of those that a backward pass made, only these are shown. */
    this.reached = new Set(tape.events.flatMap((event) => (event.kind === "node_enter" ? [event.node] : [])));
    this.given = new Set(tape.calls.filter((call) => call.parent === null).flatMap((call) => call.inputs));
    /** @type {Map<number, number[]>} the calls (outermost first) that an op ran in */
    this.homes = new Map();
  }

  read() {
    this.indexNodes();
    this.placeLeaves();
    this.tape.events.forEach((event, step) => {
      if (event.kind === "op") this.readOp(event.op, step);
    });
    this.placeStrayNodes();
    this.connectNodes();
    this.placeResults();
    return this.finish();
  }

  indexNodes() {
    for (const node of this.tape.nodes) {
      if (node.variable !== null) this.accumulators.set(node.variable, node.id);
      else if (node.op !== null) {
        const nodes = this.nodesOf.get(node.op);
        if (nodes) nodes.add(node.id);
        else this.nodesOf.set(node.op, new Set([node.id]));
      }
    }
    for (const tensor of this.tape.tensors) {
      if (tensor.node !== null && !this.valueAt.has(`${tensor.node}:${tensor.node_output}`)) {
        this.valueAt.set(`${tensor.node}:${tensor.node_output}`, tensor.id);
      }
    }
  }

  /** Where each leaf that is not a parameter stands: in the innermost call that all its users share. */
  placeLeaves() {
    for (const op of this.tape.ops) {
      if (!isDrawn(this.tape, op)) continue;
      const path = [];
      for (let call = op.call; call !== null; call = this.tape.calls[call].parent) path.unshift(call);
      for (const { tensor } of op.inputs) {
        const home = this.homes.get(tensor);
        if (!home) this.homes.set(tensor, path);
        else {
          let same = 0;
          while (same < home.length && home[same] === path[same]) same += 1;
          if (same < home.length) this.homes.set(tensor, home.slice(0, same));
        }
      }
    }
  }

  /** @param {number} id @param {number} step */
  readOp(id, step) {
    const op = this.tape.ops[id];
    this.stepOfOp.set(id, step);
    if (!isDrawn(this.tape, op)) return;
    const unit = `op:${id}`;
    const nodes = this.nodesOf.get(id) ?? new Set();
    const main = mainNode(this.tape, id, nodes);
    this.add({
      id: unit,
      kind: "op",
      call: op.call,
      order: step,
      op: id,
      node: main,
      tensor: op.outputs[0] ?? op.mutates[0] ?? null,
      shape: "box",
    });
    this.unitOfOp.set(id, unit);
    const depths = depthsOf(this.tape, nodes);
    for (const node of nodes) {
      if (node !== main)
        this.add({
          id: `node:${node}`,
          kind: "node",
          call: op.call,
          order: step - 0.2 - (depths.get(node) ?? 0) / 1e4,
          op: id,
          node,
          tensor: null,
          shape: "box",
        });
    }
    for (const tensor of new Set(op.inputs.map((input) => input.tensor))) this.connectInput(id, tensor, main, nodes);
    for (const tensor of [...op.outputs, ...op.mutates]) if (!this.isKept(tensor, id)) this.writer.set(tensor, id);
  }

  /** A buffer that an op only brings up to date stays in its module: nothing flows on from there. @param {number} tensor @param {number} op */
  isKept(tensor, op) {
    const { role, op: maker } = this.tape.tensors[tensor];
    return role === "buffer" && maker !== op;
  }

  /** @param {number} op @param {number} tensor @param {number | null} main @param {Set<number>} nodes */
  connectInput(op, tensor, main, nodes) {
    const writer = this.writer.get(tensor);
    const from =
      writer === undefined
        ? this.leaf(tensor, this.tape.ops[op].call, this.stepOfOp.get(op) ?? 0, this.leadsTo(nodes, tensor))
        : `op:${writer}`;
    if (from === null) return;
    const key = `t${tensor}:${writer ?? ""}`;
    const way = wayBack(this.tape, this.accumulators.get(tensor), tensor, main, nodes);
    let at = from;
    for (const { unit, link } of way) {
      const same = at === from;
      this.connect(same ? key : link, same ? tensor : null, at, unit, true);
      at = unit;
    }
    const last = way.at(-1);
    this.connect(last ? last.next : key, last ? null : tensor, at, `op:${op}`, true);
  }

  /** Whether one of the nodes sends a gradient to a leaf. @param {ReadonlySet<number>} nodes @param {number} tensor */
  leadsTo(nodes, tensor) {
    const target = this.accumulators.get(tensor);
    return (
      target !== undefined &&
      [...nodes].some((node) => this.tape.nodes[node].next_functions.some((edge) => edge.node === target))
    );
  }

  /**
   * The pill or tag of a tensor that no drawn op made, where one is shown. Its AccumulateGrad stands with it where a node
   * leads to it: a call under `no_grad` has the parameter, and nothing on the backward side.
   * @param {number} id @param {number | null} call @param {number} step @param {boolean} recorded
   */
  leaf(id, call, step, recorded) {
    const tensor = this.tape.tensors[id];
    const gradient = this.accumulators.get(id) ?? null;
    const kept = tensor.requires_grad || gradient !== null || tensor.role === "parameter";
    if (!kept && !SHOWN.has(tensor.role) && !this.given.has(id)) return null;
    const shape = tensor.role === "buffer" ? "buffer" : kept ? "pill" : "tag";
    const own = tensor.role === "parameter" || tensor.role === "buffer";
    const home = own ? call : this.homeOf(id);
    const unit = `leaf:${id}@${home ?? ""}`;
    const node =
      gradient === null
        ? tensor.node !== null && !this.unitsOfNode.has(tensor.node)
          ? tensor.node
          : null
        : recorded
          ? gradient
          : null;
    const known = this.units.get(unit);
    if (!known) this.add({ id: unit, kind: "leaf", call: home, order: step - 0.5, op: null, node, tensor: id, shape });
    else if (known.node === null && node !== null) {
      known.node = node;
      this.note(this.unitsOfNode, node, unit);
    }
    return unit;
  }

  /** What is given to a module as an argument stands outside it. @param {number} id */
  homeOf(id) {
    const path = [...(this.homes.get(id) ?? [])];
    while (path.length && this.tape.calls[path[path.length - 1]].inputs.includes(id)) path.pop();
    return path.at(-1) ?? null;
  }

  /** Nodes whose op has no box stand just before the first that sends them a gradient. */
  placeStrayNodes() {
    /** @type {Map<number, number>} */
    const before = new Map();
    for (const node of this.tape.nodes) {
      const { id, op } = node;
      const inside = op !== null && this.tape.ops[op].parent !== null;
      if (
        node.variable === null &&
        !this.unitsOfNode.has(id) &&
        ((node.order === 1 && !inside) || this.reached.has(id))
      ) {
        const step = op === null ? this.tape.events.length : (this.stepOfOp.get(op) ?? 0);
        const order = Math.min(step, before.get(id) ?? Infinity);
        this.add({
          id: `node:${id}`,
          kind: "node",
          call: op === null ? null : this.tape.ops[op].call,
          order: order - 0.001,
          op,
          node: id,
          tensor: null,
          shape: "box",
        });
      }
      const own = this.units.get(this.unitsOfNode.get(id)?.[0] ?? "");
      if (own)
        for (const edge of node.next_functions)
          if (edge.node !== null) before.set(edge.node, Math.min(before.get(edge.node) ?? Infinity, own.order));
    }
  }

  connectNodes() {
    for (const node of this.tape.nodes) {
      const [unit] = this.unitsOfNode.get(node.id) ?? [];
      if (!unit || node.variable !== null) continue;
      const call = this.units.get(unit)?.call ?? null;
      node.next_functions.forEach((edge, output) => {
        if (edge.node === null) return;
        const to = this.nodeUnit(edge.node, call, this.units.get(unit)?.order ?? 0);
        if (!to) return;
        const link = { source: node.id, output, node: edge.node, input: edge.input };
        const key = this.linkKey(edge.node, edge.input, to, unit);
        this.connect(key.key, key.tensor, to, unit, false, link);
      });
    }
  }

  /** The unit that shows a node, as seen from a call: a shared parameter has one in each. @param {number} id @param {number | null} call @param {number} order */
  nodeUnit(id, call, order) {
    const units = this.unitsOfNode.get(id) ?? [];
    const here = units.find((unit) => this.units.get(unit)?.call === call) ?? units[0];
    const { variable } = this.tape.nodes[id];
    return here ?? (variable === null ? null : this.leaf(variable, call, order, true));
  }

  /** The gradient's wire lies where its value's wire lies, if there is one. @param {number} node @param {number} input @param {string} from @param {string} to */
  linkKey(node, input, from, to) {
    const tensor = this.tape.nodes[node].variable ?? this.valueAt.get(`${node}:${input}`) ?? null;
    const unit = this.units.get(from);
    const key = tensor === null ? "" : `t${tensor}:${unit?.kind === "op" ? unit.op : ""}`;
    if (tensor !== null && this.connections.has(`${from}>${to}>${key}`)) return { key, tensor };
    if (tensor !== null && unit?.kind !== "node" && this.unitsOfNode.get(node)?.includes(from)) return { key, tensor };
    return { key: `n${node}:${input}`, tensor: null };
  }

  placeResults() {
    const seeds = new Map();
    for (const event of this.tape.events) {
      if (event.kind === "backward_start")
        event.tensors.forEach((tensor, i) => seeds.set(tensor, event.roots[i] ?? null));
    }
    for (const tensor of new Set([...seeds.keys(), ...this.unused()])) {
      const writer = this.writer.get(tensor);
      const from = writer === undefined ? this.nodeUnit(seeds.get(tensor)?.node ?? -1, null, 0) : `op:${writer}`;
      if (!from || !this.units.has(from)) continue;
      const id = `out:${tensor}`;
      const seed = seeds.get(tensor);
      this.add({
        id,
        kind: "output",
        call: null,
        order: this.tape.events.length,
        op: null,
        node: null,
        tensor,
        shape: "tag",
      });
      const link =
        seed && seed.node !== null ? { source: null, output: 0, node: seed.node, input: seed.input } : undefined;
      this.connect(`t${tensor}:${writer ?? ""}`, tensor, from, id, !isRecomputed(this.tape, tensor), link);
    }
  }

  /** What the program itself made or got from a module and did not use again, the latest few. */
  unused() {
    const used = new Set(this.tape.ops.flatMap((op) => op.inputs.map((input) => input.tensor)));
    const returned = new Set(this.tape.calls.filter((call) => call.parent === null).flatMap((call) => call.outputs));
    return [...this.writer]
      .filter(
        ([tensor, op]) =>
          !used.has(tensor) &&
          this.tape.ops[op].error === null &&
          (returned.has(tensor) || this.tape.ops[op].call === null),
      )
      .map(([tensor]) => tensor)
      .slice(-4);
  }

  /** @param {Omit<Unit, "home">} placed */
  add(placed) {
    if (this.units.has(placed.id)) return;
    const unit = /** @type {Unit} */ (placed);
    unit.home = unit.call;
    this.units.set(unit.id, unit);
    this.note(this.unitsOfNode, unit.node, unit.id);
    this.note(this.unitsOfTensor, unit.tensor, unit.id);
  }

  /** @param {Map<number, string[]>} map @param {number | null} id @param {string} unit */
  note(map, id, unit) {
    if (id === null) return;
    const list = map.get(id);
    if (list) list.push(unit);
    else map.set(id, [unit]);
  }

  /** @param {string} key @param {number | null} tensor @param {string} from @param {string} to @param {boolean} forward @param {Link} [link] */
  connect(key, tensor, from, to, forward, link) {
    const id = `${from}>${to}>${key}`;
    let connection = this.connections.get(id);
    if (!connection) this.connections.set(id, (connection = { key, tensor, from, to, forward: false, links: [] }));
    connection.forward ||= forward;
    if (link) connection.links.push(link);
  }

  /** @returns {Facts} */
  finish() {
    const connections = [...this.connections.values()];
    const nesting = foldUp(this.tape, this.units, connections);
    return {
      units: this.units,
      connections,
      parents: nesting.parents,
      folds: nesting.folds,
      foldOf: nesting.foldOf,
      ...countUnits(this.tape, this.units, nesting),
      unitsOfNode: this.unitsOfNode,
      unitsOfTensor: this.unitsOfTensor,
      unitOfOp: this.unitOfOp,
      stepOfOp: this.stepOfOp,
    };
  }
}
