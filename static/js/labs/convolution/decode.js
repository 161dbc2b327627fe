/** A picture file → its pixels: examined first, decoded by the browser, cut to a square and scaled down. The file itself goes nowhere. */

import { t } from "../../language/index.js";
import { examined, tooLarge } from "./own_picture.js";
import { SIDE, planes } from "./pixels.js";

/** @typedef {import("./pixels.js").Bytes} Bytes */

/** @param {ImageBitmap} whole */
async function square(whole) {
  const side = Math.min(whole.width, whole.height);
  const [left, top] = [(whole.width - side) >> 1, (whole.height - side) >> 1];
  const size = /** @type {const} */ ({ resizeWidth: SIDE, resizeHeight: SIDE, resizeQuality: "high" });
  const small = await createImageBitmap(whole, left, top, side, side, size);
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  pen.drawImage(small, 0, 0);
  small.close();
  return planes(pen.getImageData(0, 0, SIDE, SIDE).data);
}

/** @param {File} file @returns {Promise<{bytes: Bytes, refusal: null} | {bytes: null, refusal: string}>} */
export async function decode(file) {
  const size = tooLarge(file.size);
  if (size) return { bytes: null, refusal: size };
  const content = new Uint8Array(await file.arrayBuffer());
  const { declared, refusal } = examined(content);
  if (!declared) return { bytes: null, refusal };
  try {
    const whole = await createImageBitmap(new Blob([content], { type: declared.type }));
    const bytes = await square(whole);
    whole.close();
    return { bytes, refusal: null };
  } catch (error) {
    // The header was right and what follows is not: the browser says so with an exception of its own.
    return {
      bytes: null,
      refusal: t(
        "The browser cannot decode this picture ({detail}): save it again with another program, and choose it once more.",
        { detail: error instanceof Error ? error.message : String(error) },
      ),
    };
  }
}
