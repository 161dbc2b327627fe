/** For Python's tests: the lab's starting points, with the names that it gives their layers. */

import { readFileSync } from "node:fs";

import { namesOf } from "../../../../static/js/labs/describe/naming.js";
import { starts } from "../../../../static/js/labs/describe/starts.js";

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const given = JSON.parse(line);
  const specs = given === "starts" ? starts().map(({ spec }) => spec) : [given];
  process.stdout.write(`${JSON.stringify(specs.map((spec) => ({ spec, names: namesOf(spec) })))}\n`);
}
