/** The AD lab's parser: precedence as in mathematics, one operation a row, complaints at a character that say what to change. */

import assert from "node:assert/strict";
import test from "node:test";

import { around } from "../../../../static/js/labs/ad/fault.js";
import { laidOut } from "../../../../static/js/labs/ad/layout.js";
import { setupOf } from "../../../../static/js/labs/ad/setup.js";
import { forwardProgram } from "../../../../static/js/labs/ad/source.js";
import { formula, symbol, tangentFormula, traced } from "../../../../static/js/labs/ad/trace.js";

/** The lines that a text becomes, without its inputs. */
const body = (text) => {
  const trace = traced(text);
  return forwardProgram(
    trace,
    trace.inputs.map(() => 1),
  )
    .source.split("\n")
    .filter((line) => /^v\d/.test(line));
};

/** Where a text is wrong, and what is said. */
function fault(text) {
  try {
    traced(text);
  } catch (error) {
    if (error.at === undefined) throw error;
    return { ...error, message: error.message, wrong: around(text, error)[1] };
  }
  return assert.fail(`${text} is not wrong`);
}

test("the survey's example is the survey's trace", () => {
  const trace = traced("ln(x1) + x1*x2 - sin(x2)");
  assert.deepEqual(
    trace.rows.map((row, i) => `${symbol(row)} = ${formula(trace, i)}`),
    ["v₋₁ = x1", "v₀ = x2", "v₁ = ln(v₋₁)", "v₂ = v₋₁ · v₀", "v₃ = sin(v₀)", "v₄ = v₁ + v₂", "v₅ = v₄ − v₃"],
  );
  assert.equal(tangentFormula(trace, 3), "v̇₋₁ · v₀ + v̇₀ · v₋₁");
  assert.equal(tangentFormula(trace, 2), "v̇₋₁ / v₋₁");
  assert.equal(tangentFormula(trace, 6), "v̇₄ − v̇₃");
});

test("operators bind as in mathematics and in Python", () => {
  assert.deepEqual(body("-x^2"), ["v1 = x ** 2.0", "v2 = -v1"]);
  assert.deepEqual(body("x^y^2"), ["v1 = y ** 2.0", "v2 = x ** v1"]);
  assert.deepEqual(body("x-y-z"), ["v1 = x - y", "v2 = v1 - z"]);
  assert.deepEqual(body("x/y*z"), ["v1 = x / y", "v2 = v1 * z"]);
  assert.deepEqual(body("x+y*z"), ["v1 = y * z", "v2 = x + v1"]);
  assert.deepEqual(body("2^-x"), ["v1 = -x", "v2 = 2.0 ** v1"]);
  assert.deepEqual(body("x*-3"), ["v1 = x * (-3.0)"]);
  assert.deepEqual(body("x × 2 ÷ y − 1"), body("x * 2 / y - 1"));
  assert.deepEqual(body("x₁ ** 2"), ["v1 = x1 ** 2.0"]);
});

test("a line that a later line uses is no output", () => {
  const trace = traced("r = sqrt(x^2 + y^2)\ny1 = x / r\ny / r");
  assert.deepEqual(
    trace.outputs.map(({ name }) => name),
    ["y1", "f"],
  );
  assert.deepEqual(
    traced("x\ny").outputs.map(({ name }) => name),
    ["y1", "y2"],
  );
});

test("a name that the text uses is not given to a line that has none", () => {
  const trace = traced("x * y");
  assert.deepEqual(
    trace.inputs.map((row) => trace.rows[row].name),
    ["x", "y"],
  );
  assert.equal(trace.outputs[0].name, "f");
});

test("every complaint points at its character", () => {
  const wrong = {
    "2x": "2x",
    "sin x": "sin",
    "foo(x)": "foo",
    "x(2)": "x",
    "(x+1": "(",
    "x+1)": ")",
    "x +": "+",
    "* x": "*",
    "x1 $ 2": "$",
    "x²": "²",
    "max(x1)": "max(x1)",
    "sin(x,y)": "sin(x,y)",
    "y=": "=",
    "=x": "=",
    "x=y=z": "=",
    "v1+x": "v1",
    "lambda*x": "lambda",
    "1.2.3*x": "1.2.3",
    "1e999*x": "1e999",
    "y=x\ny=2*x": "y",
    "y1=y2\ny2=x": "y2",
    "x,y": ",",
    "x*()": ")",
    "a+b+c+d+e+f+g": "g",
    "sin = x": "sin",
  };
  for (const [text, at] of Object.entries(wrong)) {
    const found = fault(text);
    assert.equal(found.wrong, at, text);
    assert.ok(found.message.length > 15, text);
  }
});

test("what is too long, too deep, too many or nothing at all is refused with a sentence", () => {
  for (const text of [
    "",
    "   \n ",
    "3 + 4",
    "x".repeat(500),
    "(".repeat(90) + "x",
    "-".repeat(90) + "x",
    `x${"*x".repeat(60)}`,
  ])
    assert.ok(fault(text).message.length > 15, text);
  assert.match(fault("y1=x\ny2=x\ny3=x\ny4=x\ny5=x").message, /at most 4 outputs/);
});

test("text is never code: quotes, brackets and Python's own words are refused", () => {
  for (const text of ["x'", 'x"', "x[0]", "x.y", "x; y", "__import__(x)", "import * x", "x\\n", "torch * x", "x@y"])
    fault(text);
});

test("numbers and seeds are checked by name", () => {
  const { wrong } = setupOf({ f: "x1*x2", at: "x1=two;x2=", dx: "x1=1;x2=0,5", dy: "" });
  assert.deepEqual(
    wrong.map(({ field, name }) => `${field} ${name}`),
    ["at x1", "at x2", "dx x2"],
  );
  assert.match(wrong[0].message, /two is no number for x1/);
  assert.deepEqual(setupOf({ f: "x1*x2", at: "x1=−2.5;x2=1e-3", dx: "", dy: "" }).point, [-2.5, 0.001]);
});

test("no two boxes of a graph stand on one another", () => {
  for (const text of [
    "ln(x1) + x1*x2 - sin(x2)",
    "r = sqrt(x^2 + y^2)\nx / r\ny / r\nmax(x, 2) * r",
    "a+b+c+d+e+f",
    "x*x*x*x*x*x*x*x",
    "sin(x)*cos(x)*tan(x)*exp(x)*tanh(x)*abs(x)",
    "y1 = x\ny2 = x",
  ]) {
    const { boxes, outputs, width, height } = laidOut(traced(text));
    const all = [...boxes, ...outputs.map(({ box }) => box)];
    for (const [i, a] of all.entries()) {
      assert.ok(a.x - a.w / 2 >= 0 && a.x + a.w / 2 <= width && a.y + a.h / 2 <= height, text);
      for (const b of all.slice(i + 1))
        assert.ok(Math.abs(a.x - b.x) >= (a.w + b.w) / 2 || Math.abs(a.y - b.y) >= (a.h + b.h) / 2, text);
    }
  }
});
