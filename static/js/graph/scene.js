/**
 * The scene: a tree of levels, for one set of open groups.
 *
 * A level holds what stands side by side inside one group: its own units and its child groups, open or closed, in the
 * order they first ran. A connection shows at the level where the ways to its two ends part; inside every open group
 * on the way it runs to a port on the border, one port for each value.
 */

import { count, t } from "../language/index.js";
import { barred, nodeDetail, nodeTitle, opDetail, opTitle, shorten, tensorName, typeName } from "../tape/words.js";
import { bundleWires } from "./bundles.js";
import { isRecomputed } from "./drawn.js";
import { callName, foldGroup } from "./fold_faces.js";
import { TITLE, face, fitMono, rowWidth } from "./measure.js";
import { placeHooks } from "./hooks.js";
import { groupName, groupOf, isGroup } from "./nesting.js";
import { loopsAtFirst } from "./openings.js";
import { dotted, ringOf, sided } from "./sides.js";
import { PLAIN } from "./view.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").SceneUnit} SceneUnit */
/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./types.js").Scene} Scene */
/** @typedef {import("./types.js").Connection} Connection */

const SMALL = 60;
/** No name of a module is wider: the inspector has all of it. */
const LONGEST = 360;
const SYMBOLS = /** @type {Record<string, string>} */ ({ add: "+", mul: "×", sub: "−" });

/** @param {Tape} tape @param {Facts} facts @param {ReadonlySet<number>} open ids of open calls @param {import("./view.js").View} [view] @returns {Scene} */
export function buildScene(tape, facts, open, view = PLAIN) {
  return new Builder(tape, facts, open, view).build();
}

/** The groups that are open at first: the program's own modules, and more of a small program. @param {Tape} tape @param {Facts} facts */
export function openAtFirst(tape, facts) {
  const small = facts.root.ops + facts.root.nodes < SMALL;
  const open = new Set(loopsAtFirst(facts).map(({ id }) => id));
  const outermost = (facts.children.get(null) ?? []).filter((id) => !facts.folds.has(id));
  if (
    outermost.length <= (small ? 3 : 1) ||
    new Set(outermost.map((id) => tape.calls[id].module)).size === outermost.length
  ) {
    for (const id of outermost.slice(0, 3)) open.add(id);
  }
  if (!small) return open;
  for (const [parent, children] of facts.children) {
    if (parent === null || !open.has(parent)) continue;
    for (const id of children) {
      if (facts.folds.has(id)) {
        if (facts.folds.get(id)?.kind === "turn") open.add(id);
        continue;
      }
      const type = tape.modules[tape.calls[id].module].type;
      if ((facts.children.get(id)?.length ?? 0) > 0 || !type.startsWith("torch.nn.")) open.add(id);
    }
  }
  return open;
}

class Builder {
  /** @param {Tape} tape @param {Facts} facts @param {ReadonlySet<number>} open @param {import("./view.js").View} view */
  constructor(tape, facts, open, view) {
    this.tape = tape;
    this.facts = facts;
    this.open = open;
    this.view = view;
    /** @type {Map<string, Level>} */
    this.levels = new Map();
    /** @type {Map<string, number>} a unit's index in its level */
    this.indices = new Map();
    /** @type {Map<string, import("./types.js").Wire>} */
    this.wires = new Map();
    /** @type {Map<string, number>} */
    this.ports = new Map();
    /** @type {Map<number | null, string[]>} the way to what stands for a call's contents */
    this.ways = new Map();
    this.size = 0;
    this.plain = facts.root.ops <= 24;
    /** In forward mode the values on the wires have their tangents beside them, and need more room. */
    this.least = tape.header.wrt?.length ? 164 : 116;
    this.retained = new Set(tape.events.flatMap((event) => (event.kind === "retain" ? [event.tensor] : [])));
    /** Where backward passes begin: these results have a seed on the other side. */
    this.roots = new Set(tape.events.flatMap((event) => (event.kind === "backward_start" ? event.tensors : [])));
    /** @type {Map<string, SceneUnit>} */
    this.byId = new Map();
  }

