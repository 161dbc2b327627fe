/** Edits can be undone and redone; keystrokes in one field that follow one another are one edit. */

import assert from "node:assert/strict";
import test from "node:test";

import { readFields, saysFields, writeFields } from "../../../static/js/labs/address.js";
import { begun, changed, redone, undone } from "../../../static/js/labs/edits.js";

test("keystrokes are one edit, a pause makes a new one", () => {
  let edits = begun({ f: "", g: "1" });
  for (const [i, f] of ["x", "x*", "x*y"].entries()) edits = changed(edits, { f }, i * 100);
  edits = changed(edits, { f: "x*y+1" }, 5000);
  assert.equal(edits.past.length, 2);
  assert.equal(undone(edits).now.f, "x*y");
  assert.equal(undone(undone(edits)).now.f, "");
});

test("another field is another edit, at once", () => {
  const edits = changed(changed(begun({ f: "", g: "1" }), { f: "x" }, 0), { g: "2" }, 10);
  assert.deepEqual(undone(edits).now, { f: "x", g: "1" });
});

test("what was undone can be redone, until something else is changed", () => {
  const edits = changed(begun({ f: "a" }), { f: "b" }, 0);
  assert.equal(redone(undone(edits)).now.f, "b");
  const other = changed(undone(edits), { f: "c" }, 1);
  assert.equal(redone(other).now.f, "c");
  assert.equal(undone(other).now.f, "a");
});

test("a change to what it already is changes nothing, and there is nothing before the first", () => {
  const edits = begun({ f: "a" });
  assert.equal(changed(edits, { f: "a" }, 0), edits);
  assert.equal(undone(edits).now.f, "a");
  assert.equal(redone(edits).now.f, "a");
});

test("an address holds what differs and gives it back, whatever it is", () => {
  const defaults = { f: "x", at: "x=1", step: "" };
  const fields = { f: "a & b = c # ü\n+1", at: "x=1", step: "-1" };
  const hash = writeFields(fields, defaults);
  assert.ok(!hash.includes("at="));
  assert.deepEqual(readFields(hash, defaults), fields);
  assert.equal(writeFields(defaults, defaults), "");
  assert.deepEqual(readFields("#other=1", defaults), defaults);
  assert.equal(saysFields("#other=1", defaults), false);
  assert.equal(saysFields(hash, defaults), true);
});
