/**
 * A picture file of the learner's own, looked at before anything decodes it: a small file can unpack to gigabytes, so its size in
 * bytes and the size in pixels that its header declares are checked first. No bytes but the header are read here.
 */

import { t } from "../../language/index.js";

export const MOST_BYTES = 1_000_000;
/** Decoded, a pixel takes four bytes. */
export const MOST_PIXELS = 16_000_000;

/** @typedef {{type: string, width: number, height: number}} Declared */

/** @param {Uint8Array} bytes @param {number} at @param {string} text */
const says = (bytes, at, text) => [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));

/** @param {DataView} view @returns {Declared | null} */
const png = (view) =>
  view.byteLength >= 24 ? { type: "image/png", width: view.getUint32(16), height: view.getUint32(20) } : null;

/** Frame headers; 0xC4, 0xC8 and 0xCC are other segments. @param {number} marker */
const isFrame = (marker) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Goes from segment to segment to the frame header. @param {DataView} view @returns {Declared | null} */
function jpeg(view) {
  let at = 2;
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at += 1;
    else if (isFrame(marker))
      return { type: "image/jpeg", width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    else at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/** 24 bits, the least first. @param {DataView} view @param {number} at */
const uint24 = (view, at) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);

/** Its three forms: lossy, lossless, extended. @param {DataView} view @param {Uint8Array} bytes @returns {Declared | null} */
function webp(view, bytes) {
  if (view.byteLength < 30) return null;
  const type = "image/webp";
  if (says(bytes, 12, "VP8X")) return { type, width: uint24(view, 24) + 1, height: uint24(view, 27) + 1 };
  if (says(bytes, 12, "VP8L")) {
    const bits = view.getUint32(21, true);
    return { type, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  return says(bytes, 12, "VP8 ")
    ? { type, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    : null;
}

/** What the header declares; null where it is no header of these three types. @param {Uint8Array} bytes @returns {Declared | null} */
export function declared(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (says(bytes, 0, "\x89PNG\r\n\x1a\n") && says(bytes, 12, "IHDR")) return png(view);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpeg(view);
  if (says(bytes, 0, "RIFF") && says(bytes, 8, "WEBP")) return webp(view, bytes);
  return null;
}

/** Why a file of this size is not even read, or null. @param {number} bytes */
export function tooLarge(bytes) {
  return bytes > MOST_BYTES
    ? t(
        "The file has {size} MB and this page takes 1 MB: save it smaller, or with stronger compression, and choose it again.",
        {
          size: (bytes / 1e6).toFixed(1),
        },
      )
    : null;
}

/** What the file declares, or the sentence that refuses it. @param {Uint8Array} bytes the file's @returns {{declared: Declared, refusal: null} | {declared: null, refusal: string}} */
export function examined(bytes) {
  const size = tooLarge(bytes.length);
  if (size) return { declared: null, refusal: size };
  const found = declared(bytes);
  if (!found)
    return {
      declared: null,
      refusal: t(
        "The file is no PNG, JPEG or WebP picture, whatever its name says: choose a file of one of these types.",
      ),
    };
  const { width, height } = found;
  if (width < 1 || height < 1)
    return {
      declared: null,
      refusal: t("The picture has {width} × {height} pixels, so there is nothing to see: choose another one.", {
        width,
        height,
      }),
    };
  if (width * height > MOST_PIXELS)
    return {
      declared: null,
      refusal: t(
        "The picture has {width} × {height} pixels, which is {many} megapixels, and this page takes {most}: scale it down, for example to 1000 × 1000, and choose it again.",
        {
          width,
          height,
          many: Math.round((width * height) / 1e6),
          most: MOST_PIXELS / 1e6,
        },
      ),
    };
  return { declared: found, refusal: null };
}
