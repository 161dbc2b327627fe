/** English that stands in the code without being looked up: text and spoken attributes of `html` templates; run by itself, it prints it. */

import { readFileSync, readdirSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

import * as espree from "espree";

/** Attributes that are read aloud or shown. */
const SPOKEN =
  /\s(?:aria-label|aria-roledescription|aria-valuetext|title|placeholder|alt|label)=(?:"([^"\uE000]*)"|'([^'\uE000]*)')/g;
const HOLE = "\uE000";
/** Names and code are the same in every language. */
const SAME =
  /^(?:Tapedeck|PyTorch|torch|CSV|JSON|PNG|SVG|None|True|False|Esc|Ctrl|Shift|Alt|Enter|Tab|FLOPs|grad|Home|End|std|NaN|Inf|\.?[a-z_]+\(\)|\.?tape|loss|x\d?|f|L2|ReLU|max|requires_grad|is_leaf|training|inf|\.grad|list\(pool\.parameters\(\)\)|= einsum\( ,)$/;

/** The words of a template that a reader meets. @param {string} template */
export function wordsOf(template) {
  const attributes = [...template.matchAll(SPOKEN)].map((found) => found[1] ?? found[2]);
  const texts = template
    .replace(/<(code|kbd|script|style)\b[^>]*>[\s\S]*?<\/\1>/g, " ")
    .replace(/<\/?[a-zA-Z\uE000](?:[^>"']|"[^"]*"|'[^']*')*>/g, HOLE)
    .split(HOLE);
  return [...attributes, ...texts]
    .map((text) => text.replace(/\s+/g, " ").trim())
    .filter((text) => /[A-Za-z]{2}/.test(text) && !SAME.test(text));
}

/** @param {string} path */
function* nakedIn(path) {
  const tree = espree.parse(readFileSync(path, "utf8"), { ecmaVersion: "latest", sourceType: "module", loc: true });
  const pending = [tree];
  while (pending.length) {
    const node = pending.pop();
    if (Array.isArray(node)) pending.push(...node);
    else if (node && typeof node.type === "string") {
      if (node.type === "TaggedTemplateExpression" && node.tag.name === "html") {
        const template = node.quasi.quasis.map((each) => each.value.cooked).join(HOLE);
        for (const text of wordsOf(template)) yield { text, where: `${path}:${node.loc.start.line}` };
      }
      pending.push(...Object.values(node).filter((each) => each && typeof each === "object"));
    }
  }
}

/** Every one with its place. */
export const naked = readdirSync("static/js", { recursive: true })
  .filter((path) => path.endsWith(".js"))
  .flatMap((path) => [...nakedIn(`static/js/${path}`)]);

if (argv[1] === fileURLToPath(import.meta.url)) for (const { text, where } of naked) console.log(`${where}: ${text}`);
