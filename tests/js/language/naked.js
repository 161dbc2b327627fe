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

/** Sentences: a capital, and three words in a row. */
const SENTENCE = /^[A-Z].*[A-Za-z]{2,} [a-z]+ [a-z]{2,}/;
/** Python's own words, and what is written for Python. */
const PYTHON = /^Traceback|^False None True|^Fusion only for eval!/;
const WRITES_PYTHON = /labs\/.*\/(source|program|pictures)\.js$/;

/** Strings that are sentences, and are neither looked up nor raised. @param {string} path */
function* sentencesIn(path) {
  const nodes = [...nodesOf(path)];
  const known = new Set();
  const know = (/** @type {any} */ node) => {
    if (!node || typeof node !== "object" || known.has(node)) return;
    known.add(node);
    Object.values(node).forEach(know);
  };
  for (const { node } of nodes) {
    if (node.type === "CallExpression" && ["t", "count", "many"].includes(node.callee.name)) know(node.arguments);
    if (node.type === "TaggedTemplateExpression") know(node.quasi.quasis);
    if (node.type === "NewExpression" && /Error$/.test(node.callee.name)) know(node.arguments);
  }
  for (const { node, where } of nodes) {
    const text = node.type === "TemplateElement" ? node.value.cooked : node.type === "Literal" ? node.value : "";
    if (typeof text === "string" && SENTENCE.test(text) && !PYTHON.test(text) && !known.has(node))
      yield { text, where };
  }
}

/** Every one with its place. */
export const naked = modules.flatMap((path) => [
  ...nakedIn(path),
  ...(/\/language\//.test(path) || WRITES_PYTHON.test(path) ? [] : sentencesIn(path)),
]);

if (argv[1] === fileURLToPath(import.meta.url)) for (const { text, where } of naked) console.log(`${where}: ${text}`);
