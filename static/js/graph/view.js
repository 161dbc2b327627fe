/** What of a graph is shown, as plain data: how its two sides stand, which kinds are hidden, and how near to what. */

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {(typeof SIDES)[number]} Sides */
/** @typedef {(typeof KINDS)[number]} Kind */
/** @typedef {{thing: string, hops: number}} Near */
/** @typedef {{sides: Sides, hidden: readonly Kind[], near: Near | null}} View */

/** `both`: mirrored and aligned; `overlay`: the forward graph, with gradients on the same wires. */
export const SIDES = /** @type {const} */ (["both", "forward", "backward", "overlay"]);

/** `functional`: ops outside every leaf module. */
export const KINDS = /** @type {const} */ (["functional", "parameters", "buffers", "inputs", "hooks", "saved"]);

export const MOST_HOPS = 9;

/** @type {View} */
export const PLAIN = Object.freeze({ sides: "both", hidden: Object.freeze([]), near: null });

/** @param {View} a @param {View} b */
export const sameView = (a, b) => writeView(a) === writeView(b);

/** With the next of the ways in which the sides stand. @param {View} view @returns {View} */
export const otherSides = (view) => ({ ...view, sides: SIDES[(SIDES.indexOf(view.sides) + 1) % SIDES.length] });

/** @param {View} view @param {Kind} kind @returns {View} */
export function toggled(view, kind) {
  const hidden = KINDS.filter((each) => (each === kind) !== view.hidden.includes(each));
  return { ...view, hidden };
}

/** One hop more or less around a thing; with none left everything is shown again. @param {View} view @param {string | null} thing @param {1 | -1} by @returns {View} */
export function nearer(view, thing, by) {
  const { near } = view;
  const other = by > 0 && thing !== null && thing !== near?.thing;
  const hops = other ? 1 : Math.min(MOST_HOPS, (near?.hops ?? 0) + by);
  const around = other ? thing : (near?.thing ?? null);
  return { ...view, near: hops < 1 || around === null ? null : { thing: around, hops } };
}

/** A view as it stands in an address: `overlay`, `both-buffers-hooks`, `both~op:3~2`; a plain one is nothing. @param {View} view */
export function writeView({ sides, hidden, near }) {
  const parts = [[sides, ...hidden].join("-"), ...(near ? [near.thing, String(near.hops)] : [])];
  return parts.length === 1 && parts[0] === "both" ? "" : parts.join("~");
}

/** What cannot be read is as plain as can be. @param {string} text @returns {View} */
export function readView(text) {
  const [shown, thing, hops] = text.split("~");
  const [sides, ...hidden] = shown.split("-");
  const near = /^\w+:\d+$/.test(thing ?? "") && /^[1-9]$/.test(hops ?? "") ? { thing, hops: Number(hops) } : null;
  return {
    sides: SIDES.find((each) => each === sides) ?? "both",
    hidden: KINDS.filter((kind) => hidden.includes(kind)),
    near,
  };
}

/** Which of the kinds that can be hidden a unit is; a result is none. @param {Tape} tape @param {Unit} unit @returns {Kind | null} */
export function kindOf(tape, { kind, shape, call }) {
  if (kind === "op" || kind === "node") {
    const module = call === null ? null : tape.modules[tape.calls[call].module];
    return module === null || module.children.length ? "functional" : null;
  }
  if (kind !== "leaf") return null;
  return shape === "buffer" ? "buffers" : shape === "tag" ? "inputs" : "parameters";
}

/** Whether a unit has a face in a view of the sides; what stands on the backward side alone has none where only forward is drawn. @param {Unit} unit @param {Sides} sides @param {(unit: Unit) => boolean} recomputed */
export function hasFace(unit, sides, recomputed) {
  if (sides === "both") return true;
  if (sides === "backward") return unit.node !== null || unit.kind === "output";
  return unit.kind !== "node" && !recomputed(unit);
}