  /** @returns {Scene} */
  build() {
    const root = this.level(null, 0);
    for (const connection of this.facts.connections) this.wire(connection);
    for (const level of this.levels.values()) bundleWires(level);
    if (!this.view.hidden.includes("hooks")) placeHooks(this.tape, this.facts, (id) => this.visible(id));
    this.shapeOps(root);
    return {
      root,
      room: this.size <= 8 ? "wide" : this.size <= 18 ? "middle" : "tight",
      size: this.size,
      counts: this.facts.root,
      sides: this.view.sides,
      savedWires: this.view.sides === "both" && !this.view.hidden.includes("saved"),
    };
  }

  /** @param {number | null} call @param {number} depth @returns {Level} */
  level(call, depth) {
    const id = call === null ? "root" : groupName(this.facts, call);
    const groups = (this.facts.children.get(call) ?? []).map((child) => this.group(child, depth + 1));
    const own = (this.facts.byCall.get(call) ?? []).map((unit) => this.unit(unit, depth + 1));
    const units = [...own, ...groups].map((unit) => sided(unit, this.view.sides)).sort((a, b) => a.order - b.order);
    const fold = this.facts.folds.get(call ?? -1);
    const inTime = fold?.kind === "loop" || fold?.kind === "rest";
    const level = { id, units, wires: [], entries: [], exits: [], inTime };
    units.forEach((unit, index) => {
      this.indices.set(unit.id, index);
      this.byId.set(unit.id, unit);
    });
    this.size += units.length;
    this.levels.set(id, level);
    this.alignGroups(units, inTime ? 116 : 190);
    return level;
  }

  /** Closed groups of one level are as wide as the widest, so that they stand as a column; stacks are as wide as they must be. @param {SceneUnit[]} units @param {number} least */
  alignGroups(units, least) {
    const closed = units.filter(
      (unit) => unit.kind === "group" && !unit.open && (!unit.fold || unit.fold.kind === "turn"),
    );
    const width = Math.max(
      least,
      ...closed.map((unit) => Math.max(unit.forward?.width ?? 0, unit.backward?.width ?? 0)),
    );
    for (const unit of closed) for (const side of [unit.forward, unit.backward]) if (side) side.width = width;
  }

  /** @param {number} call @param {number} depth @returns {SceneUnit} */
  group(call, depth) {
    const { tape, facts } = this;
    const fold = facts.folds.get(call);
    if (fold) return this.fold(fold, depth);
    const counts = facts.counts.get(call) ?? { ops: 0, nodes: 0, parameters: 0, saved: 0 };
    const module = tape.modules[tape.calls[call].module];
    const open = this.open.has(call);
    const name = fitMono(callName(tape, call), LONGEST, TITLE);
    const type = fitMono(typeName(module.type), LONGEST, TITLE);
    const ops = count("{n} op", "{n} ops", counts.ops);
    const height = 32;
    /** @type {SceneUnit} */
    const unit = {
      id: `call:${call}`,
      kind: "group",
      call: tape.calls[call].parent,
      home: facts.parents[call],
      order: this.firstOrder(call),
      op: null,
      node: null,
      tensor: null,
      shape: "group",
      // A call in which a segment was computed again stands on the backward side alone.
      forward: counts.ops
        ? { width: rowWidth(name, type, ops, counts.parameters > 0), height, title: name, detail: type }
        : null,
      backward: counts.nodes
        ? {
            width: rowWidth(name, "", count("{n} node", "{n} nodes", counts.nodes), counts.parameters > 0),
            height,
            title: name,
            detail: "",
          }
        : null,
      open,
      depth,
      level: open ? this.level(call, depth) : null,
      counts,
      hooks: [],
      saved: "",
      retains: false,
      store: false,
      hooked: false,
      again: tape.calls[call].module,
      fold: null,
      stacked: false,
    };
    return unit;
  }

  /** What repeats itself, as a group. @param {import("./types.js").Fold} fold @param {number} depth @returns {SceneUnit} */
  fold(fold, depth) {
    const { facts } = this;
    const open = this.open.has(fold.id);
    return {
      ...foldGroup(this.tape, facts, fold, open),
      order: this.firstOrder(fold.id),
      stacked: false,
      open,
      depth,
      level: open ? this.level(fold.id, depth) : null,
    };
  }

