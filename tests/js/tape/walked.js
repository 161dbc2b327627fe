/** What the walks give on tapes: `node walked.js` with `{tables, events, asked}` on standard input, for `tests/tape/test_walks.py`. */

import { readFileSync } from "node:fs";

import { Tape } from "../../../static/js/tape/load.js";
import { walked } from "../../../static/js/tape/walks.js";

const { tables, events, asked } = JSON.parse(readFileSync(0, "utf8"));
const tape = Tape.parse(tables, events);
const answers = asked.map(({ id, walk, once, step }) => {
  return walked(tape, id, walk, { step: step ?? tape.events.length - 1, removeDuplicate: once }).map(
    ({ name, thing }) => [name, thing],
  );
});
process.stdout.write(JSON.stringify(answers));
