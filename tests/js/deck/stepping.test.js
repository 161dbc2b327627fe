import assert from "node:assert/strict";
import { test } from "node:test";

import { pairs } from "../../../static/js/deck/pairs.js";
import { nextWhere, stepBy } from "../../../static/js/deck/stepping.js";
import { segments } from "../../../static/js/tape/phases.js";
import { thingOf } from "../../../static/js/tape/things.js";
import { product } from "../tape/product.js";
import { blocks, chain } from "../graph_tapes.js";
import { played, recorded, tapeOf } from "./tapes.js";

/** Where verbs lead, one after another. @param {import("../../../static/js/tape/load.js").Tape} tape @param {number} step @param {...string} verbs */
const walk = (tape, step, ...verbs) => verbs.map((verb) => (step = stepBy(tape, step, /** @type {any} */ (verb))));

const NESTED = "call 0, op 0, call 1, op 1, op 2, /call 1, op 3, /call 0, op 4";

test("into is the very next event, and never leads off the tape", () => {
  const tape = played(NESTED);
  assert.deepEqual(walk(tape, 0, "into", "into", "intoBack"), [1, 2, 1]);
  assert.deepEqual([stepBy(tape, 8, "into"), stepBy(tape, -1, "intoBack")], [8, -1]);
});

test("over leads past the whole call that begins next, and else to the next event", () => {
  const tape = played(NESTED);
  assert.deepEqual(
    [-1, 0, 1, 2, 5].map((step) => stepBy(tape, step, "over")),
    [7, 1, 5, 3, 6],
  );
});

test("back over leads to before the call that has just ended", () => {
  const tape = played(NESTED);
  assert.deepEqual(
    [8, 7, 5, 4, 0].map((step) => stepBy(tape, step, "overBack")),
    [7, -1, 1, 3, -1],
  );
});

test("out leads to the end of the innermost call that is open, and back out to before it began", () => {
  const tape = played(NESTED);
  assert.deepEqual(
    [0, 1, 2, 3, 5, 6].map((step) => stepBy(tape, step, "out")),
    [7, 7, 5, 5, 7, 7],
  );
  assert.deepEqual(
    [0, 1, 2, 3, 5, 6].map((step) => stepBy(tape, step, "outBack")),
    [-1, -1, 1, 1, -1, -1],
  );
});

test("at the outermost level out leads to the end of the phase, and from there to the end of the next", () => {
  const tape = product();
  assert.deepEqual(
    segments(tape).map(({ from, to }) => [from, to]),
    [
      [0, 1],
      [2, 9],
    ],
  );
  assert.deepEqual(walk(tape, -1, "out", "out", "out"), [1, 9, 9]);
  assert.deepEqual(walk(tape, 9, "outBack", "outBack", "outBack"), [1, -1, -1]);
});

test("a node and a backward pass are stepped over like a call", () => {
  const tape = product();
  assert.deepEqual(
    [1, 4, 5].map((step) => stepBy(tape, step, "over")),
    [9, 6, 6],
  );
  assert.deepEqual(
    [9, 6].map((step) => stepBy(tape, step, "overBack")),
    [1, 4],
  );
  assert.equal(stepBy(tape, 5, "out"), 6);
});

test("a module that calls itself is left one call at a time", () => {
  const tape = played("call 0, call 1, call 2, op 0, /call 2, /call 1, /call 0");
  assert.deepEqual(walk(tape, 3, "out", "out", "out"), [4, 5, 6]);
  assert.deepEqual(walk(tape, 3, "outBack", "outBack", "outBack"), [1, 0, -1]);
});

test("a node that runs again in a pass inside its own call is told apart", () => {
  const tape = played("pass 0, node 0, pass 1, node 0, op 0, /node 0, /pass 1, /node 0, /pass 0");
  assert.deepEqual(walk(tape, 4, "out", "out", "out", "out"), [5, 6, 7, 8]);
  assert.equal(stepBy(tape, 0, "over"), 7);
});

test("each thread has its own calls", () => {
  const tape = played("1:call 0, 2:call 1, 1:op 0, 2:/call 1, 2:op 1, 1:/call 0");
  assert.equal(stepBy(tape, -1, "over"), 5);
  assert.equal(stepBy(tape, 0, "over"), 3);
  assert.equal(stepBy(tape, 2, "out"), 5);
  assert.equal(stepBy(tape, 1, "out"), 3);
  assert.equal(stepBy(tape, 5, "overBack"), -1);
  assert.equal(stepBy(tape, 3, "overBack"), 0);
});

test("a tape that is cut in the middle of a call ends it with its last event, and does not begin there on the way back", () => {
  const tape = played("op 0, call 0, op 1, call 1, op 2");
  assert.deepEqual([stepBy(tape, 0, "over"), stepBy(tape, 3, "out")], [4, 4]);
  assert.equal(stepBy(tape, 4, "overBack"), 3);
  assert.deepEqual(walk(tape, 4, "outBack", "outBack"), [2, 0]);
});

test("what an exception left open ends where its surroundings end", () => {
  const tape = played("pass 0, node 0, node 1, op 0, /pass 0, op 1");
  assert.deepEqual([stepBy(tape, 1, "over"), stepBy(tape, 3, "out"), stepBy(tape, 4, "overBack")], [4, 4, -1]);
});

test("an end without a beginning ends nothing", () => {
  const tape = played("/call 3, call 0, op 0, /node 1, /call 0");
  assert.deepEqual([stepBy(tape, 0, "over"), stepBy(tape, 0, "overBack")], [4, -1]);
});

