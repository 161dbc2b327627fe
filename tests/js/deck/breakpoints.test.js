import assert from "node:assert/strict";
import { test } from "node:test";

import {
  breakpoint,
  doubt,
  hits,
  lineMeant,
  onLine,
  onThing,
  reasonOf,
  stepsOf,
  titleOf,
} from "../../../static/js/deck/breakpoints.js";
import { carried, programKey, readBreakpoints } from "../../../static/js/deck/keeping.js";
import { product } from "../tape/product.js";
import { blocks } from "../graph_tapes.js";
import { recorded, tapeOf } from "./tapes.js";

const ODD = breakpoint({ what: "odd" });
const CHANGED = breakpoint({ what: "changed" });
const above = (/** @type {number} */ than) => breakpoint({ what: "gradient", compare: "above", than });
const below = (/** @type {number} */ than) => breakpoint({ what: "gradient", compare: "below", than });

/** The steps at which a tape stops. @param {import("../../../static/js/tape/load.js").Tape} tape @param {...any} breakpoints */
const stops = (tape, ...breakpoints) => hits(tape, breakpoints).map(({ step }) => step);

/** The product with other numbers. @param {Record<number, object>} values @param {object[]} [more] */
function productOf(values, more = []) {
  const tape = product(/** @type {any} */ (more));
  for (const [id, change] of Object.entries(values)) Object.assign(tape.values[Number(id)], change);
  return tape;
}

test("things stop the tape where they begin or are settled", () => {
  const tape = product();
  const at = (/** @type {string} */ thing) => stops(tape, onThing(tape, thing));
  assert.deepEqual([at("op:0"), at("node:0"), at("hook:0")], [[0], [5], [4]]);
  assert.deepEqual(at("tensor:0"), [8], "a leaf when its .grad is written");
  assert.deepEqual(
    at("tensor:2"),
    [0, 2, 5],
    "a result when it is made, where backward begins, when its gradient is complete",
  );
  assert.deepEqual(at("node:1"), [7, 8], "a node that is never called when its gradient comes");
});

test("a module stops the tape at each of its calls, one call only at itself", () => {
  const tape = blocks(2);
  const calls = tape.events.flatMap((event, step) => (event.kind === "call_enter" ? [step] : []));
  assert.deepEqual(stops(tape, onThing(tape, "module:0")), [calls[0]]);
  assert.deepEqual(stops(tape, onThing(tape, "call:1")), [calls[1]]);
});

test("a line stops the tape at what begins in it, also on the way back", () => {
  const tape = product();
  assert.deepEqual(stops(tape, onLine(tape, 3)), [0, 5]);
  assert.deepEqual(stops(tape, onLine(tape, 5)), [2]);
  assert.deepEqual(stops(tape, onLine(tape, 99)), []);
});

test("a click on a line without events means the expression around it, or the next line that has some", () => {
  const tape = product();
  tape.spans[3].end_line = 7;
  assert.deepEqual(
    [3, 2, 4, 6, 7, 8].map((line) => lineMeant(tape, line)),
    [3, 3, 4, 5, 5, 8],
  );
});

test("a kind of event stops the tape each time", () => {
  assert.deepEqual(stops(product(), breakpoint({ what: "kind", kind: "contribution" })), [3, 7]);
});

test("hits are sorted, say which breakpoints hit, and leave out those that are off", () => {
  const tape = product();
  const [hook, line] = [onThing(tape, "hook:0"), onLine(tape, 3)];
  assert.deepEqual(hits(tape, [CHANGED, line, hook, { ...onThing(tape, "node:0"), on: false }]), [
    { step: 0, breakpoints: [line] },
    { step: 4, breakpoints: [CHANGED, hook] },
    { step: 5, breakpoints: [line] },
  ]);
});

test("what one breakpoint finds is found once for each tape", () => {
  const [tape, other] = [product(), product()];
  assert.equal(stepsOf(tape, above(9)), stepsOf(tape, above(9)));
  assert.notEqual(stepsOf(tape, above(9)), stepsOf(other, above(9)));
});

