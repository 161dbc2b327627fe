/** On a tape without numbers nothing that is told claims to have seen one, or that there was none. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Tape } from "../../../static/js/tape/load.js";
import { narrate, sentence } from "../../../static/js/tape/narrate.js";
import { History } from "../../../static/js/tape/state.js";

const CASES = JSON.parse(readFileSync(new URL("../../data/at_cases.json", import.meta.url), "utf8"));
const { tables, events } = CASES.find((/** @type {{name: string}} */ { name }) => name === "no numbers");
const tape = Tape.parse(tables, events.map((/** @type {unknown} */ event) => JSON.stringify(event)).join("\n"));
const history = new History(tape);
const texts = tape.events.map((_, step) => narrate(history, step));

test("the tape has no numbers, and a backward pass with a hook and a gradient that is changed", () => {
  const kinds = new Set(tape.events.map((event) => event.kind));
  assert.equal(tape.header.values, "structure");
  assert.ok(
    ["op", "call_enter", "hook_fire", "node_enter", "accumulate"].every((kind) => kinds.has(/** @type {any} */ (kind))),
  );
});

test("no sentence says none, None or an empty value, long or brief", () => {
  const brief = tape.events.map((_, step) =>
    sentence(history, step, { room: 20 })
      .map((part) => (typeof part === "string" ? part : part.code))
      .join(""),
  );
  for (const text of [...texts, ...brief])
    assert.doesNotMatch(text, /\bnone\b|was None|undefined|null| = | {2}| $/i, text);
});

test("tensors are told by name and shape, gradients by name", () => {
  const first = (/** @type {string} */ kind) => texts[tape.events.findIndex((event) => event.kind === kind)];
  assert.match(first("call_enter"), /^net \(Linear\) is called with .+ \(3×2\)$/);
  assert.equal(first("accumulate"), "AccumulateGrad writes net.bias.grad");
  assert.match(first("hook_fire"), /^lambda returns a value for d net\.weight$/);
  assert.match(first("node_exit"), / returns$/);
});

test("what a module is given is known from there on, though nothing of it was seen", () => {
  const step = tape.events.findIndex((event) => event.kind === "call_enter");
  const [input] = tape.calls[0].inputs;
  assert.deepEqual(history.at(step).tensor(input).seen, true);
  assert.deepEqual(history.at(step).tensor(input).value, null);
});
