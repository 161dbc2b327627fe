/** Every text of ours has its translation: texts are found in the code by parsing it, not by running it. */

import assert from "node:assert/strict";
import test from "node:test";

import { ordered, translator } from "../../../static/js/language/translate.js";
import zh from "../../../static/js/language/zh.js";
import { naked } from "./naked.js";
import { texts, untranslated } from "./texts.js";

const HOLE = /\{(\w+)\}/g;

test("every text has its Chinese", () => {
  assert.deepEqual(untranslated(), []);
});

test("no English stands in a template without being looked up", () => {
  assert.deepEqual(naked, []);
});

test("a translation has the holes of its text", () => {
  const holes = (/** @type {string} */ text) => [...text.matchAll(HOLE)].map((each) => each[1]).sort();
  for (const [text, translated] of Object.entries(zh)) {
    const known = new Set(holes(text));
    assert.deepEqual(
      holes(translated).filter((hole) => !known.has(hole)),
      [],
      text,
    );
  }
});

test("no translation is left of a text that is gone", () => {
  const known = new Set(texts.map(({ text }) => text));
  const left = Object.keys(zh).filter((text) => !known.has(text));
  assert.deepEqual(left, []);
});

test("a text without a translation stays as it is, with its holes filled", () => {
  assert.equal(translator({})("{n} of {all}", { n: 1, all: 2 }), "1 of 2");
  assert.equal(translator({ "{n} of {all}": "{all} 中的 {n}" })("{n} of {all}", { n: 1, all: 2 }), "2 中的 1");
});

test("a template's holes take the order of the language", () => {
  assert.deepEqual(ordered({ "{0} sends {1}": "把{1}由{0}发出" }, ["", " sends ", ""]), ["把", 1, "由", 0, "发出"]);
  assert.deepEqual(ordered({}, ["", " sends ", ""]), [0, " sends ", 1]);
});
