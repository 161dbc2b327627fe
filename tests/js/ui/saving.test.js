import assert from "node:assert/strict";
import { test } from "node:test";

import { fileName, pixelsOf } from "../../../static/js/ui/saving.js";

test("a file's name has no sign that a system refuses", () => {
  assert.equal(fileName("../../a b<c>:\u202e|?*.exe", 4, "svg"), "a-b-c-exe-step-5.svg");
  assert.equal(fileName("训练循环", 0, "png"), "训练循环-step-1.png");
  assert.equal(fileName("…", -1, "csv"), "tape-step-0.csv");
  assert.ok(fileName("x".repeat(10_000), 1, "svg").length < 80);
});

test("a PNG is twice as sharp as the screen, and never larger than browsers draw", () => {
  assert.equal(pixelsOf(1000, 600), 2);
  for (const [width, height] of [
    [60_000, 300],
    [20_000, 20_000],
  ]) {
    const pixels = pixelsOf(width, height);
    assert.ok(width * pixels <= 16_000 && width * height * pixels ** 2 <= 64e6 + 1);
  }
});
