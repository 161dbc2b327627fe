/** English that stands in the code without being looked up: text and spoken attributes of `html` templates; run by itself, it prints it. */

import { argv } from "node:process";
import { fileURLToPath } from "node:url";

import { modules, nodesOf, templateText } from "./parsed.js";

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
  for (const { node, where } of nodesOf(path))
    if (node.type === "TaggedTemplateExpression" && node.tag.name === "html")
      for (const text of wordsOf(templateText(node, () => HOLE))) yield { text, where };
}

/** Every one with its place. */
export const naked = modules.flatMap((path) => [...nakedIn(path)]);

if (argv[1] === fileURLToPath(import.meta.url)) for (const { text, where } of naked) console.log(`${where}: ${text}`);