test("|gradient| above: where a node gets it, and where a hook makes it so", () => {
  // c's gradient is 8, the hook makes it 10, a gets 30.
  const tape = product();
  assert.deepEqual(stops(tape, above(9)), [4, 5, 7]);
  assert.deepEqual(stops(tape, above(10)), [7], "above is more than");
  assert.deepEqual(stops(tape, above(30)), []);
});

test("|gradient| counts the largest absolute value, in negative numbers and in statistics too", () => {
  const summary = { nan: 0, inf: 0, min: -700, max: 3, norm: 900 };
  assert.deepEqual(stops(productOf({ 4: { data: [1, -500] } }), above(400)), [4, 5]);
  assert.deepEqual(stops(productOf({ 4: { data: null, summary } }), above(699)), [4, 5]);
  assert.deepEqual(stops(productOf({ 4: { data: null, summary } }), above(700)), []);
  assert.deepEqual(stops(productOf({ 4: { data: ["-Infinity", 2] } }), above(1e30)), [4, 5]);
});

test("a complex gradient is as large as its longest number", () => {
  const complex = { dtype: "torch.complex64", data: [3, 4, 0, 1] };
  assert.deepEqual(stops(productOf({ 5: complex }), above(4.9)).includes(7), true);
  assert.deepEqual(stops(productOf({ 5: complex }), above(5)).includes(7), false);
});

test("|gradient| below: what vanishes, and not what is unknown or None", () => {
  assert.deepEqual(stops(product(), below(9)), [], "the hook has made 10 of 8 before the node gets it");
  assert.deepEqual(stops(productOf({ 4: { data: [1e-9] } }), below(1e-6)), [4, 5]);
  assert.deepEqual(stops(productOf({ 4: { data: ["NaN"] } }), below(1e-6)), []);
  assert.deepEqual(stops(productOf({ 4: { data: null } }), below(1e6)).includes(5), false);
});

test("a .grad that adds up to a large one stops the tape where it adds up", () => {
  const again = [{ kind: "accumulate", tensor: 0, node: 1, added: 5, total: 6 }];
  const tape = productOf({ 6: { data: [60] } }, again);
  assert.deepEqual(stops(tape, above(50)), [10]);
});

test("a NaN stops the tape where it appears, and not at everything that it spoils", () => {
  assert.deepEqual(stops(product(), ODD), []);
  assert.deepEqual(stops(productOf({ 2: { data: ["NaN"] } }), ODD), [0], "an op that makes one");
  assert.deepEqual(stops(productOf({ 4: { data: ["NaN"] } }), ODD), [4], "a hook that makes one");
  assert.deepEqual(
    stops(productOf({ 5: { data: ["Infinity"] }, 6: { data: ["NaN"] } }), ODD),
    [6],
    "a node that makes one",
  );
  assert.deepEqual(stops(productOf({ 3: { data: ["NaN"] }, 4: { data: ["NaN"] } }), ODD), [2], "an initial gradient");
  const spoiled = productOf({ 2: { data: ["NaN"] } }, [{ kind: "op", op: 1, values: [2], versions: [0] }]);
  spoiled.ops.push({ ...spoiled.ops[0], id: 1, inputs: [{ name: "input", tensor: 2 }], outputs: [] });
  assert.deepEqual(stops(spoiled, ODD), [0], "an op on it makes no new one");
});

test("finite parts that add up to Inf are one, in a node and in a .grad", () => {
  const tape = productOf({ 6: { data: ["Infinity"] } }, [
    { kind: "contribution", node: 0, input: 0, value: 5, source: 1 },
    { kind: "node_enter", node: 0, values: [6] },
    { kind: "accumulate", tensor: 1, node: 2, added: 5, total: 6 },
    { kind: "accumulate", tensor: 1, node: 2, added: 5, total: 6 },
    { kind: "param_update", tensor: 1, before: 1, value: 6, version: 1, state: [] },
  ]);
  // Value 6 is also what the first node sends.
  assert.deepEqual(stops(tape, ODD), [6, 11, 12, 14]);
});

