/**
 * The state after every step of tapes, as JavaScript has it, in short: a digest a step, for `tests/recorder/test_states_agree.py`.
 *
 * `node digests.js FOLDER` prints `{name: [digest, …]}` of the folders in FOLDER that hold a tape's members, from step -1;
 * `node digests.js FOLDER NAME STEP` prints one state whole.
 */

import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { Tape } from "../../../static/js/tape/load.js";
import { History } from "../../../static/js/tape/state.js";

/** JSON with its keys in order. @param {any} value @returns {string} */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `{${fields.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}

const [folder, only, step] = process.argv.slice(2);

/** @param {string} name */
function historyOf(name) {
  const member = (/** @type {string} */ file) => readFileSync(join(folder, name, file), "utf8");
  return new History(Tape.parse(JSON.parse(member("tape.json")), member("events.jsonl")));
}

/** @param {string} name */
function digests(name) {
  const history = historyOf(name);
  return history.tape.events.concat(/** @type {any} */ (null)).map((_, at) =>
    createHash("sha256")
      .update(canonical(history.at(at - 1).toDict()))
      .digest("hex")
      .slice(0, 16),
  );
}

process.stdout.write(
  only
    ? canonical(historyOf(only).at(Number(step)).toDict())
    : JSON.stringify(Object.fromEntries(readdirSync(folder).map((name) => [name, digests(name)]))),
);
