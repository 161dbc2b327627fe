/** A picture of more than can be drawn at once is refused with what to do instead. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { MOST, tooLarge } from "../../static/js/graph/picture.js";

test("a graph of very many things is refused with a sentence", () => {
  assert.equal(tooLarge(MOST), null);
  assert.equal(
    tooLarge(MOST + 1),
    "The graph has 6,001 things now; a picture holds up to 6,000. Close some modules, or take the view.",
  );
});
