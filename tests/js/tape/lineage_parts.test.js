/** Parts of a lineage: what is lit when only one question is asked. */

import assert from "node:assert/strict";
import test from "node:test";

import { lineage } from "../../../static/js/tape/lineage.js";
import { partOf, partsOf } from "../../../static/js/tape/lineage_parts.js";
import { TapeBuilder, walkThrough } from "../graph_tapes.js";

/** x·w → relu → + b → sum; and a statistic of x on the side. */
function network() {
  const t = new TapeBuilder();
  const x = t.tensor({ role: "input", name: "x" });
  const scaled = t.op("scale", [x]);
  const h = t.op("mul", [scaled, t.parameter("w")]);
  const a = t.op("relu", [h]);
  const y = t.op("add", [a, t.parameter("b")]);
  t.op("mean", [a]);
  return t.backward(t.op("sum", [y], { name: "loss" })).tape();
}

const lit = (tape, thing, part) => {
  const { up, down } = partOf(tape, lineage(tape, thing), part);
  return [[...up].sort(), [...down].sort()];
};

test("what feeds an op is lit without what it feeds", () => {
  const [up, down] = lit(network(), "op:2", "before");
  assert.deepEqual(up, ["op:0", "op:1", "op:2", "tensor:0", "tensor:1", "tensor:2", "tensor:3"]);
  assert.deepEqual(down, ["op:2"]);
});

test("what an op feeds is lit without what feeds it", () => {
  const [up, down] = lit(network(), "op:2", "after");
  assert.deepEqual(up, ["op:2"]);
  assert.deepEqual(
    down.filter((thing) => thing.startsWith("op:")),
    ["op:2", "op:3", "op:4", "op:5"],
  );
});

test("the parameters that feed an op are lit with their way to it, and nothing that has none above it", () => {
  const [up] = lit(network(), "op:3", "parameters");
  assert.deepEqual(up, ["op:1", "op:2", "op:3", "tensor:2", "tensor:5"]);
});

test("the path to the loss leaves out what leads elsewhere", () => {
  const [, down] = lit(network(), "op:1", "path");
  assert.deepEqual(
    down.filter((thing) => thing.startsWith("op:")),
    ["op:1", "op:2", "op:3", "op:5"],
  );
  assert.ok(down.some((thing) => thing.startsWith("tensor:")));
});

test("of a node, the parameters are those that its gradient reaches", () => {
  const tape = walkThrough();
  const store = (name) =>
    tape.nodes.find(({ variable }) => variable !== null && tape.tensors[variable].name === name).id;
  const [up, down] = lit(tape, `node:${tape.ops[0].nodes[0]}`, "parameters");
  assert.deepEqual(up, [`node:${tape.ops[0].nodes[0]}`]);
  assert.ok(down.includes(`node:${store("a")}`) && down.includes(`node:${store("b")}`));
  assert.ok(!down.includes(`node:${store("d")}`));
});

test("only parts that there are can be asked for", () => {
  const tape = walkThrough();
  const last = tape.ops[1].nodes[0];
  assert.deepEqual(partsOf(lineage(tape, `node:${last}`)), ["all", "parameters", "after"]);
  assert.deepEqual(partsOf(lineage(tape, "tensor:0")), ["all", "after", "path"]);
});
