/**
 * The layout of a scene: every level once, from the inside out, then everything put in its place on both sides.
 *
 * Theory. *The tape already is a topological order.* Children of a level stand in rows in the order in which they first ran,
 * side by side where neither needs the other (layers.js). Rows are shared by both sides, so the backward side is the
 * mirror image of the forward one and what belongs together stands on one line. A wire to the next row is a smooth
 * curve; one that passes a row takes a free column or a lane outside (lanes.js). A value enters an open group at a
 * port on its border, and the group stands so that the port continues the wire. Levels that are alike are laid out
 * once. Nothing here reads a clock, draws a random number or touches a document.
 */

import { beside } from "./beside.js";
import { layLevel } from "./level.js";
import { linePath, reversed, simple } from "./paths.js";
import { chipWidth } from "./settle.js";
import { behindOf, edgeOf, isRound, placeFace, roomOf } from "./sides.js";
import { bent } from "./timeline.js";

/** @typedef {import("./types.js").Scene} Scene */
/** @typedef {import("./types.js").Level} Level */
/** @typedef {import("./types.js").SceneUnit} SceneUnit */
/** @typedef {import("./types.js").Layout} Layout */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Route} Route */
/** @typedef {import("./types.js").Side} Side */
/** @typedef {import("./level.js").LevelLayout} LevelLayout */
/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./paths.js").Point} Point */

const HEADER = 40;
export const GROUP_HEADER = 34;
const FLOOR = 18;
/** The least that a panel is wide, and the whole of one that has nothing in it. */
const BARE = 280;
/** How far each of two wires on one way is from its middle. */
const APART = 3.5;

/** @param {Scene} scene @returns {Layout} */
export function layOut(scene) {
  const levels = new Levels(scene.room);
  const root = levels.of(scene.root, HEADER + 4);
  const width = Math.max(root.width, BARE);
  const gap = gutter(scene);
  const height = root.height + FLOOR - 12;
  const placer = new Placer(levels, scene.sides === "overlay");
  const inset = (width - root.width) / 2;
  if (scene.sides !== "both") return alone(scene, placer, root, width, height);
  const forward = placer.place(scene.root, root, "forward", inset, 0, null);
  const backward = placer.place(scene.root, root, "backward", width + gap + inset, 0, null);
  const other = backward.items.length ? width : BARE;
  return {
    sides: "both",
    items: placer.items,
    panels: { forward: { x: 0, y: 0, width, height }, backward: { x: width + gap, y: 0, width: other, height } },
    roots: { forward: forward.items, backward: backward.items },
    wires: { forward: forward.wires, backward: backward.wires },
    saved: scene.savedWires ? savedWires(placer.items, width + gap / 2, scene.room === "tight") : [],
    width: width + gap + other,
    height,
  };
}

/** One panel: of one side, or of both on the same places. @param {Scene} scene @param {Placer} placer @param {LevelLayout} root @param {number} width @param {number} height @returns {Layout} */
function alone(scene, placer, root, width, height) {
  const left = (width - root.width) / 2;
  const side = scene.sides === "backward" ? "backward" : "forward";
  const { items, wires } = placer.place(scene.root, root, side, left, 0, null);
  const panel = { x: 0, y: 0, width, height };
  return {
    sides: scene.sides,
    items: placer.items,
    panels: { forward: panel, backward: panel },
    roots: { forward: [], backward: [], [side]: items },
    wires: { forward: [], backward: [], [side]: wires },
    saved: [],
    width,
    height,
  };
}

/** The room between the panels: the names of what was saved stand there. @param {Scene} scene */
function gutter(scene) {
  if (scene.room === "tight" || !scene.savedWires) return 56;
  let widest = 0;
  const visit = (/** @type {Level} */ level) =>
    level.units.forEach((unit) => {
      if (unit.saved) widest = Math.max(widest, chipWidth(unit.saved));
      if (unit.level) visit(unit.level);
    });
  visit(scene.root);
  return Math.min(130, Math.max(64, widest + 8));
}

