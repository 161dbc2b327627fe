/** The recorded tapes that Python wrote down for JavaScript's tests, by name. */

import { readFileSync } from "node:fs";

import { Tape } from "../../../static/js/tape/load.js";

const CASES = JSON.parse(readFileSync(new URL("../../data/at_cases.json", import.meta.url), "utf8"));

/** @param {string} name */
export function recorded(name) {
  const { tables, events } = CASES.find((each) => each.name === name);
  return Tape.parse(
    tables,
    typeof events === "string" ? events : events.map((event) => JSON.stringify(event)).join("\n"),
  );
}
