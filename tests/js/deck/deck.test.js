import assert from "node:assert/strict";
import { test } from "node:test";

import { Deck } from "../../../static/js/deck/deck.js";
import { movement } from "../../../static/js/deck/pace.js";
import { apply, rewound } from "../../../static/js/deck/transport.js";

const SEGMENTS = /** @type {import("../../../static/js/tape/phases.js").Segment[]} */ ([
  { phase: "forward", label: "forward", from: 0, to: 3 },
  { phase: "backward", label: "backward", from: 4, to: 9 },
]);
const REEL = { count: 10, segments: SEGMENTS };
const EVENTS = Array.from({ length: 10 }, () => /** @type {any} */ ({ kind: "op" }));

/** A clock that stands still until it is wound. */
function handClock() {
  let time = 0;
  /** @type {{at: number, run: () => void}[]} */
  let timers = [];
  return {
    now: () => time,
    pending: () => timers.length,
    after(/** @type {number} */ ms, /** @type {() => void} */ run) {
      const timer = { at: time + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    wind(/** @type {number} */ ms) {
      const until = time + ms;
      for (let due = timers.find((each) => each.at <= until); due; due = timers.find((each) => each.at <= until)) {
        time = due.at;
        const { run } = due;
        timers = timers.filter((each) => each !== due);
        run();
      }
      time = until;
    },
  };
}

/** @param {number} step @param {import("../../../static/js/deck/transport.js").Action} action */
const from = (step, action) => apply(rewound({ step }), action, REEL).step;

test("every button leads where it says, and never off the tape", () => {
  assert.deepEqual(
    [from(2, { type: "next" }), from(9, { type: "next" }), from(0, { type: "back" }), from(-1, { type: "back" })],
    [3, 9, -1, -1],
  );
  assert.deepEqual(
    [
      from(5, { type: "start" }),
      from(5, { type: "end" }),
      from(5, { type: "skip", by: -10 }),
      from(5, { type: "seek", step: 99 }),
    ],
    [-1, 9, -1, 9],
  );
});

test("phases are jumped to at their first step", () => {
  assert.deepEqual(
    [from(-1, { type: "nextPhase" }), from(1, { type: "nextPhase" }), from(5, { type: "nextPhase" })],
    [0, 4, 9],
  );
  assert.deepEqual(
    [from(6, { type: "previousPhase" }), from(4, { type: "previousPhase" }), from(0, { type: "previousPhase" })],
    [4, 0, -1],
  );
});

test("playing ends at the end, and playing from the end begins again", () => {
  assert.deepEqual(apply(rewound({ step: 8, playing: true }), { type: "tick" }, REEL), rewound({ step: 9 }));
  assert.deepEqual(apply(rewound({ step: 9 }), { type: "play" }, REEL), rewound({ step: -1, playing: true }));
});

test("playing stops at a breakpoint, in both directions, and goes on from it", () => {
  const reel = { ...REEL, stopsAt: (/** @type {number} */ step) => step === 4 };
  const tick = /** @type {const} */ ({ type: "tick" });
  const [on, back] = [rewound({ step: 3, playing: true }), rewound({ step: 5, playing: true, direction: -1 })];
  assert.deepEqual(apply(on, tick, reel), { ...on, step: 4, playing: false });
  assert.deepEqual(apply(back, tick, reel), { ...back, step: 4, playing: false });
  assert.equal(apply(rewound({ step: 4, playing: true }), tick, reel).playing, true);
  assert.equal(apply(on, { type: "seek", step: 4 }, reel).step, 4);
});

test("playing backwards is a toggle of its own, and begins at the end where nothing is left", () => {
  const back = apply(rewound({ step: 3 }), { type: "toggleBack" }, REEL);
  assert.deepEqual(back, rewound({ step: 3, playing: true, direction: -1 }));
  assert.equal(apply(back, { type: "toggleBack" }, REEL).playing, false);
  assert.equal(apply(rewound(), { type: "toggleBack" }, REEL).step, 9);
});

test("any step by hand pauses", () => {
  assert.equal(apply(rewound({ step: 3, playing: true }), { type: "next" }, REEL).playing, false);
});

test("playing takes one step after another, in order, and speed shortens the wait", () => {
  const clock = handClock();
  const deck = new Deck(EVENTS, SEGMENTS, { clock });
  /** @type {number[]} */
  const steps = [];
  deck.subscribe((position, _, before) => position.step !== before.step && steps.push(position.step));
  deck.send({ type: "play" });
  clock.wind(2700);
  assert.deepEqual(steps, [0, 1, 2]);
  deck.send({ type: "speed", speed: 8 });
  clock.wind(800);
  assert.deepEqual(steps, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual([deck.position.playing, clock.pending()], [false, 0]);
});

test("a step is a movement of 150 to 450 ms, a jump is not, nor are steps that come too fast to be seen", () => {
  const clock = handClock();
  const deck = new Deck(EVENTS, SEGMENTS, { clock });
  /** @type {boolean[]} */
  const moved = [];
  deck.subscribe((_, motion) => moved.push(motion.animate));
  deck.send({ type: "next" });
  clock.wind(30);
  deck.send({ type: "next" });
  clock.wind(1000);
  deck.send({ type: "next" });
  clock.wind(1000);
  deck.send({ type: "end" });
  assert.deepEqual(moved, [true, false, true, false]);
  assert.deepEqual([movement(0.25), movement(1), movement(8)], [450, 450, 159]);
});

test("a closed deck says and does nothing more", () => {
  const clock = handClock();
  const deck = new Deck(EVENTS, SEGMENTS, { clock });
  deck.subscribe(() => assert.fail("heard something"));
  deck.close();
  deck.send({ type: "play" });
  deck.close();
  clock.wind(5000);
});
