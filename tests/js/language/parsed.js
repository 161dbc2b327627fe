/** The nodes of the code's syntax, for the tests that look for texts in it. */

import { readFileSync, readdirSync } from "node:fs";

import * as espree from "espree";

/** Every module of the page. */
export const modules = readdirSync("static/js", { recursive: true })
  .map((path) => `static/js/${path}`)
  .filter((path) => path.endsWith(".js"));

/** Every node of a module's syntax, with its place. @param {string} path */
export function* nodesOf(path) {
  const tree = espree.parse(readFileSync(path, "utf8"), { ecmaVersion: "latest", sourceType: "module", loc: true });
  const pending = [tree];
  while (pending.length) {
    const node = pending.pop();
    if (Array.isArray(node)) pending.push(...node);
    else if (node && typeof node.type === "string") {
      yield { node, where: `${path}:${node.loc.start.line}` };
      pending.push(...Object.values(node).filter((each) => each && typeof each === "object"));
    }
  }
}

/** The text of a template, with something for each of its holes. @param {any} template @param {(hole: number) => string} hole */
export const templateText = ({ quasi }, hole) =>
  quasi.quasis.map((each) => each.value.cooked).reduce((all, text, i) => `${all}${hole(i - 1)}${text}`);
