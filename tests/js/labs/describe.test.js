/** The form of a described model, without a page: every edit makes the next spec, every text a value, every fault a place. */

import assert from "node:assert/strict";
import test from "node:test";

import { stillTrue } from "../../../static/js/labs/describe/facts.js";
import { groupsOf, searched } from "../../../static/js/labs/describe/groups.js";
import { followed, none } from "../../../static/js/labs/describe/identities.js";
import { faultAt, lineAndColumn } from "../../../static/js/labs/describe/json_fault.js";
import * as layers from "../../../static/js/labs/describe/layers.js";
import { namesOf, slotsOf, unused } from "../../../static/js/labs/describe/naming.js";
import * as parts from "../../../static/js/labs/describe/parts.js";
import { Unreadable, readSpec } from "../../../static/js/labs/describe/reading.js";
import { argumentOf, shapeOf, tableOf, textOf } from "../../../static/js/labs/describe/values.js";
import { isForeign, placeOf } from "../../../static/js/labs/describe/where.js";
import { begun, changed, undone } from "../../../static/js/labs/edits.js";
import { TABLE } from "./describe/table.js";

const layer = (kind, args, more = {}) => ({ layer: kind, ...(args ? { args } : {}), ...more });
const spec = (...all) => ({ inputs: { x: { shape: [4, 3] } }, layers: all });
const kinds = ({ layers: all }) => all.map((one) => one.layer ?? one.function);
const ADD = { kind: "add", isFunction: true };

test("a function that joins branches takes the last two results, which then keep their names", () => {
  const joined = layers.added(spec(layer("Linear"), layer("ReLU")), 2, ADD, TABLE);
  assert.deepEqual(joined.layers[2], { function: "add", inputs: ["linear1", "relu1"] });
  assert.deepEqual(namesOf(joined), ["linear1", "relu1", "add1"]);
  const more = layers.added(joined, 0, { kind: "Linear", isFunction: false }, TABLE);
  assert.deepEqual(slotsOf(more, 3, TABLE), [
    { name: "linear1", given: true },
    { name: "relu1", given: true },
  ]);
  assert.deepEqual(namesOf(more), ["linear2", "linear1", "relu1", "add1"]);
});

test("a layer takes what the one before gave until it is told otherwise, and again after that", () => {
  const two = spec(layer("Linear"), layer("ReLU"));
  assert.deepEqual(slotsOf(two, 1, TABLE), [{ name: "linear1", given: false }]);
  const told = layers.takingAt(two, 1, 0, "x", TABLE);
  assert.deepEqual(told.layers[1].inputs, ["x"]);
  assert.deepEqual(layers.takingAt(told, 1, 0, null, TABLE), two);
});

test("one of several inputs is changed and the others are written down", () => {
  const attention = spec(layer("LayerNorm", { normalized_shape: 3 }), layer("MultiheadAttention"));
  const told = layers.takingAt(attention, 1, 0, "x", TABLE);
  assert.deepEqual(told.layers[1].inputs, ["x", "layernorm1", "layernorm1"]);
  assert.equal(told.layers[0].name, "layernorm1");
});

test("layers move, are copied without their name, and go", () => {
  const three = spec(layer("Linear", null, { name: "a" }), layer("ReLU"), layer("Tanh"));
  assert.deepEqual(kinds(layers.moved(three, 0, 2)), ["ReLU", "Tanh", "Linear"]);
  assert.deepEqual(kinds(layers.moved(three, 2, 0)), ["Tanh", "Linear", "ReLU"]);
  assert.deepEqual(layers.moved(three, 0, -1), three);
  assert.deepEqual(layers.duplicated(three, 0).layers.slice(0, 2), [
    layer("Linear", null, { name: "a" }),
    layer("Linear"),
  ]);
  assert.deepEqual(kinds(layers.removed(three, 1)), ["Linear", "Tanh"]);
});

test("a new name goes along to everything that refers to the old one", () => {
  const given = { ...spec(layer("Linear"), layer("ReLU", null, { inputs: ["linear1"] })), output: "linear1" };
  const next = layers.named(given, 0, "first");
  assert.deepEqual([next.layers[0].name, next.layers[1].inputs, next.output], ["first", ["first"], "first"]);
  const back = layers.named(next, 0, "");
  assert.deepEqual([back.layers[0].name, back.layers[1].inputs, back.output], ["linear1", ["linear1"], "linear1"]);
});

test("another kind keeps the name and the arguments that both have", () => {
  const conv = spec(layer("Conv1d", { in_channels: 3, out_channels: 2, kernel_size: 3 }, { name: "c" }));
  const linear = layers.replaced(conv, 0, { kind: "Conv2d", isFunction: false }, TABLE);
  assert.deepEqual(linear.layers[0], { layer: "Conv2d", name: "c", args: conv.layers[0].args });
  assert.deepEqual(layers.replaced(conv, 0, { kind: "ReLU", isFunction: false }, TABLE).layers[0], {
    layer: "ReLU",
    name: "c",
  });
});

