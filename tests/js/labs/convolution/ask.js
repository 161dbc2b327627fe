/** The convolution lab without its page: choices in, through a service, what it shows out. For tests/labs/test_convolution.py. */

import { PLAIN } from "../../../../static/js/labs/convolution/choices.js";
import { complaints } from "../../../../static/js/labs/convolution/complaints.js";
import { explain } from "../../../../static/js/labs/convolution/explain.js";
import { program } from "../../../../static/js/labs/convolution/program.js";
import { read, wanted } from "../../../../static/js/labs/convolution/reading.js";
import { say } from "../../../../static/js/labs/convolution/say.js";
import { sceneOf } from "../../../../static/js/labs/convolution/scene.js";
import { valuesOf } from "../../../../static/js/labs/values.js";
import { fetchTape } from "../../../../static/js/tape/load.js";

const [base] = process.argv.slice(2);
const api = `${base}/api/v1/tapes`;
const json = async (response) => (response.ok ? response.json() : Promise.reject(new Error(await response.text())));

async function record(source) {
  const headers = { "content-type": "application/json" };
  return json(await fetch(`${api}?wait=30`, { method: "POST", headers, body: JSON.stringify({ source }) }));
}
const numbers = async (tape, value, slice) => json(await fetch(`${api}/${tape}/values/${value}?slice=${slice}`));

/** Every cell of every board, as the lab explains it. */
function said(scene) {
  return Object.entries(scene.boards).flatMap(([board, { rows, columns }]) =>
    Array.from({ length: rows * columns }, (_, i) => {
      const at = { board, row: Math.floor(i / columns), column: i % columns };
      return { ...at, ...say(scene, at) };
    }),
  );
}

async function asked({ choices, own = "", explained = false }) {
  const all = { ...PLAIN, ...choices };
  const wrong = complaints(all, own !== "");
  if (wrong.length) return { wrong };
  const source = program(all, own);
  const entry = await record(source);
  const tape = await fetchTape(`${api}/${entry.id}`);
  const reading = read(tape);
  const values = await valuesOf(tape, wanted(reading), numbers);
  const scene = sceneOf(all, reading, values, Number(all.channel));
  const scalar = (id) => (id === null ? null : values.get(id).data[0]);
  return {
    source,
    outcome: entry.outcome,
    advice: explain(entry.outcome.detail, all),
    boards: scene.boards,
    whole: Object.fromEntries(Object.entries(reading.boards).map(([board, id]) => [board, values.get(id)])),
    said: explained ? said(scene) : [],
    nodes: reading.nodes,
    versions: reading.versions,
    printed: reading.printed,
    difference: scalar(reading.difference),
    gap: scalar(reading.gap),
  };
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const results = [];
for (const one of JSON.parse(chunks.join(""))) results.push(await asked(one));
process.stdout.write(JSON.stringify(results));
