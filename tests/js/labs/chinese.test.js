/** The labs' sentences about bad input, as the page has them in Simplified Chinese. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { png } from "./convolution/pictures.js";

// The language is read once, when the first module that speaks is loaded.
globalThis.document = /** @type {any} */ ({ documentElement: { lang: "zh-Hans" } });
const { PLAIN } = await import("../../../static/js/labs/convolution/choices.js");
const { complaints } = await import("../../../static/js/labs/convolution/complaints.js");
const { examined } = await import("../../../static/js/labs/convolution/own_picture.js");
const { explain } = await import("../../../static/js/labs/convolution/explain.js");

const convolution = (/** @type {object} */ change) => complaints({ ...PLAIN, ...change })[0].text;

test("bad input of the convolution lab gets a Chinese sentence that says what to change", () => {
  assert.match(convolution({ kernel: "1,abc" }), /第 1 行第 2 列写着“abc”，不是数：请写一个数/);
  assert.match(convolution({ stride: "0" }), /步幅（stride）是 0.*请写 1 或更大/);
  assert.match(convolution({ padding: "x" }), /填充（padding）写成了“x”，不是整数：请写 0 到 16/);
  assert.match(examined(png(8000, 5000)).refusal ?? "", /40 百万像素.*请先缩小/);
  assert.match(examined(new TextEncoder().encode("GIF89a")).refusal ?? "", /不是 PNG、JPEG 或 WebP 图片：请选择/);
});

test("torch's errors get a Chinese sentence beside them", () => {
  const sentence = explain(
    "RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.",
    PLAIN,
  );
  assert.match(sentence ?? "", /需要梯度的叶子张量.*请把 ReLU/);
});

test("bad input of the fusion lab gets a Chinese sentence that says what to change", async () => {
  const fusion = await import("../../../static/js/labs/fusion/choices.js");
  const [{ text }] = fusion.complaints({ ...fusion.PLAIN, seed: "abc" });
  assert.match(text, /随机种子写成了“abc”：请写 0 到 2147483647/);
});
