/** Whether pairs of modules have the same syntax, whatever stands in their comments: a JSON list of pairs in, a list of answers out. */

import { readFileSync } from "node:fs";

import * as espree from "espree";

const PLACES = new Set(["start", "end", "range", "loc"]);

/** @param {string} text */
const syntaxOf = (text) =>
  JSON.stringify(espree.parse(text, { ecmaVersion: "latest", sourceType: "module" }), (key, value) =>
    PLACES.has(key) ? undefined : typeof value === "bigint" || value instanceof RegExp ? String(value) : value,
  );

const pairs = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(pairs.map(([one, other]) => syntaxOf(one) === syntaxOf(other))));