/** Layouts of levels, the same one for levels that are alike. */
class Levels {
  /** @param {import("./types.js").Room} room */
  constructor(room) {
    this.room = room;
    /** @type {Map<Level, LevelLayout>} */
    this.layouts = new Map();
    /** @type {Map<string, LevelLayout>} */
    this.known = new Map();
    /** @type {Map<LevelLayout, number>} */
    this.numbers = new Map();
  }

  /** @param {Level} level @param {number} header @returns {LevelLayout} */
  of(level, header) {
    const inner = level.units.map((unit) => (unit.level ? this.of(unit.level, GROUP_HEADER) : null));
    const signature = this.signature(level, inner, header);
    let layout = this.known.get(signature);
    if (!layout) {
      layout = layLevel(level, inner, { room: this.room, header });
      this.known.set(signature, layout);
      this.numbers.set(layout, this.numbers.size);
    }
    this.layouts.set(level, layout);
    return layout;
  }

  /** All that a level's layout depends on, as text. @param {Level} level @param {(LevelLayout | null)[]} inner @param {number} header */
  signature(level, inner, header) {
    /** @type {Map<string, number>} */
    const keys = new Map();
    const key = (/** @type {string} */ name) => {
      if (!keys.has(name)) keys.set(name, keys.size);
      return keys.get(name);
    };
    const units = level.units.map((unit, i) => {
      const layout = inner[i];
      return `${unit.kind}${unit.shape}${unit.again === null ? "" : key(`module ${unit.again}`)}${unit.forward?.width}x${unit.forward?.height}/${unit.backward?.width}x${unit.backward?.height}${layout ? `#${this.numbers.get(layout)}` : ""}`;
    });
    const wires = level.wires.map((wire) => `${wire.from}>${wire.to}:${key(wire.key)}:${wire.exit}:${wire.entry}`);
    return `${level.inTime}|${header}|${level.entries.length}|${level.exits.length}|${units.join(";")}|${wires.join(";")}`;
  }
}

class Placer {
  /** @param {Levels} levels @param {boolean} stacked whether both sides stand on the same places */
  constructor(levels, stacked) {
    this.levels = levels;
    this.stacked = stacked;
    /** @type {Item[]} */
    this.items = [];
  }

  /**
   * Everything of a level on one side, its left upper corner at (left, top).
   * @param {Level} level @param {LevelLayout} layout @param {Side} side @param {number} left @param {number} top @param {string | null} parent
   * @param {boolean} [aside] whether turns of a loop stand between it and the other side
   */
  place(level, layout, side, left, top, parent, aside = false) {
    const across = (/** @type {number} */ x) => left + (side === "forward" ? x : layout.width - x);
    /** @type {Item[]} */
    const items = [];
    // In an overlay what is drawn later lies over what hangs below it.
    const sides = this.stacked ? /** @type {Side[]} */ (["backward", "forward"]) : [side];
    level.units.forEach((unit, i) => {
      for (const each of sides) {
        const item = this.item(unit, layout.slots[i], each, across(layout.slots[i].x), top, parent);
        if (!item) continue;
        item.aside = aside || (level.inTime && !layout.slots[i].clear);
        this.items.push(item);
        items.push(item);
        const inner = unit.level ? this.levels.layouts.get(unit.level) : undefined;
        if (!unit.level || !inner) continue;
        const left = item.x + (item.width - inner.width) / 2;
        const inside = this.place(unit.level, inner, each, left, item.y, item.id, item.aside);
        item.children = inside.items;
        item.wires = inside.wires;
      }
    });
    return { items, wires: sides.flatMap((each) => this.routes(level, layout, each, across, top)) };
  }

