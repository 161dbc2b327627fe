import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../../static/js/tape/load.js";
import { troubleOf, withoutPlace } from "../../../static/js/ui/trouble.js";

const again = () => {};

test("a server that does not answer can be tried again", () => {
  const { title, detail, retry } = troubleOf(
    new Problem({ title: "The server does not answer", detail: "Is it still running?" }),
    again,
  );
  assert.deepEqual(
    [title, detail, retry],
    ["The server does not answer", "Is it still running? Your program is still in the editor.", again],
  );
});

test("a full queue says when to come back", () => {
  const problem = new Problem({ status: 429, detail: "16 programs are waiting." });
  problem.retryAfter = 5;
  const { title, retryAt, retry } = troubleOf(problem, again, 1000);
  assert.deepEqual([title, retryAt, retry], ["Too many programs are waiting", 6000, again]);
});

test("what was looked at and refused is not offered again, and the limit is said", () => {
  const problem = new Problem({
    type: "urn:tapedeck:problem:source-too-large",
    status: 413,
    detail: "The program has 70,000 bytes; at most 65,536 are taken.",
    where: "body.source",
  });
  assert.deepEqual(troubleOf(problem, again), {
    title: "The program is too long",
    detail: "The program has 70,000 bytes; at most 65,536 are taken.",
    where: null,
    calm: false,
    retryAt: 0,
    retry: null,
  });
});

test("a file that is no tape is refused in a sentence", () => {
  const { title, detail } = troubleOf(
    new Problem({ type: "urn:tapedeck:problem:not-a-tape", status: 422, detail: "this is not a .tape file." }),
    again,
  );
  assert.deepEqual([title, detail], ["This file cannot be opened", "This is not a .tape file."]);
});

test("whatever else goes wrong is shown as it is", () => {
  assert.equal(troubleOf(new Problem({ status: 503, detail: "Later." }), again).title, "The server failed");
  assert.equal(troubleOf(new Error("x is null"), again).detail, "X is null");
});

test("the line that stands beside a sentence is not said in it again", () => {
  const where = { line: 3, column: 0, end_line: 3, end_column: 5, expression: "a @ a" };
  assert.equal(
    withoutPlace("RuntimeError: shapes (2x3 and 2x3) (line 3)", where),
    "RuntimeError: shapes (2x3 and 2x3)",
  );
  assert.equal(
    withoutPlace("The program was still running after 5 s; it was stopped on line 3.", where),
    "The program was still running after 5 s; it was stopped.",
  );
  assert.equal(
    withoutPlace("The program was stopped when its time was up on line 3.", where),
    "The program was stopped when its time was up.",
  );
  assert.equal(withoutPlace("it failed on line 33.", where), "it failed on line 33.");
  assert.equal(withoutPlace("it failed on line 3.", null), "it failed on line 3.");
});
