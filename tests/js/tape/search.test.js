/** Finding things on a tape by words. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { firstStep } from "../../../static/js/tape/first.js";
import { MOST, marked, parseWords, search } from "../../../static/js/tape/search.js";
import { searchRow } from "../../../static/js/tape/search_rows.js";
import { thingTitle } from "../../../static/js/tape/things.js";
import { TapeBuilder, chain } from "../graph_tapes.js";
import { product } from "./product.js";
import { recorded } from "./recorded.js";

const trained = recorded("a module with hooks, trained for two steps");

/** @param {import("../../../static/js/tape/load.js").Tape} tape @param {string} text */
const things = (tape, text) => search(tape, text).results.map(({ thing }) => thing);

/** @param {import("../../../static/js/tape/load.js").Tape} tape @param {string} text */
const titles = (tape, text) => things(tape, text).map((thing) => thingTitle(tape, thing));

test("nothing is found before anything is asked", () => {
  assert.deepEqual(search(trained, "  ").results, []);
  assert.equal(search(trained, "").count, 0);
});

test("a tensor is found by the program's own name, whatever the case", () => {
  assert.deepEqual(titles(trained, "param:net.0.WEIGHT"), ["net.0.weight"]);
  assert.equal(titles(trained, "net.0.weight")[0], "net.0.weight");
});

test("an op is found by its label and by its full name", () => {
  const linear = trained.ops.filter(({ label }) => label === "linear").map(({ id }) => `op:${id}`);
  assert.ok(linear.length >= 4);
  assert.deepEqual(things(trained, "op:linear").slice(0, linear.length), linear);
  assert.deepEqual(things(trained, "torch.nn.functional.linear"), linear);
});

test("a node is found by its type", () => {
  assert.ok(titles(trained, "AddmmBackward0").every((title) => title === "AddmmBackward0"));
  assert.equal(search(trained, "node:addmm").count, trained.nodes.filter(({ name }) => /Addmm/.test(name)).length);
});

test("a module is found by path and by type, and so is what ran in it", () => {
  assert.ok(things(trained, "module:net.1").some((thing) => thing.startsWith("module:")));
  assert.ok(things(trained, "module:batchnorm1d").some((thing) => thing.startsWith("call:")));
  assert.equal(titles(trained, "op:net.1").filter((title) => title === "batch_norm").length, 2);
});

test("a shape is found however it is written, and only as whole lengths", () => {
  const written = ["3x2", "3,2", "[3, 2]", "3×2"].map((text) => things(trained, text));
  assert.ok(written[0].includes("tensor:2"));
  for (const found of written) assert.deepEqual(found, written[0]);
  const t = new TapeBuilder();
  t.tensor({ name: "x", shape: [64, 128] });
  const tape = t.tape();
  assert.equal(search(tape, "4x128").count, 0);
  assert.equal(search(tape, "[64, 1").count, 1, "half a shape is found while it is typed");
});

test("a dtype is found by its long and its short name", () => {
  const t = new TapeBuilder();
  t.tensor({ name: "x", dtype: "torch.float32" });
  t.tensor({ name: "y", dtype: "torch.int64" });
  const tape = t.tape();
  for (const text of ["float32", "f32", "torch.float32"]) assert.deepEqual(titles(tape, text), ["x"], text);
});

test("a line is found exactly: line 1 is not line 12", () => {
  const lines = (/** @type {string} */ text) =>
    things(product(), text).map((thing) => searchRow(product(), thing, []).place.at(-1));
  assert.deepEqual(new Set(lines("line:1")), new Set(["line 1"]));
  assert.deepEqual(things(product(), "l3"), things(product(), "line:3"));
  assert.equal(search(product(), "line:12").count, 0);
});

test("a hook is found by its name, its kind and what it hangs on", () => {
  for (const text of ["hook:", "hook:c_hook", "hook:tensor", "hook:c"])
    assert.deepEqual(things(product(), text), ["hook:0"]);
});

test("an optimizer is found by its type", () => {
  const found = search(trained, trained.optimizers[0].type.split(".").at(-1) ?? "");
  assert.equal(found.results[0].thing, "optimizer:0");
});

test("a prefix keeps to one kind", () => {
  assert.deepEqual(new Set(search(trained, "param:").results.map(({ kind }) => kind)), new Set(["parameter"]));
  assert.deepEqual(
    new Set(search(trained, "tensor:net").results.map(({ kind }) => kind)),
    new Set(["parameter", "tensor"]),
  );
  assert.equal(search(trained, "param:").count, trained.tensors.filter(({ role }) => role === "parameter").length);
});

test("several words must all match", () => {
  const both = things(trained, "net.0 weight");
  assert.equal(both[0], "tensor:2");
  assert.ok(both.every((thing) => things(trained, "weight").includes(thing)));
  assert.equal(search(trained, "weight no-such-thing").count, 0);
});

test("exact comes before the start of a name, and that before its middle", () => {
  const t = new TapeBuilder();
  for (const name of ["my_loss", "loss_scale", "loss"]) t.parameter(name);
  assert.deepEqual(titles(t.tape(), "loss"), ["loss", "loss_scale", "my_loss"]);
});

test("what is called so comes before what only has to do with it", () => {
  assert.equal(things(product(), "c")[0], "tensor:2");
});

