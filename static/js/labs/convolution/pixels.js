/** The own picture's pixels: kept in one size, brought to the size and the channels that are asked for, and written as base64. */

/** The side of what is kept: every size that can be chosen divides it. */
export const SIDE = 64;

/** @typedef {number[]} Bytes three channels one after the other, SIDE × SIDE each */

/** Red, green, blue of each pixel side by side, as a canvas has them with alpha → channels one after the other, on white. @param {ArrayLike<number>} rgba @returns {Bytes} */
export function planes(rgba) {
  const count = rgba.length / 4;
  return Array.from({ length: 3 * count }, (_, i) => {
    const pixel = (i % count) * 4;
    const alpha = rgba[pixel + 3] / 255;
    return Math.round(rgba[pixel + Math.floor(i / count)] * alpha + 255 * (1 - alpha));
  });
}

/** Mean brightness of the three channels, as the eye weighs them (ITU-R BT.601). @param {readonly number[]} bytes */
export function grey(bytes) {
  const count = bytes.length / 3;
  return Array.from({ length: count }, (_, i) =>
    Math.round(0.299 * bytes[i] + 0.587 * bytes[i + count] + 0.114 * bytes[i + 2 * count]),
  );
}

/** Means of blocks. @param {readonly number[]} bytes channels of `side` × `side` @param {number} side @param {number} to a divisor of `side` */
export function scaled(bytes, side, to) {
  const by = side / to;
  return Array.from({ length: (bytes.length / side / side) * to * to }, (_, i) => {
    const [channel, row, column] = [Math.floor(i / to / to), Math.floor(i / to) % to, i % to];
    let sum = 0;
    for (let y = 0; y < by; y += 1)
      for (let x = 0; x < by; x += 1) sum += bytes[(channel * side + row * by + y) * side + column * by + x];
    return Math.round(sum / by / by);
  });
}

/** @param {readonly number[]} bytes */
export const base64 = (bytes) => btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""));

/** @param {string} text @returns {Bytes | null} null where it is not a picture that was kept */
export function kept(text) {
  try {
    const bytes = [...atob(text)].map((letter) => letter.charCodeAt(0));
    return bytes.length === 3 * SIDE * SIDE ? bytes : null;
  } catch {
    return null; // what stands there was not written by this page
  }
}

/** What the program is given. @param {Bytes} bytes @param {number} size @param {number} channels */
export const literal = (bytes, size, channels) => base64(scaled(channels === 3 ? bytes : grey(bytes), SIDE, size));
