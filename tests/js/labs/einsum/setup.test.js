/** The einsum lab's own limits and texts: shapes, numbers, loops; equations are checked against torch in tests/labs. */

import assert from "node:assert/strict";
import test from "node:test";

import { adjointOf } from "../../../../static/js/labs/einsum/adjoint.js";
import { read } from "../../../../static/js/labs/einsum/equation.js";
import { turnAt, turns } from "../../../../static/js/labs/einsum/loops.js";
import { forwardOf } from "../../../../static/js/labs/einsum/model.js";
import { filled } from "../../../../static/js/labs/einsum/numbers.js";
import { DEFAULTS, setupOf } from "../../../../static/js/labs/einsum/setup.js";
import { shapesOf } from "../../../../static/js/labs/einsum/sizes.js";

test("shapes are read as people write them", () => {
  assert.deepEqual(shapesOf("2x3, 3x5").shapes, [
    [2, 3],
    [3, 5],
  ]);
  assert.deepEqual(shapesOf("2×3;3 x 5").shapes, [
    [2, 3],
    [3, 5],
  ]);
  assert.deepEqual(shapesOf("(), 4").shapes, [[], [4]]);
});

test("a shape that cannot be shown is marked, with what to change", () => {
  for (const [text, wrong] of Object.entries({
    "2x3, abc": "abc",
    "0x3": "0x3",
    "2, 17": "17",
    "9x9": "9x9",
    "1,1,1,1,1": "1",
    "2x": "2x",
  })) {
    const { fault } = shapesOf(text);
    assert.equal(text.slice(fault.at, fault.end), wrong, text);
    assert.ok(fault.message.length > 15);
  }
  assert.match(shapesOf("").fault.message, /2x3, 3x5/);
});

test("what the lab alone refuses says so", () => {
  assert.match(setupOf({ ...DEFAULTS, eq: "ij,kl->ijkl", sh: "4x4, 4x5" }).limit, /320 elements/);
  assert.match(setupOf({ ...DEFAULTS, eq: "ab,bc,cd,de->", sh: "8x8, 8x8, 8x8, 8x8" }).limit, /32768 products/);
  assert.match(setupOf({ ...DEFAULTS, eq: "i".repeat(70) }).limit, /60 characters/);
});

test("typed numbers that are too few or none are told of", () => {
  assert.match(setupOf({ ...DEFAULTS, own: "1 2 x; 3" }).note, /“x” is no number/);
  assert.match(setupOf({ ...DEFAULTS, own: "1 2; 3" }).note, /Operand a has 6 places and 2 numbers/);
  const numbers = filled("own", "1 2; 3", 0, [[2, 2], [2]]);
  assert.deepEqual(
    numbers.map((each) => each.length),
    [4, 2],
  );
  assert.deepEqual(numbers[0].slice(0, 2), [1, 2]);
  assert.deepEqual(filled("digits", "", 5, [[3]]), filled("digits", "", 5, [[3]]));
  assert.notDeepEqual(filled("digits", "", 5, [[8]]), filled("digits", "", 6, [[8]]));
});

test("the loops go through the output's indices outside and add along the summed ones inside", () => {
  const setup = setupOf(DEFAULTS);
  const contraction = forwardOf(setup, {
    operands: setup.numbers.map((data) => ({ data, step: 0 })),
    y: { data: null, step: 0 },
  });
  assert.equal(turns(contraction), 30);
  const first = [0, 1, 2].map((turn) => turnAt(contraction, turn));
  assert.deepEqual(
    first.map(({ cells, out, product, sum, last }) => [...cells, out, product, sum, last]),
    [
      [0, 0, 0, 36, 36, false],
      [1, 5, 0, 0, 36, false],
      [2, 10, 0, 0, 36, true],
    ],
  );
  assert.equal(turnAt(contraction, 29).sum, 82);
});

test("adjoints say which indices need more than letters", () => {
  const of = (equation, shapes, n) => adjointOf(read(equation, shapes), shapes, n);
  assert.equal(
    of(
      "ik,kj->ij",
      [
        [2, 3],
        [3, 5],
      ],
      0,
    ).equation,
    "ij,kj->ik",
  );
  assert.deepEqual(of("ij,k->ik", [[2, 3], [4]], 0).repeated, ["j"]);
  assert.deepEqual(of("ii->i", [[3, 3]], 0).diagonal, ["i"]);
  assert.deepEqual(of("ij,j->i", [[2, 3], [1]], 1).broadcast, ["j"]);
  assert.deepEqual(of("ij,j->i", [[2, 3], [1]], 0).stretched, ["j"]);
});
