/** The groups of a level open and close together. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { readFacts } from "../../static/js/graph/facts.js";
import { deeper, shallower } from "../../static/js/graph/openings.js";
import { blocks } from "./graph_tapes.js";

const tape = blocks(3);
const facts = readFacts(tape);
const inside = (parent) => tape.calls.filter((call) => call.parent === parent && facts.counts.has(call.id));
const ids = (open) => [...open].sort((a, b) => a - b);

test("one level more is opened at a time, from outside inwards, until all are open", () => {
  let open = deeper(facts, new Set());
  assert.deepEqual(
    ids(open),
    inside(null).map(({ id }) => id),
  );
  open = deeper(facts, open);
  const second = inside(null).flatMap(({ id }) => inside(id));
  assert.ok(second.length > 0);
  assert.deepEqual(ids(open), ids(new Set([...inside(null), ...second].map(({ id }) => id))));
  for (let i = 0; i < 10; i += 1) open = deeper(facts, open);
  assert.deepEqual(ids(open), ids([...facts.counts.keys()].filter((call) => call !== null)));
});

test("a level of which one group is open is opened whole", () => {
  const [first] = inside(null).flatMap(({ id }) => inside(id));
  const open = deeper(facts, new Set([inside(null)[0].id, first.id]));
  assert.equal(open.size, 1 + inside(inside(null)[0].id).length);
});

test("the innermost open level is closed first, and nothing is left in the end", () => {
  let open = new Set([...facts.counts.keys()].filter((call) => call !== null));
  const sizes = [];
  while (open.size) {
    open = shallower(facts, open);
    sizes.push(open.size);
  }
  assert.deepEqual(
    sizes,
    [...sizes].sort((a, b) => b - a),
  );
  assert.equal(shallower(facts, open).size, 0);
});
