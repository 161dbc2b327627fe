/** Room for the values on the wires: none lies over another or over a box; the less telling is cut short or left out. */

import { fitMono, monoWidth } from "./measure.js";

/** @typedef {import("./types.js").Box} Box */
/** @typedef {import("./chips.js").Chip} Chip */
/** @typedef {Chip & {width: number}} PlacedChip */

const HEIGHT = 18;
const APART = 3;
const SHORT = 52;
/** Where a chip may go, in about half its width to the right. What is hidden has to be said, if need be beside another chip. */
const BESIDE = [0, 1, -1];
const AROUND = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5];
const CELL = 96;
const RANKS = /** @type {Record<string, number>} */ ({ gradient: 0, value: 1, part: 2, past: 3 });

/** Pixels on the screen that the text of a chip should have, and how much larger than drawn a chip may be: its row has no more room. */
const LEGIBLE = 8.6;
const LARGEST = 1.8;

/** How much larger chips are drawn at a scale of the whole, in steps. @param {number} k */
export const chipScaleAt = (k) => Math.round(10 * Math.min(LARGEST, Math.max(1, LEGIBLE / (11 * k)))) / 10;

/** @param {string} text */
export function chipWidth(text) {
  return monoWidth(text, 11) + 18;
}

/**
 * Where each chip goes: on its wire, else to one side of it, else shortened, else nowhere.
 * @param {readonly Chip[]} chips @param {readonly Box[]} boxes what is in the way @param {number} [scale] of the chips @returns {PlacedChip[]}
 */
export function settleChips(chips, boxes, scale = 1) {
  /** @type {Map<number, Box[]>} what is in the way, by stripes */
  const stripes = new Map();
  /** @param {Box} box */
  const block = (box) => {
    for (let i = Math.floor(box.y / CELL); i <= Math.floor((box.y + box.height) / CELL); i += 1) {
      const stripe = stripes.get(i);
      if (stripe) stripe.push(box);
      else stripes.set(i, [box]);
    }
  };
  for (const box of boxes) block(box);
  /** @param {Box} box */
  const free = (box) =>
    [Math.floor(box.y / CELL), Math.floor((box.y + box.height) / CELL)].every((i) =>
      (stripes.get(i) ?? []).every(
        (other) =>
          box.x >= other.x + other.width + APART ||
          other.x >= box.x + box.width + APART ||
          box.y >= other.y + other.height ||
          other.y >= box.y + box.height,
      ),
    );
  /** @type {PlacedChip[]} */
  const placed = [];
  const height = HEIGHT * scale;
  for (const chip of [...chips].sort((a, b) => (RANKS[a.kind] ?? 4) - (RANKS[b.kind] ?? 4))) {
    const texts = chipWidth(chip.text) > SHORT + 8 ? [chip.text, fitMono(chip.text, SHORT - 18, 11)] : [chip.text];
    const found = texts
      .flatMap((text) => {
        const width = chipWidth(text) * scale;
        if (chip.lean) return [{ text, width, x: chip.x + chip.lean * (width / 2 + 4) }];
        return (chip.kind === "past" ? AROUND : BESIDE).map((way) => ({
          text,
          width,
          x: chip.x + way * (width / 2 - 9 * scale),
        }));
      })
      .find(({ x, width }) => free({ x: x - width / 2, y: chip.y - height / 2, width, height }));
    if (!found) continue;
    placed.push({ ...chip, ...found, width: found.width / scale });
    block({ x: found.x - found.width / 2, y: chip.y - height / 2, width: found.width, height });
  }
  return placed;
}
