/** The fusion lab without its page: choices in, through a service, what it shows out. For tests/labs/test_fusion.py. */

import { PLAIN, complaints } from "../../../../static/js/labs/fusion/choices.js";
import { failures, program, seedsProgram } from "../../../../static/js/labs/fusion/program.js";
import { read } from "../../../../static/js/labs/fusion/reading.js";
import { story } from "../../../../static/js/labs/fusion/story.js";
import { valuesOf } from "../../../../static/js/labs/values.js";
import { printedOn } from "../../../../static/js/labs/found.js";
import { fetchTape } from "../../../../static/js/tape/load.js";

const [base] = process.argv.slice(2);
const api = `${base}/api/v1/tapes`;
const json = async (response) => (response.ok ? response.json() : Promise.reject(new Error(await response.text())));
const numbers = async (tape, value, slice) => json(await fetch(`${api}/${tape}/values/${value}?slice=${slice}`));

async function record(source, options = {}) {
  const body = JSON.stringify({ source, options });
  const entry = await json(
    await fetch(`${api}?wait=30`, { method: "POST", headers: { "content-type": "application/json" }, body }),
  );
  return { entry, tape: await fetchTape(`${api}/${entry.id}`) };
}

async function asked({ seeds = false, ...change }) {
  const choices = { ...PLAIN, ...change };
  const wrong = complaints(choices);
  if (wrong.length) return { wrong };
  if (seeds) {
    const { tape } = await record(seedsProgram(choices), { values: "structure" });
    return { failures: failures(printedOn(tape)) };
  }
  const { entry, tape } = await record(program(choices));
  const reading = read(tape, choices.what);
  const values = await valuesOf(tape, Object.values(reading.values), numbers);
  return {
    outcome: entry.outcome,
    values: Object.fromEntries(Object.entries(reading.values).map(([name, id]) => [name, values.get(id)])),
    before: reading.before,
    after: reading.after,
    story: story({ choices, reading, values }),
  };
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const results = [];
for (const one of JSON.parse(chunks.join(""))) results.push(await asked(one));
process.stdout.write(JSON.stringify(results));