test("an argument that is emptied is no longer said", () => {
  const set = parts.layerArg(spec(layer("Linear")), 0, "bias", false);
  assert.deepEqual(set.layers[0], layer("Linear", { bias: false }));
  assert.deepEqual(parts.layerArg(set, 0, "bias", undefined).layers[0], layer("Linear"));
});

test("an input keeps its place when it is renamed", () => {
  const two = parts.inputAdded(spec(layer("ReLU", null, { inputs: ["x"] })));
  assert.deepEqual(Object.keys(two.inputs), ["x", "y"]);
  const renamed = parts.inputRenamed(two, "x", "picture");
  assert.deepEqual(Object.keys(renamed.inputs), ["picture", "y"]);
  assert.deepEqual(renamed.layers[0].inputs, ["picture"]);
});

test("a loss brings a target of its kind, and takes target and optimizer with it", () => {
  const made = parts.lossChosen(spec(layer("Linear", { in_features: 3, out_features: 7 })), "CrossEntropyLoss");
  assert.deepEqual(made.target, { shape: [4], classes: 7 });
  assert.deepEqual(parts.lossChosen(made, "MSELoss").target, { shape: [4, 7] });
  const trained = parts.optimizerChosen(made, "SGD", TABLE);
  assert.deepEqual(Object.keys(parts.lossChosen(trained, "")), ["inputs", "layers"]);
});

test("a text is a value where it means one, and itself where it does not", () => {
  assert.equal(argumentOf(" 3 ", "int"), 3);
  assert.equal(argumentOf("1e-3", "float"), 0.001);
  assert.equal(argumentOf("−2", "int"), -2);
  assert.equal(argumentOf("", "int"), undefined);
  assert.equal(argumentOf("None", "int"), null);
  assert.equal(argumentOf("three", "int"), "three");
  assert.deepEqual(argumentOf("(3, 5)", "sizes"), [3, 5]);
  assert.deepEqual(argumentOf("0.9, 0.999", "sizes"), [0.9, 0.999]);
  assert.equal(argumentOf("same", "sizes"), "same");
  assert.equal(argumentOf("'zeros'", "str"), "zeros");
  for (const shape of ["4, 1, 8", "4 1 8", "4×1×8", "4x1x8", "[4, 1, 8]", "(4, 1, 8,)"])
    assert.deepEqual(shapeOf(shape), [4, 1, 8]);
  assert.deepEqual(shapeOf("()"), []);
  assert.equal(shapeOf("four"), "four");
  assert.deepEqual(tableOf("[[1, 2], [3, 4]]"), [
    [1, 2],
    [3, 4],
  ]);
  assert.deepEqual(tableOf("1, 2"), [1, 2]);
  assert.equal(tableOf("[[1, 2]"), "[[1, 2]");
  assert.equal(textOf([3, null, true]), "3, None, True");
});

test("the server's place is a part and a field of the form", () => {
  const at = (where, inputs = ["x"]) => {
    const { part, at: number, field } = placeOf(where, inputs);
    return [part, number, field];
  };
  assert.deepEqual(at("body.spec.layers[1].args.bias"), ["layers", 1, "args.bias"]);
  assert.deepEqual(at("body.spec.layers[12].inputs[0]"), ["layers", 12, "inputs[0]"]);
  assert.deepEqual(at("body.spec.layers[0]"), ["layers", 0, ""]);
  assert.deepEqual(at("body.spec.layers"), ["layers", null, ""]);
  assert.deepEqual(at("body.spec.inputs.x.shape"), ["inputs", "x", "shape"]);
  assert.deepEqual(at("body.spec.inputs.a.b.shape", ["a", "a.b"]), ["inputs", "a.b", "shape"]);
  assert.deepEqual(at("body.spec.loss.args.reduction"), ["loss", null, "args.reduction"]);
  assert.deepEqual(at("body.spec.optimiser"), ["", null, "optimiser"]);
  assert.deepEqual(at("body.spec"), ["", null, ""]);
});

test("a key that there is not can be left out", () => {
  const given = { ...spec({ ...layer("Linear", { bais: true }), color: 1 }), foo: 1 };
  for (const where of ["layers[0].args.bais", "layers[0].color", "foo"]) {
    const place = placeOf(`body.spec.${where}`, ["x"]);
    assert.ok(isForeign(place, ["in_features", "bias"]), where);
    assert.equal(JSON.stringify(parts.leftOut(given, place.path)).includes(where.split(".").at(-1)), false);
  }
  assert.equal(isForeign(placeOf("body.spec.layers[0].args.bias", ["x"]), ["bias"]), false);
  assert.equal(isForeign(placeOf("body.spec.layers[0].inputs[0]", ["x"]), []), false);
});

