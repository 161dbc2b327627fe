import assert from "node:assert/strict";
import { test } from "node:test";

import { MOST_BYTES, declared, examined, tooLarge } from "../../../../static/js/labs/convolution/own_picture.js";
import { SIDE, base64, grey, kept, literal, planes, scaled } from "../../../../static/js/labs/convolution/pixels.js";
import { jpeg, png, webpExtended, webpLossless, webpLossy } from "./pictures.js";

const MAKERS = { png, jpeg, webpLossy, webpLossless, webpExtended };

for (const [name, make] of Object.entries(MAKERS))
  test(`the header of ${name} says how large the picture is`, () => {
    const { type, width, height } = declared(make(640, 480));
    assert.deepEqual([width, height], [640, 480]);
    assert.ok(name.startsWith(type.slice("image/".length)));
  });

test("a header that is cut off, or that is none, declares nothing", () => {
  for (const make of Object.values(MAKERS)) assert.equal(declared(make(640, 480).slice(0, 14)), null);
  for (const bytes of [[], [0xff], [0xff, 0xd8], [0xff, 0xd8, 0xff], Array(64).fill(0xff)])
    assert.equal(declared(new Uint8Array(bytes)), null);
  assert.equal(
    declared(new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")),
    null,
  );
  assert.equal(declared(new TextEncoder().encode("GIF89a..............................")), null);
});

test("a JPEG whose segments have no length does not send the reader in circles", () => {
  assert.equal(declared(new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 0, ...Array(40).fill(0)])), null);
});

test("a picture of 40 megapixels is refused before it is decoded, with what to change", () => {
  for (const make of [png, jpeg, webpExtended]) {
    const { declared: none, refusal } = examined(make(8000, 5000));
    assert.equal(none, null);
    assert.match(refusal, /8000 × 5000 pixels, which is 40 megapixels.*scale it down/);
  }
});

test("a file of the wrong type, of too many bytes or of no pixels is refused with what to change", () => {
  assert.match(examined(new TextEncoder().encode("not a picture")).refusal, /no PNG, JPEG or WebP.*choose a file/);
  assert.match(tooLarge(MOST_BYTES + 500_000), /1\.5 MB and this page takes 1 MB: save it smaller/);
  assert.equal(tooLarge(MOST_BYTES), null);
  assert.match(examined(png(0, 4)).refusal, /0 × 4 pixels.*choose another/);
  assert.equal(examined(png(640, 480)).refusal, null);
});

test("pixels become one channel after the other, what is transparent lies on white", () => {
  assert.deepEqual(planes([1, 2, 3, 255, 0, 0, 0, 0]), [1, 255, 2, 255, 3, 255]);
  assert.deepEqual(grey([255, 0, 255, 0, 255, 0]), [255, 0]);
  assert.deepEqual(grey([255, 0, 0]), [76]);
});

test("a picture is scaled by means of blocks, channel by channel", () => {
  assert.deepEqual(scaled([0, 2, 4, 6, 10, 10, 10, 10], 2, 1), [3, 10]);
});

test("what the browser kept is the picture again, and what it did not keep is none", () => {
  const bytes = Array.from({ length: 3 * SIDE * SIDE }, (_, i) => i % 256);
  assert.deepEqual(kept(base64(bytes)), bytes);
  assert.equal(atob(literal(bytes, 16, 1)).length, 256);
  assert.equal(atob(literal(bytes, 32, 3)).length, 3 * 1024);
  for (const text of ["", "AAAA", "%%%"]) assert.equal(kept(text), null);
});
