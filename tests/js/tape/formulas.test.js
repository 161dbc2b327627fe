import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { ENTRIES, chainRule, entryOfOp } from "../../../static/js/tape/formulas.js";
import { parse } from "../../../static/js/tape/formulas_notation.js";
import { agrees, evaluate } from "../../../static/js/tape/formulas_numbers.js";
import { stem } from "../../../static/js/tape/formulas_scope.js";
import { plain as decomposed } from "../../../static/js/tape/formulas_typeset.js";
import { Tape, fill } from "../../../static/js/tape/load.js";
import { History } from "../../../static/js/tape/state.js";
import { TapeBuilder } from "../graph_tapes.js";
import { product } from "./product.js";

/** Letters and their bars as the tests are written. */
const plain = (set) => decomposed(set).normalize("NFC");

/** Recorded by tools/formula_cases.py. */
const { tables, events } = JSON.parse(readFileSync(new URL("../../data/formulas.json", import.meta.url), "utf8"));
const tape = new Tape(tables, events.map(fill));
const history = new History(tape);
/** Where the first of its passes has ended. */
const END = tape.events.findIndex((event) => event.kind === "backward_end");
const RAN = tape.events
  .slice(0, END)
  .flatMap((event) => (event.kind === "op" ? [tape.ops[event.op]] : []))
  .filter(({ phase }) => phase === "forward");

/** What a card shows, as text: formula, numbers, shapes. */
const shown = (rule) =>
  rule.lines.map((line) =>
    [plain(line.formula), line.numbers && plain(line.numbers), line.shapes].filter(Boolean).join(" | "),
  );
/** The card of the first op with a label. */
const card = (label, which = () => true) => {
  const op = tape.ops.find((each) => each.label === label && which(each));
  return chainRule(history, END, "op", op.id);
};
/** The product of the hooks' walk-through, with the values that its node saved. */
function saved() {
  const written = product();
  written.nodes[0].saved = [0, 1].map((i) => ({ slot: ["self", "other"][i], tensor: i, version: 0, value: i }));
  return written;
}

const everyText = (rule) => [
  ...rule.lines.flatMap((line) => [
    plain(line.formula),
    line.numbers ? plain(line.numbers) : "",
    line.shapes,
    line.spoken,
    ...line.notes,
  ]),
  ...rule.where.map(plain),
  ...rule.notes,
];