  /** @param {number} call @returns {number} */
  firstOrder(call) {
    const units = this.facts.byCall.get(call) ?? [];
    const first = units.find((unit) => unit.kind === "op") ?? units.find((unit) => unit.kind === "node") ?? units[0];
    const own = first?.order ?? Infinity;
    return Math.min(own, ...(this.facts.children.get(call) ?? []).map((child) => this.firstOrder(child)));
  }

  /** @param {Unit} unit @param {number} depth @returns {SceneUnit} */
  unit(unit, depth) {
    const { tape } = this;
    const retains =
      unit.kind === "op" && unit.op !== null && tape.ops[unit.op].outputs.some((tensor) => this.retained.has(tensor));
    /** @type {SceneUnit} */
    const placed = {
      ...unit,
      ...this.faces(unit, retains),
      open: false,
      depth,
      level: null,
      counts: null,
      hooks: [],
      saved: this.savedNames(unit),
      retains,
      store: unit.node !== null && tape.nodes[unit.node].variable !== null,
      hooked: unit.kind === "op" && unit.op !== null && tape.ops[unit.op].hook !== null,
      again: null,
      fold: null,
      stacked: false,
    };
    return unit.shape === "dot" ? dotted(placed) : placed;
  }

  /** @param {Unit} unit @param {boolean} retains */
  faces(unit, retains) {
    const { tape } = this;
    const node = unit.node;
    if (unit.kind === "op" && unit.op !== null) {
      const height = retains ? 64 : 48;
      return {
        forward: face(opTitle(tape, unit.op), opDetail(tape, unit.op, 26), { least: this.least, height }),
        backward:
          node === null
            ? null
            : face(nodeTitle(tape, node), nodeDetail(tape, node, 26), { least: 132, height: 48, pad: 36 }),
      };
    }
    if (unit.kind === "node" && node !== null) {
      return { forward: null, backward: face(nodeTitle(tape, node), "", { least: 116, height: 34, pad: 36 }) };
    }
    const name = unit.tensor === null ? "" : this.leafName(unit.tensor);
    if (unit.kind === "output") {
      return {
        forward: isRecomputed(tape, unit.tensor) ? null : face(name, "= 0.123456", { least: 104, height: 50 }),
        backward: this.roots.has(unit.tensor ?? -1) ? face(barred(name), "seed = 1", { least: 104, height: 50 }) : null,
      };
    }
    return {
      forward: face(name, "= 1.2345", { least: 104, height: unit.shape === "tag" ? 50 : 44, pad: 36 }),
      backward:
        node === null
          ? null
          : tape.nodes[node].variable === null
            ? face(nodeTitle(tape, node), "", { least: 116, height: 40, pad: 36 })
            : face("AccumulateGrad", `${name}.grad = 123`, { least: 132, height: 50, pad: 22 }),
    };
  }

  /** A parameter inside its module needs no path. @param {number} id */
  leafName(id) {
    const name = tensorName(this.tape, id);
    return this.tape.tensors[id].role === "parameter" || this.tape.tensors[id].role === "buffer"
      ? name.split(".").slice(-1)[0]
      : name;
  }

  /** `saved a, b`: what the node kept, by the program's name or by slot. @param {Unit} unit */
  savedNames(unit) {
    if (unit.node === null || unit.kind !== "op") return "";
    const inputs = unit.op === null ? [] : this.tape.ops[unit.op].inputs.map((input) => input.tensor);
    const rank = (/** @type {number | null} */ tensor) =>
      tensor === null || !inputs.includes(tensor) ? inputs.length : inputs.indexOf(tensor);
    const saved = [...this.tape.nodes[unit.node].saved].sort((a, b) => rank(a.tensor) - rank(b.tensor));
    const names = saved.map(({ slot, tensor }) =>
      shorten(tensor !== null && this.tape.tensors[tensor].name ? this.leafName(tensor) : slot, 12),
    );
    return names.join().length > 16
      ? t("saved {names}", { names: `${names[0]} +${names.length - 1}` })
      : names.length > 3
        ? t("saved {names}", { names: `${names.slice(0, 2).join(", ")} +${names.length - 2}` })
        : names.length
          ? t("saved {names}", { names: names.join(", ") })
          : "";
  }

