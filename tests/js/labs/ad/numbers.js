/** For Python's tests: reads tapes as JSON lines (`{"text", "point", "kind", "tables", "events"}`), writes what the AD lab reads off them. */

import { readFileSync } from "node:fs";

import { readForward, readReverse } from "../../../../static/js/labs/ad/read.js";
import * as programs from "../../../../static/js/labs/ad/source.js";
import { traced } from "../../../../static/js/labs/ad/trace.js";
import { Tape } from "../../../../static/js/tape/load.js";

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { text, kind, given, tables, events } = JSON.parse(line);
  const trace = traced(text);
  const program = programs[`${kind}Program`](trace, ...given);
  const tape = Tape.parse(tables, events);
  const read = ["forward", "direction"].includes(kind) ? readForward(tape, trace, program) : readReverse(tape, program);
  process.stdout.write(
    `${JSON.stringify(read, (_, value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value))}\n`,
  );
}