test("what fits equally well stands in the order of the tape", () => {
  const steps = things(chain(50), "op:sin").map((thing) => firstStep(chain(50), thing));
  assert.deepEqual(
    steps,
    [...steps].sort((a, b) => Number(a) - Number(b)),
  );
});

test("at most 200 are listed, and all are counted", () => {
  const { results, count } = search(chain(500), "op:sin");
  assert.deepEqual([results.length, count], [MOST, 500]);
});

test("a letter on a tape with 10,000 ops takes less than 30 ms", () => {
  const tape = chain(10_000);
  search(tape, "x");
  for (const text of ["s", "si", "sin", "1", "op:sin sinback"]) {
    // The best of a few: another process may have had the processor meanwhile.
    const times = Array.from({ length: 5 }, () => {
      const started = performance.now();
      search(tape, text);
      return performance.now() - started;
    });
    assert.ok(Math.min(...times) < 30, `${text}: ${times}`);
  }
});

test("NaN finds what made one of numbers, not what passed it on", () => {
  const t = new TapeBuilder();
  const y = t.op("log", [t.parameter("x")], { name: "y" });
  t.op("mul", [y, y], { name: "z" });
  for (const value of t.tables.values) value.data = ["NaN"];
  const { results, notes } = search(t.tape(), "nan");
  assert.deepEqual(
    results.map(({ thing }) => thing),
    ["op:0"],
  );
  assert.match(notes[0], /^What produced a NaN/);
});

test("NaN finds a node that sends what it did not receive, and a hook that returns it", () => {
  const found = (/** @type {object[]} */ more) => {
    const tape = product(more);
    Object.assign(tape.values[6], { data: ["NaN"] });
    return things(tape, "nan");
  };
  assert.deepEqual(found([]), ["node:0"]);
  const fires = { kind: "hook_fire", hook: 0, before: [3], after: [6], changed: true, node: 0 };
  assert.deepEqual(found([fires]), ["node:0", "hook:0"]);
});

test("infinity is told from NaN", () => {
  const tape = product();
  Object.assign(tape.values[2], { data: ["-Infinity"] });
  assert.deepEqual(things(tape, "inf"), ["op:0"]);
  assert.deepEqual(things(tape, "nan"), []);
});

test("a tape without numbers says that it cannot know about NaN, and knows what got no gradient", () => {
  const silent = recorded("no numbers");
  for (const word of ["nan", "inf"]) {
    const { count, notes } = search(silent, word);
    assert.equal(count, 0);
    assert.match(notes[0], /level structure.* cannot know/);
  }
  assert.match(search(silent, "unused").notes[0], /Any level/);
});

test("unused finds parameters without a gradient, and says where no backward pass ran", () => {
  assert.deepEqual(titles(product(), "unused"), ["b"]);
  const t = new TapeBuilder();
  t.parameter("alone");
  assert.match(search(t.tape(), "unused").notes[0], /No backward pass/);
});

test("no-grad finds ops under no_grad and frozen parameters", () => {
  const t = new TapeBuilder();
  const frozen = t.tensor({ role: "parameter", name: "frozen", is_leaf: true });
  t.op("mul", [frozen, t.parameter("w")], { fields: { mode: "no_grad" } });
  t.op("mul", [frozen, t.parameter("v")]);
  assert.deepEqual(new Set(things(t.tape(), "no-grad")), new Set(["tensor:0", "op:0"]));
});

test("leaf finds the leaves; with a prefix it is a word like any other", () => {
  assert.deepEqual(titles(product(), "leaf"), ["a", "b"]);
  assert.equal(search(product(), "tensor:leaf").count, 0);
});

test("what matched is marked, in the parts of the text", () => {
  const parts = (/** @type {string} */ text, /** @type {string} */ words) =>
    marked(text, parseWords(words))
      .map(({ text: part, hit }) => (hit ? `[${part}]` : part))
      .join("");
  assert.equal(parts("net.Fc1.weight", "fc1 weight"), "net.[Fc1].[weight]");
  assert.equal(parts("abcd", "abc bcd"), "[abc][d]");
  assert.equal(parts("64×128 f32 · line 12", "64,128 l12"), "[64×128] f32 · [line 12]");
  assert.equal(parts("<b>&", "b"), "<[b]>&");
  assert.equal(parts("İstanbul", "stan"), "İstanbul");
});

test("a name of 10,000 letters, HTML or marks from right to left are only text", () => {
  const t = new TapeBuilder();
  const odd = `<img onerror="x">\u202e${"a".repeat(10_000)}`;
  t.parameter(odd);
  assert.deepEqual(titles(t.tape(), "<img"), [odd]);
});

test("a thing first happens where an op makes it or first uses it; a hook, where it fires", () => {
  const tape = product();
  const steps = ["op:0", "tensor:0", "tensor:2", "node:0", "hook:0", "module:0"].map((thing) => firstStep(tape, thing));
  assert.deepEqual(steps, [0, 0, 0, 3, 4, null]);
});

test("an op that was found by its full name is shown by it", () => {
  const tape = product();
  assert.equal(searchRow(tape, "op:0", parseWords("torch.mul")).title, "torch.mul");
  assert.equal(searchRow(tape, "op:0", parseWords("mul")).title, "mul");
  assert.deepEqual(searchRow(tape, "tensor:0", []).place, ["scalar f32", "line 1"]);
});
