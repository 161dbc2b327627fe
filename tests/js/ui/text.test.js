import assert from "node:assert/strict";
import { test } from "node:test";

import { progressFacts } from "../../../static/js/panels/progress.js";
import { halves } from "../../../static/js/ui/name.js";
import { isOdd } from "../../../static/js/ui/say.js";

test("a long name has a head that may be cut and a tail that tells it from its namesakes", () => {
  assert.deepEqual(halves("net.classify.weight.grad"), ["net.classify", ".weight.grad"]);
  assert.deepEqual(halves("loss"), ["", "loss"]);
  assert.equal(halves("a_very_long_name_without_dots").join(""), "a_very_long_name_without_dots");
});

test("NaN and infinity are seen in values, not in names", () => {
  assert.deepEqual(["NaN", "[NaN, 2]", "-inf", "3 f32 ‖1‖ 2 NaN"].map(isOdd), [true, true, true, true]);
  assert.deepEqual(["info = 3", "x.isinf()", "nano"].map(isOdd), [false, false, false]);
});

test("what the server does is told with what is known of it", () => {
  /** @param {object} known */
  const told = (known) =>
    progressFacts({ what: "recording", events: 0, bytes: 0, line: null, position: null, since: 0, ...known });
  assert.deepEqual(told({ what: "waiting", position: 3 }), ["2 before it"]);
  assert.deepEqual(told({ what: "waiting", position: 1 }), ["next in the queue"]);
  assert.deepEqual(told({ events: 1200, line: 4 }), ["1,200 events", "at line 4"]);
  assert.deepEqual(told({ what: "loading", bytes: 2_500_000 }), ["2.5 MB"]);
});