test("a hook's firing lasts as long as what it does itself", () => {
  const tape = played("pass 0, hook 0, print 0, op 9, print 1, hook 1, node 0, /node 0, /pass 0");
  assert.equal(stepBy(tape, 0, "over"), 4, "what a helper prints between the hook's own events is the hook's");
  assert.equal(stepBy(tape, 4, "overBack"), 0);
  assert.equal(stepBy(tape, 2, "out"), 4);
  assert.equal(stepBy(tape, 4, "over"), 5, "a hook that does nothing is one event");
});

test("what is printed after a hook is not the hook's", () => {
  const tape = played("pass 0, hook 0, op 9, print 0, /pass 0");
  assert.equal(stepBy(tape, 0, "over"), 2);
  assert.equal(stepBy(tape, 3, "out"), 4);
});

test("a call inside a node inside a pass is left from the inside out", () => {
  const tape = played("pass 0, node 0, call 0, op 0, /call 0, /node 0, /pass 0");
  assert.deepEqual(walk(tape, 3, "out", "out", "out"), [4, 5, 6]);
});

for (const { name, tape } of recorded())
  test(`recorded, ${name}: every exit leads back over to before its enter, and out of what is inside`, () => {
    const { ends, starts, inside } = pairs(tape);
    const exits = new Map([
      ["call_enter", "call_exit"],
      ["node_enter", "node_exit"],
      ["backward_start", "backward_end"],
    ]);
    let seen = 0;
    tape.events.forEach((event, step) => {
      const exit = tape.events[ends[step]];
      if (!exits.has(event.kind) || exit.kind !== exits.get(event.kind)) return;
      seen += 1;
      assert.deepEqual([exit.call, exit.node, exit.index], [event.call, event.node, event.index]);
      assert.ok(starts[ends[step]] >= 0 && starts[ends[step]] <= step);
      assert.equal(inside[step], step);
      assert.equal(stepBy(tape, step - 1, "over"), ends[step]);
      assert.equal(stepBy(tape, step, "out"), ends[step]);
      assert.equal(stepBy(tape, step, "outBack"), step - 1);
    });
    assert.ok(seen > 0);
  });

test("recorded: a hook that prints and computes is stepped over whole", () => {
  const tape = tapeOf("hooks around one node");
  for (const [step, event] of tape.events.entries()) {
    if (event.kind !== "hook_fire") continue;
    const after = stepBy(tape, step - 1, "over");
    const own = tape.events.slice(step + 1, after + 1);
    assert.ok(own.every(({ kind }) => kind === "op" || kind === "print"));
    const next = tape.events[after + 1];
    assert.ok(next.kind !== "op" || tape.ops[next.op].hook !== event.hook);
  }
});

test("every verb makes way from every step of every recorded tape, and ends at its end", () => {
  for (const { tape } of recorded())
    for (const verb of ["into", "over", "out", "intoBack", "overBack", "outBack"]) {
      const forward = !verb.endsWith("Back");
      for (let step = -1; step < tape.events.length; step += 1) {
        const to = stepBy(tape, step, /** @type {any} */ (verb));
        assert.ok(to >= -1 && to < tape.events.length && Number.isInteger(to));
        const over = forward ? step === tape.events.length - 1 : step === -1;
        assert.ok(over ? to === step : forward ? to > step : to < step, `${verb} from ${step} leads to ${to}`);
      }
    }
});

test("runs to the next event of a kind, about a thing, in a line, and back", () => {
  const tape = product();
  assert.equal(nextWhere(tape, -1, 1, { kind: "contribution" }), 3);
  assert.equal(nextWhere(tape, 3, 1, { kind: "contribution" }), 7);
  assert.equal(nextWhere(tape, 7, 1, { kind: "contribution" }), null);
  assert.equal(nextWhere(tape, 7, -1, { kind: "contribution" }), 3);
  assert.equal(nextWhere(tape, 4, 1, { thing: "node:0" }), 5);
  assert.equal(nextWhere(tape, 6, 1, { thing: "node:0" }), null);
  assert.equal(nextWhere(tape, -1, 1, { line: 5 }), 2);
  assert.equal(nextWhere(tape, 9, -1, { line: 3 }), 6, "a node is about the line of its op");
  assert.equal(nextWhere(tape, 9, -1, { line: 77 }), null);
  assert.equal(nextWhere(tape, 2, -1, { thing: "op:0" }), 0);
});

test("a tensor's events are the ones that write it or settle its gradient; a module's are its calls'", () => {
  const tape = product();
  assert.deepEqual(
    [nextWhere(tape, -1, 1, { thing: "tensor:2" }), nextWhere(tape, 2, 1, { thing: "tensor:2" })],
    [0, 5],
  );
  assert.equal(nextWhere(tape, -1, 1, { thing: "tensor:0" }), 8);
  const net = blocks(1);
  const fc = net.modules.find(({ path }) => path === "net.h.0.fc").id;
  const enters = net.events.findIndex(
    (event) => thingOf(event) === `call:${net.calls.find(({ module }) => module === fc).id}`,
  );
  assert.equal(nextWhere(net, -1, 1, { thing: `module:${fc}` }), enters);
});

test("a function of one's own can say what to run to", () => {
  const tape = product();
  assert.equal(
    nextWhere(tape, 0, 1, (event) => event.kind === "hook_fire" && event.changed),
    4,
  );
  assert.equal(
    nextWhere(tape, 4, -1, (event, step) => step === 0),
    0,
  );
  assert.equal(
    nextWhere(tape, 4, 1, () => false),
    null,
  );
});

test("100,000 events are paired once, and a step leads out of any of them", () => {
  const tape = chain(100_000);
  assert.ok(tape.events.length > 100_000);
  assert.equal(pairs(tape), pairs(tape));
  for (let i = 0; i < 100_000; i += 1) assert.ok(stepBy(tape, i, "out") > i);
});
