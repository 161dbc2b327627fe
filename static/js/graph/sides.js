/**
 * What faces a thing has in a view of the sides, and where they stand: mirrored, one alone, or one below the other.
 *
 * In an overlay the backward face is a strip that hangs below the forward one, and an addition's is a ring around it.
 */

import { DETAIL, TITLE, monoWidth } from "./measure.js";

/** @typedef {import("./types.js").SceneUnit} SceneUnit */
/** @typedef {import("./types.js").Face} Face */
/** @typedef {import("./types.js").Side} Side */
/** @typedef {import("./view.js").Sides} Sides */

const STRIP = 21;
const RING = 12;
const DOT = 13;
/** How far a strip reaches up behind the face above it. */
const BEHIND = { box: 8, circle: 0, dot: 0, group: 8, pill: 18, buffer: 18, tag: 12 };

/** @template {SceneUnit} T @param {T} unit @param {Sides} sides @returns {T} */
export function sided(unit, sides) {
  if (sides === "forward") return { ...unit, backward: null, saved: "" };
  if (sides === "backward") return { ...unit, forward: null, backward: unit.backward && alone(unit, unit.backward) };
  return sides === "overlay" ? stacked(unit) : unit;
}

/** Alone, a group says its type, too. @param {SceneUnit} unit @param {Face} face @returns {Face} */
function alone({ kind, forward }, face) {
  if (kind !== "group" || !forward) return face;
  return { ...face, detail: forward.detail, width: Math.max(face.width, forward.width) };
}

/** @template {SceneUnit} T @param {T} unit @returns {T} */
function stacked(unit) {
  const { forward, backward } = unit;
  if (isRound(unit)) return { ...unit, stacked: true, backward: forward && backward && ringOf(backward) };
  if (!forward || !backward || unit.open) return { ...unit, backward: null, stacked: true };
  const wanted = Math.max(monoWidth(backward.title, DETAIL + 0.5), monoWidth(backward.detail, DETAIL)) + 30;
  const width = Math.round(Math.max(forward.width, Math.min(240, wanted + inset(unit) * 2)));
  return {
    ...unit,
    stacked: true,
    forward: { ...forward, width },
    backward: { ...backward, width: width - inset(unit) * 2, height: STRIP },
  };
}

/** @param {SceneUnit} unit */
const inset = ({ kind, shape }) => (kind === "group" ? 12 : shape === "pill" || shape === "buffer" ? 12 : 6);

/** The ring around a small circle. @param {Face} circle @returns {Face} */
export const ringOf = (circle) => ({ ...circle, width: circle.width + RING, height: circle.height + RING });

/** Whether both faces of an overlay have the same middle. @param {{shape: SceneUnit["shape"]}} unit */
export const isRound = ({ shape }) => shape === "circle" || shape === "dot";

/** The faces of a dot. @param {SceneUnit} unit @returns {SceneUnit} */
export function dotted(unit) {
  const small = (/** @type {Face | null} */ face) => face && { ...face, width: DOT, height: DOT };
  return { ...unit, forward: small(unit.forward), backward: small(unit.backward), saved: "", retains: false };
}

/** The room that a unit takes. @param {SceneUnit} unit @returns {{width: number, height: number}} */
export function roomOf({ forward, backward, stacked: over, shape }) {
  const sum = over && !isRound({ shape });
  const [above, below] = [forward?.height ?? 0, backward?.height ?? 0];
  return {
    width: Math.max(forward?.width ?? 0, backward?.width ?? 0),
    height: sum ? above + below : Math.max(above, below),
  };
}

/** Where one face stands, from the middle of its unit's room. @param {SceneUnit} unit @param {Side} side @param {Face} face @returns {{top: number, height: number}} */
export function placeFace(unit, side, { height }) {
  if (!unit.stacked || isRound(unit)) return { top: -height / 2, height };
  const whole = roomOf(unit).height;
  if (side === "forward") return { top: -whole / 2, height };
  const behind = BEHIND[unit.shape];
  return { top: whole / 2 - height - behind, height: height + behind };
}

/** How much of a strip is behind the face above it. @param {SceneUnit} unit */
export const behindOf = (unit) => (unit.stacked ? BEHIND[unit.shape] : 0);

/** The y of a wire's end at a unit, from the middle of its room. @param {SceneUnit} unit @param {Side} side @param {1 | -1} edge */
export function edgeOf(unit, side, edge) {
  const face = side === "forward" ? unit.forward : unit.backward;
  return (edge * (unit.stacked ? roomOf(unit).height : (face?.height ?? 0))) / 2;
}

/** The text of a strip has to fit: its size. */
export const STRIP_SIZE = Math.min(DETAIL + 0.5, TITLE);
