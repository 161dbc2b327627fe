/** Every text of ours has its translation: texts are found in the code by parsing it, not by running it. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";

import * as espree from "espree";

import { ordered, translator } from "../../../static/js/language/translate.js";
import zh from "../../../static/js/language/zh.js";

const NARRATION = false;
const HOLE = /\{(\w+)\}/g;

/** Texts as they stand in one file: arguments of `t`, `count`, templates of `say`. */
function* textsOf(path) {
  const tree = espree.parse(readFileSync(path, "utf8"), { ecmaVersion: "latest", sourceType: "module", loc: true });
  const pending = [tree];
  while (pending.length) {
    const node = pending.pop();
    if (Array.isArray(node)) pending.push(...node);
    else if (node && typeof node.type === "string") {
      const called = node.type === "CallExpression" && node.callee.type === "Identifier" ? node.callee.name : null;
      const texts = called === "t" ? node.arguments.slice(0, 1) : called === "count" ? node.arguments.slice(0, 2) : [];
      for (const text of texts) yield* literals(text, `${path}:${node.loc.start.line}`);
      // The narration's own templates wait for their order of holes.
      if (NARRATION && node.type === "TaggedTemplateExpression" && node.tag.name === "say") {
        const words = node.quasi.quasis.map((each) => each.value.cooked);
        const key = words.reduce((all, text, i) => `${all}{${i - 1}}${text}`);
        if (/\p{L}/u.test(key)) yield { text: key, where: `${path}:${node.loc.start.line}` };
      }
      pending.push(...Object.values(node).filter((each) => each && typeof each === "object"));
    }
  }
}

/** A literal, or the literals of a choice; a variable stands for texts that are marked where they are written. */
function* literals(node, where) {
  if (node.type === "Literal" && typeof node.value === "string") yield { text: node.value, where };
  if (node.type === "ConditionalExpression") {
    yield* literals(node.consequent, where);
    yield* literals(node.alternate, where);
  }
  if (node.type === "TemplateLiteral") assert.fail(`${where}: a template cannot be looked up; use {holes}`);
}

const found = readdirSync("static/js", { recursive: true })
  .filter((path) => path.endsWith(".js") && !path.startsWith("language/"))
  .map((path) => `static/js/${path}`)
  .flatMap((path) => [...textsOf(path)]);

test("every text has its Chinese", () => {
  const missing = found.filter(({ text }) => !Object.hasOwn(zh, text)).map(({ text, where }) => `${where}: ${text}`);
  assert.deepEqual(missing, []);
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
  const texts = new Set(found.map(({ text }) => text));
  const left = Object.keys(zh).filter((text) => !texts.has(text));
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
