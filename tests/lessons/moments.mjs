/** Finds a lesson's moments on its tape: `node moments.mjs <folder>` with the plan on standard input, for `test_lessons.py`. */

import { readFileSync } from "node:fs";

import { questionBefore } from "../../static/js/lessons/asking.js";
import { stepOf } from "../../static/js/lessons/moments.js";
import { Tape } from "../../static/js/tape/load.js";
import { History } from "../../static/js/tape/state.js";

const [folder] = process.argv.slice(2);
const { moments, predictions } = JSON.parse(readFileSync(0, "utf8"));
const tape = Tape.parse(
  JSON.parse(readFileSync(`${folder}/tape.json`, "utf8")),
  readFileSync(`${folder}/events.jsonl`, "utf8"),
);
const history = new History(tape);
const steps = Object.fromEntries(moments.map(({ id, ...where }) => [id, stepOf(tape, where)]));
const asked = Object.fromEntries(predictions.map((id) => [id, questionBefore(history, steps[id])]));
process.stdout.write(JSON.stringify({ steps, asked }));
