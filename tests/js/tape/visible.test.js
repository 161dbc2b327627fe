import assert from "node:assert/strict";
import { test } from "node:test";

import { parseVisible, visible } from "../../../static/js/tape/visible.js";

test("what cannot be seen or turns text around is written out", () => {
  assert.equal(
    visible("a\u202eb\u2066c\u200bd\x1b[0m\0\x7f\ufeff"),
    "a\\u202eb\\u2066c\\u200bd\\x1b[0m\\x00\\x7f\\ufeff",
  );
});

test("letters of every script, emoji, tabs and line breaks stay as they are", () => {
  for (const text of ["שלום עולם", "مرحبا", "👩‍👩‍👧‍👦 é ü", "نمی‌خواهم", "\tx\n", "ȳ x̄ ∂"]) assert.equal(visible(text), text);
});

test("a joiner between letters that need none is written out", () => {
  assert.equal(visible("pay\u200cload\u200dx"), "pay\\u200cload\\u200dx");
});

test("half a pair is written out", () => {
  assert.equal(visible("a\ud83dz"), "a\\ud83dz");
});

test("JSON's texts and names are made visible, and a program's source stays exact", () => {
  const json = JSON.stringify({ name: "w\u202e", text: "x\u202e", parameters: { "a\0": 3 }, n: [1, null, true] });
  assert.deepEqual(parseVisible(json, ["text"]), {
    name: "w\\u202e",
    text: "x\u202e",
    parameters: { "a\\x00": 3 },
    n: [1, null, true],
  });
  assert.deepEqual(parseVisible('{"a": "plain"}'), { a: "plain" });
});
