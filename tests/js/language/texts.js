/** The texts of ours in the code, found by parsing it; run by itself, it prints those that have no Chinese yet. */

import assert from "node:assert/strict";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

import zh from "../../../static/js/language/zh.js";
import { modules, nodesOf, templateText } from "./parsed.js";

/** Which arguments of ours are texts to look up. */
const LOOKED_UP = { t: 1, count: 2, many: 2 };

/** Texts as they stand in one file: arguments of `t`, `count`, templates of `say`. */
function* textsOf(path) {
  for (const { node, where } of nodesOf(path)) {
    if (
      node.type === "CallExpression" &&
      node.callee.type === "Identifier" &&
      Object.hasOwn(LOOKED_UP, node.callee.name)
    )
      for (const text of node.arguments.slice(0, LOOKED_UP[node.callee.name])) yield* literals(text, where);
    if (
      node.type === "BinaryExpression" &&
      /=/.test(node.operator) &&
      [node.left, node.right].some((side) => side.callee?.name === "t")
    )
      assert.fail(`${where}: what is looked up is for readers, not to be compared`);
    if (node.type === "TaggedTemplateExpression" && node.tag.name === "say") {
      const key = templateText(node, (hole) => `{${hole}}`);
      if (/\p{L}/u.test(key)) yield { text: key, where };
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

/** Every text with its place. */
export const texts = modules
  .filter((path) => !path.startsWith("static/js/language/"))
  .flatMap((path) => [...textsOf(path)]);

/** Those that are not in the catalogue. */
export const untranslated = () => texts.filter(({ text }) => !Object.hasOwn(zh, text));

if (argv[1] === fileURLToPath(import.meta.url)) {
  const byText = Object.fromEntries(untranslated().map(({ text, where }) => [text, where]));
  process.stdout.write(`${JSON.stringify(byText, null, 1)}\n`);
}
