import assert from "node:assert/strict";
import { test } from "node:test";

import { csv } from "../../../static/js/tape/csv.js";

test("commas, quotes and line breaks are quoted", () => {
  assert.equal(csv([["a,b", 'say "x"', "two\nlines", 3]]), '"a,b","say ""x""","two\nlines",3\r\n');
});

test("no cell is a formula to a spreadsheet", () => {
  for (const text of ["=1+1", "+SUM(A1)", "-2+3", "@x", "\t=1", '=HYPERLINK("http://x")'])
    assert.match(csv([[text]]), /^"?'/, text);
});

test("numbers stay numbers", () => {
  assert.equal(csv([["-3", -0.5, "-1.5e-7", "-inf"]]), "-3,-0.5,-1.5e-7,-inf\r\n");
});