test("every entry has a formula of a real op, with names, shapes and numbers all filled in", () => {
  const met = new Set();
  for (const { id } of RAN) {
    const entry = entryOfOp(tape, id);
    const rule = entry && chainRule(history, END, "op", id);
    if (!rule) continue;
    met.add(entry);
    const scalars = tape.ops[id].inputs.every(({ tensor }) => tape.tensors[tensor].shape.length === 0);
    for (const text of everyText(rule))
      assert.doesNotMatch(text, /undefined|NaN|null|\[object|\$/, `${tape.ops[id].label}: ${text}`);
    for (const line of rule.lines)
      assert.ok(scalars ? line.numbers : line.shapes, `${tape.ops[id].label} lacks its numbers or shapes`);
  }
  assert.deepEqual(
    ENTRIES.filter((entry) => !met.has(entry)).map((entry) => entry.ops[0]),
    [],
  );
  assert.ok(new Set(ENTRIES.flatMap(({ ops }) => ops)).size >= 60);
});

test("of every op on single numbers, the formulas come to what torch computed, forward and backward", () => {
  let proven = 0;
  for (const { id, inputs, nodes, label } of RAN) {
    if (!inputs.length || !inputs.every(({ tensor }) => !tape.tensors[tensor].shape.length)) continue;
    const rule =
      nodes.filter((node) => tape.nodes[node].variable === null).length === 1
        ? chainRule(history, END, "op", id)
        : null;
    for (const line of rule?.lines ?? []) {
      // A result alone would mean that the formula did not come to it.
      const simple = /^[^=]*[+]?= −?[\p{L}\p{M} ]+$/u.test(plain(line.formula));
      assert.ok(
        simple || /=/.test(plain(line.numbers)),
        `${label}: ${plain(line.formula)} came to ${plain(line.numbers)}`,
      );
      proven += 1;
    }
  }
  assert.ok(proven > 120, `${proven} lines`);
});

test("every node in the backward pass has a formula without holes, or none", () => {
  for (const { id } of tape.nodes) {
    const rule = chainRule(history, END, "node", id);
    for (const text of rule ? everyText(rule) : []) assert.doesNotMatch(text, /undefined|NaN|\[object|\$/, text);
  }
});

test("no step of any recorded tape breaks a card", () => {
  const cases = JSON.parse(readFileSync(new URL("../../data/at_cases.json", import.meta.url), "utf8"));
  for (const each of cases) {
    const other = new History(new Tape(each.tables, each.events.map(fill)));
    for (let step = -1; step < other.tape.events.length; step += 7) {
      for (const kind of /** @type {const} */ (["op", "node"])) {
        for (const { id } of other.tape[`${kind}s`]) {
          const rule = chainRule(other, step, kind, id);
          for (const text of rule ? everyText(rule) : [])
            assert.doesNotMatch(text, /undefined|NaN|\[object/, each.name);
        }
      }
    }
  }
});

test("an index that the tape has cut off, and a name of ten thousand letters, break nothing", () => {
  const t = new TapeBuilder();
  const x = t.parameter("x".repeat(10_000));
  t.op("getitem", [x], { fields: { constants: [{ name: "idx", text: "[0, 1, [2, …" }] } });
  const rule = chainRule(new History(t.tape()), 0, "op", 0);
  assert.match(plain(rule.lines[0].formula), /\[…\]$/);
  assert.ok(rule.lines.every((line) => line.spoken.length < 400));
});

test("products of matrices are told by names and shapes", () => {
  assert.deepEqual(shown(card("linear")), [
    "y = x · weightᵀ + offset | [4, 3] · [3, 5] + [5] → [4, 5]",
    "x̄ += ȳ · weight | [4, 5] · [5, 3] → [4, 3]",
    "d weight += ȳᵀ · x | [5, 4] · [4, 3] → [5, 3]",
    "d offset += ȳ | [4, 5] → [5]",
  ]);
  assert.deepEqual(shown(card("einsum")), [
    "y_{i, k} = Σ_j x_{i, j} · m_{j, k} | [4, 3], [3, 5] → [4, 5]",
    "x̄_{i, j} += Σ_k ȳ_{i, k} · m_{j, k} | [4, 5], [3, 5] → [4, 3]",
    "m̄_{j, k} += Σ_i ȳ_{i, k} · x_{i, j} | [4, 5], [4, 3] → [3, 5]",
  ]);
});

test("where an input was broadcast, it is said over which dimension its gradient is summed", () => {
  const notes = card("add", ({ inputs }) => tape.tensors[inputs[0].tensor].shape.length === 2).lines.map(
    (line) => line.notes,
  );
  assert.deepEqual(notes, [[], [], ["summed over the broadcast dimension 0"]]);
});

test("the running node shows its factors, and the product only once it is on the tape", () => {
  const numbers = (step) =>
    chainRule(new History(saved()), step, "node", 0).lines.map((line) => line.numbers && plain(line.numbers));
  assert.deepEqual(numbers(4), ["2 · 3 = 6", null, null]);
  assert.deepEqual(numbers(5), ["2 · 3 = 6", "10 · 3", "10 · 2"]);
  assert.deepEqual(numbers(6), ["2 · 3 = 6", "10 · 3 = 30", "10 · 2 = 20"]);
});

test("the line of the current step is marked", () => {
  const standings = (step) => chainRule(new History(product()), step, "node", 0).lines.map(({ standing }) => standing);
  assert.deepEqual([0, 3, 5, 7, 9].map(standings), [
    ["now", "idle", "idle"],
    ["done", "idle", "idle"],
    ["done", "now", "now"],
    ["done", "now", "done"],
    ["done", "done", "done"],
  ]);
});

test("a product that is not what the tape has is not shown, only the tape's number", () => {
  const other = saved();
  other.values[5] = { ...other.values[5], data: [31] };
  assert.equal(plain(chainRule(new History(other), 6, "node", 0).lines[1].numbers), "31");
});

test("formulas are spoken in words", () => {
  const [, line] = chainRule(new History(saved()), 6, "node", 0).lines;
  assert.equal(line.spoken, "the gradient of a gets the gradient of c times b: 10 times 3 is 30.");
});

test("an AccumulateGrad stores the first gradient and adds the next", () => {
  const node = tape.nodes.find(({ variable }) => variable !== null && tape.tensors[variable].name === "a").id;
  const twice = chainRule(history, tape.events.length - 1, "node", node);
  const at = tape.events.findIndex((event) => event.kind === "accumulate" && event.node === node);
  const first = chainRule(history, at, "node", node);
  assert.deepEqual([plain(first.lines[0].formula), first.lines[0].standing], ["a.grad ← ā", "now"]);
  assert.match(shown(twice)[0], /^a\.grad ← a\.grad \+ ā \| [\d.−]+ \+ 3 = [\d.−]+$/);
});

test("what is written in place has its versions", () => {
  assert.match(shown(card("mul_"))[0], /^scaled@v1 = scaled@v0 · 2 \| /);
});

test("what has no entry, what is not torch's own and what failed have no formula", () => {
  const t = new TapeBuilder();
  const x = t.parameter("x");
  t.op("mystery", [x]);
  t.op("mul", [x, x], { fields: { name: "__main__.mul.apply" } });
  t.op("mul", [x, x], { fields: { error: "RuntimeError" } });
  t.op("mul", [x, x]);
  const written = new History(t.tape());
  assert.deepEqual(
    [0, 1, 2, 3].map((op) => chainRule(written, 3, "op", op) !== null),
    [false, false, false, true],
  );
  assert.deepEqual(
    [stem("MulBackward0"), stem("CopyBackwards"), stem("ExpBackward"), stem("GraphRoot")],
    ["Mul", "Copy", null, null],
  );
});

test("complex numbers have formulas of their own, which are not here", () => {
  const other = product();
  other.tensors[0] = { ...other.tensors[0], dtype: "torch.complex64" };
  assert.equal(chainRule(new History(other), 6, "op", 0), null);
});

test("the notation reads products before sums, indexes, subscripts and conditions", () => {
  const number = (text, env = {}) => evaluate(parse(text), (role) => env[role] ?? null);
  assert.equal(number("1 + 2 * 3 - 4 / 2"), 5);
  assert.equal(number("-2^2"), -4);
  assert.equal(number("x_i^2 * [x > 1]", { x: 3 }), 9);
  assert.equal(number("where(x > 1, 5, 7)", { x: 0 }), 7);
  assert.ok(Number.isNaN(number("x + unknown", { x: 3 })));
  assert.deepEqual(parse("~x[:, 0:3] += ~y").left, { kind: "at", of: { kind: "gradient", name: "x" }, text: ":, 0:3" });
  assert.throws(() => parse("x + (y"), SyntaxError);
  assert.throws(() => parse("x y"), SyntaxError);
});

test("numbers agree as closely as 32-bit floats do", () => {
  assert.deepEqual(
    [agrees(0.1 + 0.2, 0.3), agrees(1, 1.0001), agrees(Infinity, Infinity), agrees(NaN, 1)],
    [true, false, true, false],
  );
});
