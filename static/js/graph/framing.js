/** Where the picture is put on the screen, as plain numbers: the first view, and what brings the current thing into view. */

/** @typedef {import("./types.js").Box} Box */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {{k: number, x: number, y: number}} Place */

const PAD = 14;
/** Titles are 13.5 high in the graph: at this scale they are 9 pixels on the screen, and read without effort. */
export const READABLE = 0.66;
/** What is left of it where that shows both panels side by side. */
const LEAST = 0.62;
const MOST = 1.3;
/** What fits only in part is shown a little larger than it must be. */
const AMPLE = 0.74;
export const NARROW = 600;
/** From here on names and values keep their size on the screen, whatever the scale; below it the whole is no view to begin with. */
const NAMED = 0.44;
/** Room for the names of the panels, which stand above them at such a scale. */
const HEAD = 28;

/**
 * The first view: all of it if that can be read, else both panels from the top, else all of it from afar, else the
 * panel that is playing, with its first thing in view.
 * @param {{width: number, height: number, panels: {forward: Box, backward: Box}, roots: {forward: readonly Box[], backward: readonly Box[]}}} layout
 * @param {Size} size @param {"forward" | "backward"} side @returns {Place}
 */
export function firstView(layout, size, side) {
  const room = { width: size.width - 2 * PAD, height: size.height - 2 * PAD };
  const across = room.width / layout.width;
  const whole = Math.min(across, room.height / layout.height, MOST);
  const middle = (/** @type {number} */ k) => (size.width - layout.width * k) / 2;
  const down = (/** @type {number} */ k) => Math.max(PAD, (size.height - layout.height * k) / 2);
  if (whole >= READABLE) return { k: whole, x: middle(whole), y: down(whole) };
  if (across >= LEAST) {
    const k = Math.max(Math.min(across, AMPLE), whole);
    return { k, x: middle(k), y: down(k) };
  }
  const far = Math.min(across, (room.height + PAD - HEAD) / layout.height);
  if (far >= NAMED && size.width >= NARROW) return { k: far, x: middle(far), y: Math.max(HEAD, down(far)) };
  const panel = layout.panels[side];
  const fits = room.width / panel.width;
  const k = size.width < NARROW ? Math.min(1, Math.max(fits, LEAST)) : Math.min(AMPLE, Math.max(fits, READABLE));
  const shown = panel.width * k <= room.width + 1;
  const left = side === "forward" ? PAD : size.width - PAD - panel.width * k;
  const begin = panel.width * k > 1.5 * room.width && layout.roots[side].reduce(higher, null);
  if (begin) {
    const x = size.width / 2 - (begin.x + begin.width / 2) * k;
    const [most, least] = [PAD - panel.x * k, size.width - PAD - (panel.x + panel.width) * k];
    return { k, x: Math.max(least, Math.min(most, x)), y: down(k) };
  }
  return { k, x: (shown && size.width < NARROW ? (size.width - panel.width * k) / 2 : left) - panel.x * k, y: down(k) };
}

/** @param {Box | null} one @param {Box} other */
const higher = (one, other) => (one && one.y <= other.y ? one : other);

/**
 * How far the picture moves (in pixels) so that a thing can be seen: not at all if it can, else its whole panel comes into view
 * where that fits, and the thing to the middle of the height.
 * @param {Box} box @param {Box} panel @param {Place} at @param {Size} size @returns {{dx: number, dy: number}}
 */
export function reveal(box, panel, at, size) {
  const margin = Math.min(28, size.width / 12, size.height / 8);
  /** @type {(low: number, length: number, start: number, whole: number, room: number, fit: boolean) => number} */
  const shift = (low, length, start, whole, room, fit) => {
    const seen =
      length + 2 * margin <= room
        ? low >= margin && low + length <= room - margin
        : low < room / 2 && low + length > room / 2;
    if (seen) return 0;
    if (fit && whole + 8 <= room) {
      const gap = Math.min(PAD, (room - whole) / 2);
      return start < gap ? gap - start : room - gap - whole - start;
    }
    const wanted = length + 2 * margin <= room ? (room - length) / 2 - low : margin - low;
    const least = room - PAD - whole - start;
    const most = PAD - start;
    return least > most ? wanted : Math.max(Math.min(wanted, most), least);
  };
  const { k } = at;
  return {
    dx: shift(box.x * k + at.x, box.width * k, panel.x * k + at.x, panel.width * k, size.width, true),
    dy: shift(box.y * k + at.y, box.height * k, panel.y * k + at.y, panel.height * k, size.height, true),
  };
}