test("arguments in order get their names; what the form cannot show is refused with a sentence", () => {
  const read = readSpec(
    JSON.stringify({ inputs: {}, layers: [{ layer: "Linear", args: [3, 2] }], loss: "MSELoss" }),
    TABLE,
  );
  assert.deepEqual(read.layers[0].args, { in_features: 3, out_features: 2 });
  assert.deepEqual(read.loss, { type: "MSELoss" });
  const refused = (text) => assert.throws(() => readSpec(text, TABLE), Unreadable);
  refused("[]");
  refused('{"layers": {}}');
  refused('{"layers": ["Linear"]}');
  refused('{"inputs": {"x": 3}}');
  refused('{"loss": {"type": "MSELoss", "args": 3}}');
  assert.throws(() => readSpec('{\n"layers": [}\n', TABLE), /line 2, column 12/);
});

test("where a text stops being JSON is told by line and column", () => {
  const place = (text) => {
    assert.throws(() => JSON.parse(text));
    return Object.values(lineAndColumn(text, faultAt(text)));
  };
  assert.deepEqual(place(""), [1, 1]);
  assert.deepEqual(place('{"a": 1,}'), [1, 9]);
  assert.deepEqual(place('{\n  "a": [1, 2\n}'), [3, 1]);
  assert.deepEqual(place('{"a": tru}'), [1, 7]);
  assert.deepEqual(place('{"a": 1} x'), [1, 10]);
  assert.deepEqual(place("{'a': 1}"), [1, 2]);
  assert.deepEqual(place('{"a": 01}'), [1, 8]);
});

test("a card stays the same card when it moves, is undone, or what stands before it goes", () => {
  const [a, b, c] = [layer("Linear"), layer("ReLU"), layer("Tanh")];
  const first = followed(none, [a, b, c]);
  assert.deepEqual(first.ids, [0, 1, 2]);
  assert.deepEqual(followed(first, [b, a, c]).ids, [1, 0, 2]);
  assert.deepEqual(followed(first, [b, c]).ids, [1, 2]);
  assert.deepEqual(followed(first, [a, layer("ReLU", { inplace: true }), c]).ids, [0, 1, 2]);
  const more = followed(first, [a, a, b, c]);
  assert.deepEqual(more.ids, [0, 3, 1, 2]);
  assert.deepEqual(followed(more, [a, b, c]).ids, [0, 1, 2]);
});

test("what nobody takes is found, and the output is taken", () => {
  const branch = spec(layer("Linear"), layer("ReLU", null, { inputs: ["x"] }));
  assert.deepEqual([...unused(branch, TABLE)], [0]);
  assert.deepEqual([...unused({ ...branch, output: "linear1" }, TABLE)], [1]);
});

test("the search finds names, groups, and letters in their order; the nearest first", () => {
  const groups = groupsOf(TABLE);
  const first = (query) => searched(groups, query)[0]?.choices[0]?.kind;
  assert.equal(first("lstm"), "LSTM");
  assert.equal(first("conv2d"), "Conv2d");
  assert.equal(first("nn.ReLU"), "ReLU");
  assert.equal(first("mha"), "MultiheadAttention");
  assert.equal(first("add"), "add");
  assert.equal(first("qqq"), undefined);
  const all = groups.flatMap(({ choices }) => choices.map(({ kind }) => kind));
  assert.equal(all.length, Object.keys(TABLE.layers).length + Object.keys(TABLE.functions).length);
  assert.deepEqual(
    searched(groups, "pooling")[0].choices.length,
    groups.find(({ title }) => title === "Pooling").choices.length,
  );
});

test("the facts of the layers before an edit still hold, those after it do not", () => {
  const before = spec(layer("Linear"), layer("ReLU"), layer("Tanh"));
  const facts = { layers: ["a", "b", "c"] };
  const now = (next) => stillTrue(before, next, facts);
  assert.deepEqual(now(parts.layerArg(before, 1, "inplace", true)), ["a", null, null]);
  assert.deepEqual(now(layers.named(before, 0, "first")), ["a", "b", "c"]);
  assert.deepEqual(now({ ...before, mode: "eval" }), [null, null, null]);
  assert.deepEqual(now(layers.added(before, 3, { kind: "ReLU", isFunction: false }, TABLE)), ["a", "b", "c", null]);
});

test("letters in one field are one edit, two edits of the whole are two", () => {
  const begin = begun({ spec: "0" });
  const typed = changed(changed(begin, { spec: "1" }, 0, "a"), { spec: "12" }, 100, "a");
  assert.equal(undone(typed).now.spec, "0");
  const moved = changed(changed(begin, { spec: "1" }, 0, "edit 1"), { spec: "2" }, 100, "edit 2");
  assert.equal(undone(moved).now.spec, "1");
});
