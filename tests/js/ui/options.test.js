/** What the page asks for when it records. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { PLAIN, optionsFrom, problemOf, requestOf, summaryOf } from "../../../static/js/ui/options.js";

const FORWARD = { ...PLAIN, forward: true };

test("plain options ask for nothing and have nothing to say", () => {
  assert.deepEqual([requestOf(PLAIN), summaryOf(PLAIN), problemOf(PLAIN)], [{}, "", null]);
});

test("what is asked for is asked for by the service's own names", () => {
  const options = { ...FORWARD, values: /** @type {const} */ ("summary"), wrt: "x1, net.fc.weight ", aten: true };
  assert.deepEqual(requestOf(options), {
    values: "summary",
    mode: "forward",
    wrt: ["x1", "net.fc.weight"],
    aten: true,
  });
  assert.equal(summaryOf(options), "statistics · tangents of x1, net.fc.weight · ATen ops");
});

test("names without forward mode are not sent", () => {
  assert.deepEqual(requestOf({ ...PLAIN, wrt: "x1" }), {});
});

test("the options of a recording become the page's, and what is unknown becomes plain", () => {
  const told = { values: "structure", seed: 0, mode: "forward", wrt: ["x1", "x2"], aten: true, fake: false };
  assert.deepEqual(optionsFrom(told), { values: "structure", forward: true, wrt: "x1, x2", aten: true, fake: false });
  assert.deepEqual(optionsFrom({ values: "all", aten: "yes", wrt: 3 }), PLAIN);
  assert.deepEqual(optionsFrom(null), PLAIN);
});

test("what does not fit together is said in a sentence", () => {
  assert.equal(problemOf({ ...FORWARD, wrt: "x1, net.fc.weight, größe" }), null);
  assert.match(problemOf({ ...FORWARD, fake: true }) ?? "", /no numbers/);
  assert.match(problemOf({ ...FORWARD, values: "structure" }) ?? "", /no tangents/);
  assert.match(problemOf({ ...FORWARD, wrt: "x1, 2x" }) ?? "", /^2x is no name/);
  assert.match(problemOf({ ...FORWARD, wrt: "x1 x1" }) ?? "", /^x1 is named twice/);
  assert.match(
    problemOf({ ...FORWARD, wrt: Array.from({ length: 17 }, (_, i) => `x${i}`).join() }) ?? "",
    /at most 16/,
  );
});
