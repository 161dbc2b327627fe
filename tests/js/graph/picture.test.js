import assert from "node:assert/strict";
import { test } from "node:test";

import { MOST, tooLarge } from "../../../static/js/graph/picture.js";
import { attributesOf, paintOf, xmlText } from "../../../static/js/graph/picture_styles.js";

test("every way in which a browser writes a colour becomes one that all programs read", () => {
  assert.deepEqual(paintOf("rgb(29, 102, 201)"), { colour: "#1d66c9", alpha: 1 });
  assert.deepEqual(paintOf("rgba(245, 179, 1, 0.45)"), { colour: "#f5b301", alpha: 0.45 });
  assert.deepEqual(paintOf("color(srgb 1 0.5 0 / 0.25)"), { colour: "#ff8000", alpha: 0.25 });
  assert.equal(paintOf("none"), null);
  assert.equal(paintOf("rgba(0, 0, 0, 0)"), null);
});

test("what is half seen through says so, what is not painted says none", () => {
  assert.deepEqual(attributesOf({ colour: "#ff0000", alpha: 0.456 }, "fill"), {
    fill: "#ff0000",
    "fill-opacity": 0.46,
  });
  assert.deepEqual(attributesOf(null, "stroke"), { stroke: "none" });
});

test("signs that XML forbids are shown, all others stay", () => {
  assert.equal(xmlText("a\0b\x1bc\ud800d\uffff\n\t<é😀"), "a\u2400b\u241bc\ufffdd\ufffd\n\t<é😀");
});

test("a graph of too many things is refused with a sentence that says what helps", () => {
  assert.equal(tooLarge(MOST), null);
  assert.match(tooLarge(MOST + 1) ?? "", /6,001 things.*6,000.*Close some modules/);
});
