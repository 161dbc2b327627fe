/** For Python's tests: reads cases as JSON lines (`{"text", "point", "direction", "seeds"}`), writes the programs that the AD lab would record of them. */

import { readFileSync } from "node:fs";

import {
  directionProgram,
  forwardProgram,
  reverseProgram,
  weightedProgram,
} from "../../../../static/js/labs/ad/source.js";
import { traced } from "../../../../static/js/labs/ad/trace.js";

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { text, point, direction, seeds } = JSON.parse(line);
  const trace = traced(text);
  const told = {
    trace,
    forward: forwardProgram(trace, point),
    direction: directionProgram(trace, point, direction),
    reverse: reverseProgram(trace, point),
    weighted: weightedProgram(trace, point, seeds),
  };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