test("a hook changes a gradient when it returns other numbers or writes into it", () => {
  const fire = { kind: "hook_fire", hook: 0, before: [3], node: 0 };
  const tape = product(
    /** @type {any} */ ([
      { ...fire, after: [], changed: false },
      { ...fire, after: [3], changed: true },
      { ...fire, after: [], changed: false, mutated: true },
      { ...fire, after: [4], changed: true },
    ]),
  );
  assert.deepEqual(stops(tape, CHANGED), [4, 12, 13]);
  const forward = product();
  forward.hooks[0].kind = "forward";
  assert.deepEqual(stops(forward, CHANGED), [], "a forward hook gets no gradient");
});

test("recorded: the conditions stop where the events say so", () => {
  const tape = tapeOf("hooks around one node");
  const changing = stops(tape, CHANGED);
  assert.ok(changing.length > 0);
  for (const step of changing) assert.equal(tape.events[step].kind, "hook_fire");
  for (const { name, tape: each } of recorded()) {
    const large = stops(each, above(0));
    assert.equal(large.length > 0, name !== "no numbers", name);
    assert.deepEqual(stops(each, below(0)), []);
  }
});

test("a tape without numbers says that a condition cannot be known", () => {
  const silent = tapeOf("no numbers");
  assert.match(doubt(silent, ODD) ?? "", /cannot be known.*structure/i);
  assert.match(doubt(silent, above(1)) ?? "", /cannot be known.*structure/i);
  assert.match(doubt(silent, CHANGED) ?? "", /every hook that returns/);
  assert.equal(doubt(silent, breakpoint({ what: "kind", kind: "op" })), null);
  assert.deepEqual([doubt(product(), ODD), doubt(product(), above(1))], [null, null]);
  const fake = product();
  fake.header.fake = true;
  assert.match(doubt(fake, ODD) ?? "", /fake/);
});

test("a stop is told with its condition and its thing", () => {
  const tape = product();
  assert.equal(reasonOf(tape, hits(tape, [above(9)])[1]), "|gradient| above 9 in MulBackward0");
  assert.equal(
    reasonOf(tape, hits(tape, [onThing(tape, "hook:0"), CHANGED])[0]),
    "c_hook (c); a hook changes a gradient in c_hook",
  );
  assert.equal(titleOf(onLine(tape, 3)), "line 3: c = a*b");
});

test("breakpoints come back from what was stored, and what is damaged is left out", () => {
  const tape = product();
  const set = [onThing(tape, "node:0"), { ...onLine(tape, 3), on: false }, above(2.5), ODD, CHANGED];
  assert.deepEqual(readBreakpoints(JSON.parse(JSON.stringify(set))), set);
  assert.deepEqual(
    readBreakpoints([
      null,
      3,
      { what: "line", line: "x", text: "" },
      { what: "gradient", compare: "above" },
      { what: "kind", kind: "toString" },
      { what: "kind", kind: "op" },
    ]),
    [breakpoint({ what: "kind", kind: "op" })],
  );
  assert.deepEqual(readBreakpoints("nothing"), []);
});

test("a thing that is another one on this tape does not stop it", () => {
  const tape = product();
  assert.deepEqual(stops(tape, { ...onThing(tape, "node:0"), name: "AddBackward0 (c = a + b)" }), []);
});

test("after an edit lines follow their text and things their names", () => {
  const [before, after] = [product(), product()];
  after.sources[0].text = `# a comment\n${after.sources[0].text.replace("c.backward()\n", "")}`;
  after.spans.forEach((span) => Object.assign(span, { line: span.line + 1, end_line: span.end_line + 1 }));
  after.nodes.unshift({ ...after.nodes[1], id: 0 });
  after.nodes.forEach((node, id) => (node.id = id));
  const set = [onLine(before, 3), onLine(before, 5), { ...onThing(before, "node:0"), on: false }, ODD];
  assert.deepEqual(
    carried(after, set).map(({ id, on }) => [id, on]),
    [
      ["line:4", true],
      ["node:1", false],
      ["odd", true],
    ],
  );
});

test("a program is known by its text", () => {
  const [one, other] = [product(), product()];
  assert.equal(programKey(one), programKey(other));
  other.sources[0].text += " ";
  assert.notEqual(programKey(one), programKey(other));
  other.sources = [];
  assert.equal(programKey(other), "tape product");
});