  /**
   * @param {import("./types.js").SceneUnit} unit @param {import("./level.js").Slot} slot @param {Side} side @param {number} x of its middle @param {number} top @param {string | null} parent
   * @returns {Item | null}
   */
  item(unit, slot, side, x, top, parent) {
    const face = side === "forward" ? unit.forward : unit.backward;
    if (!face) return null;
    const width = unit.level ? slot.width : face.width;
    const place = unit.level ? { top: -slot.height / 2, height: slot.height } : placeFace(unit, side, face);
    return {
      id: `${side === "forward" ? "f" : "b"}:${unit.id}`,
      side,
      kind: unit.kind,
      unit,
      face,
      parent,
      shape: unit.kind !== "leaf" || side === "forward" ? unit.shape : unit.store ? "cylinder" : "box",
      x: x - width / 2,
      y: top + slot.y + place.top,
      width,
      height: place.height,
      children: [],
      wires: [],
      clear: slot.clear,
      aside: false,
      room: slot.height,
      strip: unit.stacked && side === "backward" && !isRound(unit) ? behindOf(unit) : null,
    };
  }

  /** @param {Level} level @param {LevelLayout} layout @param {Side} side @param {(x: number) => number} across @param {number} top */
  routes(level, layout, side, across, top) {
    /** @type {Route[]} */
    const routes = [];
    level.wires.forEach((wire, i) => {
      const run = layout.runs[i];
      if (
        !run ||
        (side === "forward"
          ? !wire.forward
          : !wire.links.length || !hasNodes(level, wire.from) || !hasNodes(level, wire.to))
      )
        return;
      const points = simple(
        run.bend
          ? bent(run.bend, boxOf(level, layout, side, wire.from), boxOf(level, layout, side, wire.to), layout.height)
          : way(
              run,
              layout,
              this.end(level, layout, side, wire.from, 1),
              this.end(level, layout, side, wire.to, -1),
              endsBeside(level, layout, side, wire.to),
            ),
      ).map((point) => ({ ...point, x: across(point.x), y: point.y + top }));
      const laid = this.stacked ? beside(points, side === "forward" ? -APART : APART) : points;
      const drawn = side === "forward" ? laid : reversed(laid);
      const last = side === "forward" ? wire.to : wire.from;
      const xs = drawn.map((point) => point.x);
      const ys = drawn.map((point) => point.y);
      const [x, y] = [Math.min(...xs), Math.min(...ys)];
      const from = unitId(level, side === "forward" ? wire.from : wire.to);
      const to = unitId(level, last);
      routes.push({
        id: `${side === "forward" ? "f" : "b"}|${level.id}|${wire.from}|${wire.to}|${wire.key}`,
        side,
        key: wire.key,
        tensor: wire.tensor,
        links: wire.links,
        also: wire.also,
        level: level.id,
        past: wire.past,
        path: linePath(drawn),
        points: drawn,
        start: [drawn[0].x, drawn[0].y],
        end: [drawn[drawn.length - 1].x, drawn[drawn.length - 1].y],
        from,
        to,
        fromOpen: isOpen(level, side === "forward" ? wire.from : wire.to),
        toOpen: isOpen(level, last),
        space: layout.tops[run.fromRow + 1] - layout.bottoms[run.fromRow],
        arrow: last >= 0 && !level.units[last].open && !(side === "forward" && level.units[last].forward === null),
        x,
        y,
        width: Math.max(...xs) - x,
        height: Math.max(...ys) - y,
      });
    });
    return routes;
  }

  /** The y of a wire's end at a unit's face or at the border. @param {Level} level @param {LevelLayout} layout @param {Side} side @param {number} index @param {1 | -1} edge */
  end(level, layout, side, index, edge) {
    if (index < 0) return edge > 0 ? 0 : layout.height;
    const unit = level.units[index];
    const slot = layout.slots[index];
    return slot.y + (unit.level ? (edge * slot.height) / 2 : edgeOf(unit, side, edge));
  }
}

/** @param {Level} level @param {number} index */
function unitId(level, index) {
  return index < 0 ? null : level.units[index].id;
}

/** @param {Level} level @param {number} index */
function hasNodes(level, index) {
  const unit = level.units[index];
  return index < 0 || unit.backward !== null || (unit.stacked && unit.open);
}

/** @param {Level} level @param {number} index */
function isOpen(level, index) {
  return index >= 0 && level.units[index].open;
}

