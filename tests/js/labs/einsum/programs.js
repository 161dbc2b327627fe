/** For Python's tests: reads cases as JSON lines (`{"equation", "shapes", "numbers"}`), writes how the einsum lab reads them, the program that it would record, and what its loop nest makes of the numbers. */

import { readFileSync } from "node:fs";

import { operandName, read } from "../../../../static/js/labs/einsum/equation.js";
import { turnAt, turns } from "../../../../static/js/labs/einsum/loops.js";
import { program } from "../../../../static/js/labs/einsum/source.js";

/** What the loops add up to, cell by cell. */
function played({ terms, output, sizes, free, summed }, shapes, numbers) {
  const shape = output.map(({ label }) => sizes.get(label));
  const tensor = (name, labels, of, data) => ({ name, labels: labels.map(({ label }) => label), shape: of, data });
  const contraction = {
    factors: terms.map(({ indices }, n) => tensor(operandName(n), indices, shapes[n], numbers[n])),
    output: tensor("y", output, shape, []),
    sizes,
    free,
    summed,
  };
  const cells = [];
  for (let turn = 0; turn < turns(contraction); turn += 1) {
    const { out, sum, last } = turnAt(contraction, turn);
    if (last) cells[out] = sum;
  }
  return { shape, cells };
}

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { equation, shapes, numbers } = JSON.parse(line);
  const found = read(equation, shapes);
  const told = {
    fault: found.fault,
    ...(found.fault ? {} : { free: found.free, summed: found.summed, ...played(found, shapes, numbers) }),
    program: program(equation, found.fault ? null : found, shapes, numbers, "count"),
  };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
