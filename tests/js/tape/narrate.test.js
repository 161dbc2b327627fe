import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { DEFAULTS } from "../../../static/js/tape/defaults.js";
import { narrate } from "../../../static/js/tape/narrate.js";
import { segments } from "../../../static/js/tape/phases.js";
import { markAt, offsets, stepFromLine } from "../../../static/js/tape/source.js";
import { History } from "../../../static/js/tape/state.js";
import {
  barred,
  formatBytes,
  formatFlops,
  formatNumber,
  formatShape,
  formatTime,
  formatValue,
  opDetail,
  sizeOf,
  tensorName,
} from "../../../static/js/tape/words.js";
import { product } from "./product.js";

test("every event of the product is told in one sentence with its numbers", () => {
  const history = new History(product());
  assert.deepEqual(
    history.tape.events.map((_, step) => narrate(history, step)),
    [
      "mul takes a and b, gives c = 6",
      "c_hook is registered on c as a tensor hook",
      ".backward() begins at c, with initial gradient 8",
      "The pass begins: c̄ = 8 goes to MulBackward0 (of c = a*b)",
      "c_hook changes c̄ from 8 to 10",
      "MulBackward0 (of c = a*b) receives c̄ = 10",
      "MulBackward0 (of c = a*b) receives 10, sends 30 to a and 20 to b",
      "MulBackward0 (of c = a*b) delivers 30 to AccumulateGrad of a",
      "a.grad was None, is now 30",
      "The backward pass is complete",
    ],
  );
});

const AGAIN = { kind: "backward_start", index: 1, api: "backward", tensors: [2], roots: [{ node: 0, input: 0 }] };
const part = (/** @type {number} */ value) => ({ kind: "contribution", node: 1, input: 0, value, source: 0 });

test("a second part of a gradient is added where it arrives, and .grad adds up", () => {
  const total = { kind: "accumulate", tensor: 0, node: 1, added: 6, total: 4 };
  const history = new History(product([AGAIN, part(5), part(6), total]));
  assert.match(narrate(history, 12), /where it meets what came before: 30 \+ 20 = 50$/);
  assert.equal(narrate(history, 13), "a.grad: 30 + 20 = 10");
});

test("what an earlier pass delivered is not added to what a later one delivers", () => {
  const history = new History(product([AGAIN, part(6)]));
  assert.equal(narrate(history, 11), "MulBackward0 (of c = a*b) delivers 20 to AccumulateGrad of a");
});

test("every kind of event of the format has its sentence", () => {
  const text = readFileSync(new URL("../../../static/js/tape/narrate.js", import.meta.url), "utf8");
  const told = Object.keys(DEFAULTS).filter((kind) => new RegExp(`^  ${kind}[:,]`, "m").test(text));
  assert.deepEqual(told, Object.keys(DEFAULTS));
});

test("numbers, shapes and values are short", () => {
  assert.deepEqual(
    [6, Math.LN2, 3.4e-5, 1234567.8, "NaN", "-Infinity", true].map((n) => formatNumber(n)),
    ["6", "0.6931", "3.4e-5", "1.23e+6", "NaN", "-inf", "True"],
  );
  assert.deepEqual([formatShape([1, 3, 8, 8]), formatShape([])], ["1×3×8×8", "scalar"]);
  assert.deepEqual([formatValue(product(), 2), formatValue(product(), null)], ["6", "none"]);
});

test("things are called what the program calls them, gradients with a bar", () => {
  assert.deepEqual(
    [barred("c"), barred("net.fc.weight"), tensorName(product(), 2), opDetail(product(), 0)],
    ["c̄", "d net.fc.weight", "c", "c = a*b"],
  );
});

test("phases follow the ops, and what stands between goes with its surroundings", () => {
  const parts = segments(product([{ kind: "optimizer_step", optimizer: "SGD", tensors: [0] }]));
  assert.deepEqual(parts, [
    { phase: "forward", label: "forward", from: 0, to: 1 },
    { phase: "backward", label: "backward", from: 2, to: 9 },
    { phase: "update", label: "update", from: 10, to: 10 },
  ]);
});

test("what a checkpoint computes again, and a pass inside a pass, belong to the backward pass around them", () => {
  const start = { kind: "backward_start", api: "backward", tensors: [2], roots: [{ node: 0, input: 0 }] };
  const tape = product([
    { ...start, index: 1 },
    { kind: "op", op: 1 },
    { ...start, index: 2 },
    { kind: "backward_end", index: 2 },
    { kind: "backward_end", index: 1 },
  ]);
  tape.ops.push({ ...tape.ops[0], id: 1, phase: "recompute" });
  assert.deepEqual(
    segments(tape).map(({ label, from, to }) => [label, from, to]),
    [
      ["forward", 0, 1],
      ["backward 1", 2, 9],
      ["backward 2", 10, 14],
    ],
  );
  assert.deepEqual(markAt(tape, 11), { span: 1, tone: "backward" });
});

test("bytes, operations and times have units that fit", () => {
  const plain = (/** @type {string} */ text) => text.replace("\u00a0", " ");
  assert.deepEqual([0, 999, 1536, 4.87e9].map(formatBytes).map(plain), ["0 B", "999 B", "1.54 KB", "4.87 GB"]);
  assert.deepEqual([192, 12_000_000].map(formatFlops).map(plain), ["192 FLOPs", "12 MFLOPs"]);
  assert.deepEqual([800, 12_345, 3e9].map(formatTime).map(plain), ["800 ns", "12.3 µs", "3 s"]);
  assert.deepEqual(
    [sizeOf([2, 3], "torch.float32"), sizeOf([], "bfloat16"), sizeOf([5], "bool"), sizeOf([2], "complex64")],
    [24, 2, 5, 16],
  );
  assert.equal(sizeOf([2], "odd"), null);
});

test("a backward event marks the forward expression of its node", () => {
  const tape = product();
  const mark = markAt(tape, 5);
  assert.deepEqual(mark, { span: 1, tone: "backward" });
  const { from, to } = offsets(tape.sources[0].text, tape.spans[1]);
  assert.equal(tape.sources[0].text.slice(from, to), "a*b");
});

test("a line leads to the next event that is about it, around to the start", () => {
  assert.deepEqual(
    [stepFromLine(product(), 0, 3, 0), stepFromLine(product(), 0, 3, 9), stepFromLine(product(), 0, 99, 0)],
    [3, 0, null],
  );
});
