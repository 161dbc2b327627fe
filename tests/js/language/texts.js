/** The texts of ours in the code, found by parsing it; run by itself, it prints those that have no Chinese yet. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

import * as espree from "espree";

import zh from "../../../static/js/language/zh.js";

/** Texts as they stand in one file: arguments of `t`, `count`, templates of `say`. */
function* textsOf(path) {
  const tree = espree.parse(readFileSync(path, "utf8"), { ecmaVersion: "latest", sourceType: "module", loc: true });
  const pending = [tree];
  while (pending.length) {
    const node = pending.pop();
    if (Array.isArray(node)) pending.push(...node);
    else if (node && typeof node.type === "string") {
      const called = node.type === "CallExpression" && node.callee.type === "Identifier" ? node.callee.name : null;
      const texts =
        called === "t"
          ? node.arguments.slice(0, 1)
          : called === "count" || called === "many"
            ? node.arguments.slice(0, 2)
            : [];
      for (const text of texts) yield* literals(text, `${path}:${node.loc.start.line}`);
      if (
        node.type === "BinaryExpression" &&
        /=/.test(node.operator) &&
        [node.left, node.right].some((side) => side.callee?.name === "t")
      )
        assert.fail(`${path}:${node.loc.start.line}: what is looked up is for readers, not to be compared`);
      if (node.type === "TaggedTemplateExpression" && node.tag.name === "say") {
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

/** Every text with its place. */
export const texts = readdirSync("static/js", { recursive: true })
  .filter((path) => path.endsWith(".js") && !path.startsWith("language/"))
  .map((path) => `static/js/${path}`)
  .flatMap((path) => [...textsOf(path)]);

/** Those that are not in the catalogue. */
export const untranslated = () => texts.filter(({ text }) => !Object.hasOwn(zh, text));

if (argv[1] === fileURLToPath(import.meta.url)) {
  const byText = Object.fromEntries(untranslated().map(({ text, where }) => [text, where]));
  process.stdout.write(`${JSON.stringify(byText, null, 1)}\n`);
}
