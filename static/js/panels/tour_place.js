/** Where a card stands beside what it is about: on a side where there is room, always on the screen. */

/** @typedef {{width: number, height: number}} Size */
/** @typedef {{x: number, y: number, width: number, height: number}} Box */

const GAP = 14;
const EDGE = 8;

/** @param {Box | null} anchor nothing: the middle @param {Size} card @param {Size} screen @returns {{left: number, top: number}} */
export function besides(anchor, card, screen) {
  const [most, deepest] = [screen.width - card.width - EDGE, screen.height - card.height - EDGE];
  const fit = (/** @type {number} */ left, /** @type {number} */ top) => ({
    left: Math.round(Math.max(EDGE, Math.min(most, left))),
    top: Math.round(Math.max(EDGE, Math.min(deepest, top))),
  });
  if (!anchor) return fit((screen.width - card.width) / 2, (screen.height - card.height) / 2);
  const [right, below] = [anchor.x + anchor.width + GAP, anchor.y + anchor.height + GAP];
  const middle = anchor.x + (anchor.width - card.width) / 2;
  if (anchor.y - GAP - card.height >= EDGE && anchor.height < screen.height / 2)
    return fit(middle, anchor.y - GAP - card.height);
  if (below <= deepest && anchor.height < screen.height / 2) return fit(middle, below);
  if (right <= most) return fit(right, anchor.y + GAP);
  if (anchor.x - GAP - card.width >= EDGE) return fit(anchor.x - GAP - card.width, anchor.y + GAP);
  // What fills the screen has it inside, at its lower border, where the least is hidden.
  return fit(middle, anchor.y + anchor.height - card.height - GAP);
}
