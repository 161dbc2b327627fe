/** For Python's tests: reads tapes as JSON lines (`{"spec", "source", "tables", "events"}`), writes what the lab says of every layer, and where torch stopped. */

import { readFileSync } from "node:fs";

import { factsOf } from "../../../../static/js/labs/describe/facts.js";
import { failureOf } from "../../../../static/js/labs/describe/failing.js";
import { namesOf } from "../../../../static/js/labs/describe/naming.js";
import { writtenOf } from "../../../../static/js/labs/describe/written.js";
import { Tape } from "../../../../static/js/tape/load.js";

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { spec, source, tables, events } = JSON.parse(line);
  const tape = Tape.parse(tables, events);
  const names = namesOf(spec);
  const written = writtenOf(source, names, Object.keys(spec.inputs));
  const facts = factsOf(tape, written, names);
  process.stdout.write(
    `${JSON.stringify({ facts, failure: failureOf(tape, spec, written, names, facts), written })}\n`,
  );
}