  /** In a large model an addition of two running values is a small circle. @param {Level} level */
  shapeOps(level) {
    /** @type {number[][]} */
    const sources = level.units.map(() => []);
    for (const { from, to, forward } of level.wires) if (forward && to >= 0) sources[to].push(from);
    for (const [index, unit] of level.units.entries()) {
      if (unit.level) this.shapeOps(unit.level);
      if (this.plain || unit.kind !== "op" || unit.shape === "dot" || unit.op === null || !unit.forward || unit.retains)
        continue;
      const symbol = SYMBOLS[this.tape.ops[unit.op].label];
      const from = sources[index];
      if (!symbol || from.length !== 2 || from.some((i) => i >= 0 && level.units[i].kind === "leaf")) continue;
      unit.shape = "circle";
      unit.forward = { width: 26, height: 26, title: symbol, detail: "" };
      if (unit.backward) unit.backward = unit.stacked ? ringOf(unit.forward) : { ...unit.forward };
    }
  }

  /** The ids from the root down to what shows a unit. @param {string} id @returns {string[]} */
  way(id) {
    const unit = this.facts.units.get(id);
    if (!unit) return [];
    const way = this.callWay(unit.home);
    return this.isClosed(way.at(-1)) ? way : [...way, id];
  }

  /** @param {number | null} call @returns {string[]} */
  callWay(call) {
    if (call === null) return [];
    const known = this.ways.get(call);
    if (known) return known;
    const above = this.callWay(this.facts.parents[call]);
    const way = this.isClosed(above.at(-1)) ? above : [...above, groupName(this.facts, call)];
    this.ways.set(call, way);
    return way;
  }

  /** @param {string | undefined} group */
  isClosed(group) {
    return group !== undefined && !this.open.has(groupOf(this.facts, group));
  }

  /** What shows a unit or a call now. @param {string} id @returns {SceneUnit | null} */
  visible(id) {
    const way = isGroup(id) ? this.callWay(groupOf(this.facts, id)) : this.way(id);
    return this.byId.get(way.at(-1) ?? "") ?? null;
  }

  /** @param {Connection} connection */
  wire(connection) {
    const from = this.way(connection.from);
    const to = this.way(connection.to);
    let split = 0;
    while (split < from.length && from[split] === to[split]) split += 1;
    if (split >= from.length || split >= to.length) return;
    for (let i = split + 1; i < from.length; i += 1)
      this.lay(connection, from[i - 1], from[i], null, i + 1 < from.length ? from[i] : null, null);
    for (let i = split + 1; i < to.length; i += 1)
      this.lay(connection, to[i - 1], null, to[i], null, i + 1 < to.length ? to[i] : null);
    this.lay(
      connection,
      split ? from[split - 1] : "root",
      from[split],
      to[split],
      from.length > split + 1 ? from[split] : null,
      to.length > split + 1 ? to[split] : null,
    );
  }

  /**
   * One stretch of a connection at one level; a missing end is the level's border.
   * @param {Connection} connection @param {string} levelId @param {string | null} from @param {string | null} to
   * @param {string | null} leaves the open group that it comes out of @param {string | null} enters the open group that it goes into
   */
  lay(connection, levelId, from, to, leaves, enters) {
    const level = this.levels.get(levelId);
    if (!level) return;
    const { key, tensor, links, past = [] } = connection;
    const start = from === null ? -1 - this.port(level, "entries", key) : (this.indices.get(from) ?? 0);
    const end = to === null ? -1 - this.port(level, "exits", key) : (this.indices.get(to) ?? 0);
    const id = `${levelId}|${start}|${end}|${key}`;
    let wire = this.wires.get(id);
    if (!wire) {
      const exit = leaves === null ? null : this.port(this.levels.get(leaves), "exits", key);
      const entry = enters === null ? null : this.port(this.levels.get(enters), "entries", key);
      wire = { key, tensor, from: start, to: end, forward: false, links: [], also: [], exit, entry, past };
      this.wires.set(id, wire);
      level.wires.push(wire);
    }
    wire.forward ||= connection.forward;
    wire.links.push(...links);
  }

  /** @param {Level | undefined} level @param {"entries" | "exits"} border @param {string} key */
  port(level, border, key) {
    if (!level) return 0;
    const id = `${level.id}|${border}|${key}`;
    let index = this.ports.get(id);
    if (index === undefined) {
      index = level[border].length;
      this.ports.set(id, index);
      level[border].push({ key });
    }
    return index;
  }
}