/** A thing with the size of one of its sides, its middle at (x, y). @param {Level} level @param {LevelLayout} layout @param {Side} side @param {number} index */
function boxOf(level, layout, side, index) {
  if (index < 0) return null;
  const unit = level.units[index];
  const slot = layout.slots[index];
  if (unit.level) return slot;
  const face = (side === "forward" ? unit.forward : unit.backward) ?? unit.forward;
  return { x: slot.x, y: slot.y, width: face?.width ?? 0, height: 2 * edgeOf(unit, side, 1) };
}

/** Where a wire that comes from the side ends. @param {Level} level @param {LevelLayout} layout @param {Side} side @param {number} index */
function endsBeside(level, layout, side, index) {
  if (index < 0) return { x: 0, y: 0 };
  const unit = level.units[index];
  const face = side === "forward" ? unit.forward : unit.backward;
  const width = unit.stacked ? roomOf(unit).width : (face?.width ?? 0);
  return { x: layout.slots[index].x + width / 2, y: layout.slots[index].y };
}

/**
 * The corners of a wire from its start down to its end, in the level's own coordinates.
 * @param {Run} run @param {LevelLayout} layout @param {number} startY @param {number} endY @param {{x: number, y: number}} beside
 * @returns {Point[]}
 */
function way(run, layout, startY, endY, beside) {
  const floor = layout.bottoms[run.fromRow];
  const ceiling = layout.tops[run.toRow];
  const start = { x: run.start, y: startY };
  const end = { x: run.end, y: endY };
  if (run.lane === null) {
    const from = run.fromRow === 0 && startY === 0 ? Math.max(floor, Math.min(GROUP_HEADER, ceiling)) : floor;
    const passed = run.via.flatMap((x, i) => {
      const row = run.fromRow + 1 + i;
      return [
        { x, y: layout.tops[row], curve: true },
        { x, y: layout.bottoms[row] },
      ];
    });
    return [
      start,
      { x: run.start, y: Math.max(from, startY) },
      ...passed,
      { x: run.end, y: Math.min(ceiling, endY), curve: true },
      end,
    ];
  }
  if (run.straight) {
    return [
      start,
      { x: run.start, y: floor },
      { x: run.lane, y: layout.tops[run.fromRow + 1], curve: true },
      { x: run.lane, y: layout.bottoms[run.toRow - 1] },
      { x: run.end, y: ceiling, curve: true },
      end,
    ];
  }
  const lane = run.lane;
  const out = lane === run.start ? [start] : [start, { x: run.start, y: run.out }, { x: lane, y: run.out }];
  if (run.bySide) return [...out, { x: lane, y: beside.y }, { x: beside.x, y: beside.y }];
  return lane === run.end ? [...out, end] : [...out, { x: lane, y: run.in }, { x: run.end, y: run.in }, end];
}

/** Dotted wires from an op to its node; one that something stands beside runs under its row. @param {Item[]} items @param {number} middle @param {boolean} dense */
function savedWires(items, middle, dense) {
  const mirrored = new Map(items.filter((item) => item.side === "backward").map((item) => [item.unit.id, item]));
  const wires = [];
  for (const item of items) {
    const other = item.side === "forward" ? mirrored.get(item.unit.id) : undefined;
    const saves = item.unit.saved || (item.kind === "group" && !item.unit.open && (item.unit.counts?.saved ?? 0) > 0);
    if (!other || !saves || item.aside || isRound(item.unit)) continue;
    const y = item.y + item.height / 2;
    const [from, to] = [item.x + item.width, other.x];
    const low = y + item.room / 2 + 6;
    const path = item.clear
      ? `M${from + 2},${y}H${to - 4}`
      : linePath([
          { x: from + 2, y },
          { x: from + 12, y },
          { x: from + 12, y: low },
          { x: to - 14, y: low },
          { x: to - 14, y },
          { x: to - 4, y },
        ]);
    wires.push({
      id: `saved:${item.unit.id}`,
      unit: item.unit.id,
      path,
      label: dense ? "" : item.unit.saved,
      middle,
      level: item.clear ? y : low,
      x: from,
      y: Math.min(y, low) - 10,
      width: to - from,
      height: Math.abs(low - y) + 20,
    });
  }
  return wires;
}
