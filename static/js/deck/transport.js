/** The transport as a pure state machine: what each button makes of where the tape stands. No clock, no document. */

/** @typedef {import("../tape/phases.js").Segment} Segment */
/** @typedef {{step: number, playing: boolean, direction: 1 | -1, speed: number}} Position */
/** @typedef {{count: number, segments: readonly Segment[], stopsAt?: (step: number) => boolean}} Reel the length of the tape, its phases, and where a breakpoint stops it */
/**
 * @typedef {{type: "next" | "back" | "start" | "end" | "nextPhase" | "previousPhase" | "pause" | "tick"}
 *   | {type: "seek", step: number} | {type: "skip", by: number} | {type: "play", direction?: 1 | -1}
 *   | {type: "toggle" | "toggleBack"} | {type: "speed", speed: number}} Action
 */

export const SPEEDS = /** @type {const} */ ([0.25, 0.5, 1, 2, 4, 8]);

/** @param {Partial<Position>} [position] @returns {Position} */
export function rewound(position = {}) {
  return { step: -1, playing: false, direction: 1, speed: 1, ...position };
}

/** @param {Position} position @param {number} step @param {Reel} reel @returns {Position} */
function moved(position, step, reel) {
  const to = Math.max(-1, Math.min(reel.count - 1, Math.round(step)));
  return to === position.step && !position.playing ? position : { ...position, step: to, playing: false };
}

/** @param {Position} position @param {1 | -1} direction @param {Reel} reel @returns {Position} */
function played(position, direction, reel) {
  if (reel.count === 0) return position;
  // Playing from where there is nothing left begins again at the other end, as on any player.
  const over = direction === 1 ? position.step >= reel.count - 1 : position.step <= -1;
  const step = over ? (direction === 1 ? -1 : reel.count - 1) : position.step;
  return { ...position, step, direction, playing: true };
}

/** @param {Position} position @param {Reel} reel @returns {Position} */
function ticked(position, reel) {
  if (!position.playing) return position;
  const step = Math.max(-1, Math.min(reel.count - 1, position.step + position.direction));
  const over = position.direction === 1 ? step >= reel.count - 1 : step <= -1;
  return { ...position, step, playing: !over && !reel.stopsAt?.(step) };
}

/** The first step of the next phase. @param {number} step @param {Reel} reel */
function nextPhase(step, { segments, count }) {
  return segments.find((segment) => segment.from > step)?.from ?? count - 1;
}

/** The first step of this phase, or of the one before where we stand on it already. @param {number} step @param {Reel} reel */
function previousPhase(step, { segments }) {
  return segments.findLast((segment) => segment.from < step)?.from ?? -1;
}

/** @param {Position} position @param {Action} action @param {Reel} reel @returns {Position} */
export function apply(position, action, reel) {
  switch (action.type) {
    case "next":
      return moved(position, position.step + 1, reel);
    case "back":
      return moved(position, position.step - 1, reel);
    case "skip":
      return moved(position, position.step + action.by, reel);
    case "seek":
      return moved(position, action.step, reel);
    case "start":
      return moved(position, -1, reel);
    case "end":
      return moved(position, reel.count - 1, reel);
    case "nextPhase":
      return moved(position, nextPhase(position.step, reel), reel);
    case "previousPhase":
      return moved(position, previousPhase(position.step, reel), reel);
    case "play":
      return played(position, action.direction ?? 1, reel);
    case "pause":
      return position.playing ? { ...position, playing: false } : position;
    case "toggle":
      return position.playing ? { ...position, playing: false } : played(position, 1, reel);
    case "toggleBack":
      return position.playing ? { ...position, playing: false } : played(position, -1, reel);
    case "tick":
      return ticked(position, reel);
    case "speed":
      return { ...position, speed: action.speed };
  }
}
