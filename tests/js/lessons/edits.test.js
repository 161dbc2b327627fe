/** A control edits a program as the server's twin does. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { edited, standing } from "../../../static/js/lessons/edits.js";

const { experiments, source, cases } = JSON.parse(readFileSync("tests/data/lesson_edits.json", "utf8"));

/** An experiment as the page gets it. */
const served = experiments.map((each) => ({
  ...each,
  options: (each.options ?? []).map((code) => ({ code, label: code })),
  whole: each.id === "depth",
}));
const named = (id) => served.find((each) => each.id === id);

for (const { edits, gives } of cases) {
  test(`${JSON.stringify(edits)} edits as it does in Python`, () => {
    const made = Object.entries(edits).reduce((text, [id, value]) => text && edited(text, named(id), value), source);
    assert.equal(made, gives);
  });
}

test("a control stands where the program says", () => {
  assert.deepEqual(
    served.map((each) => standing(source, each)),
    [0, 0, 0.5, 3, "ij->ji"],
  );
  assert.equal(standing(edited(source, named("hook"), 1), named("hook")), 1);
});

test("a control whose place is gone stands nowhere", () => {
  assert.deepEqual(
    served.map((each) => standing("x = 1\n", each)),
    [null, null, null, null, null],
  );
  assert.equal(edited("x = 1\n", named("std"), 1), null);
});
