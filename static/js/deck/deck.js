/** The deck: a transport with a clock. Whoever listens hears where the tape stands and how to get there. */

import { dwell, movement } from "./pace.js";
import { apply, rewound } from "./transport.js";

/** @typedef {import("./transport.js").Position} Position */
/** @typedef {import("./transport.js").Action} Action */
/** @typedef {import("./transport.js").Reel} Reel */
/** @typedef {{animate: boolean, durationMs: number}} Motion */
/** @typedef {{now: () => number, after: (ms: number, run: () => void) => () => void}} Clock `after` returns its cancel */
/** @typedef {(position: Position, motion: Motion, before: Position) => void} Listener */

/** The browser's own clock. @returns {Clock} */
function wallClock() {
  return {
    now: () => performance.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}

const STILL = Object.freeze({ animate: false, durationMs: 0 });

export class Deck {
  #clock;
  #events;
  #reel;
  #position;
  /** @type {Set<Listener>} */
  #listeners = new Set();
  #cancel = () => {};
  #movedAt = -Infinity;

  /**
   * @param {readonly import("../tape/format.js").TapeEvent[]} events
   * @param {readonly import("../tape/phases.js").Segment[]} segments
   * @param {{clock?: Clock, position?: Partial<Position>, stopsAt?: (step: number) => boolean}} [options] `stopsAt`: whether playing stops at a step
   */
  constructor(events, segments, { clock = wallClock(), position = {}, stopsAt } = {}) {
    this.#clock = clock;
    this.#events = events;
    this.#reel = { count: events.length, segments, stopsAt };
    this.#position = rewound(position);
  }

  get position() {
    return this.#position;
  }

  /** @param {Listener} listener @returns {() => void} stops listening */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param {Action} action */
  send(action) {
    const before = this.#position;
    this.#position = apply(before, action, this.#reel);
    if (this.#position === before) return;
    const motion = this.#motion(before);
    this.#schedule();
    for (const listener of this.#listeners) listener(this.#position, motion, before);
  }

  /** Stops the clock for good. */
  close() {
    this.#cancel();
    this.#listeners.clear();
  }

  /** One step is a movement; a jump is not, and neither is a step that comes while the last one is still moving. @param {Position} before @returns {Motion} */
  #motion(before) {
    const { step, speed } = this.#position;
    if (step === before.step) return STILL;
    const now = this.#clock.now();
    const since = now - this.#movedAt;
    this.#movedAt = now;
    const durationMs = Math.min(movement(speed), since);
    return step === before.step + 1 && durationMs >= 60 ? { animate: true, durationMs: Math.round(durationMs) } : STILL;
  }

  #schedule() {
    this.#cancel();
    this.#cancel = () => {};
    const { playing, step, speed } = this.#position;
    if (playing) this.#cancel = this.#clock.after(dwell(this.#events[step], speed), () => this.send({ type: "tick" }));
  }
}
