/** Headers of picture files, as the formats' specifications have them. */

const ascii = (text) => [...text].map((letter) => letter.charCodeAt(0));
const big = (n, bytes) => Array.from({ length: bytes }, (_, i) => (n >>> (8 * (bytes - 1 - i))) & 0xff);
const little = (n, bytes) => big(n, bytes).reverse();

export const png = (width, height) =>
  new Uint8Array([
    0x89,
    ...ascii("PNG\r\n\x1a\n"),
    ...big(13, 4),
    ...ascii("IHDR"),
    ...big(width, 4),
    ...big(height, 4),
    8,
    2,
    0,
    0,
    0,
  ]);

/** With an APP0 segment and a Huffman table before the frame. */
export const jpeg = (width, height, frame = 0xc2) =>
  new Uint8Array([
    ...[0xff, 0xd8, 0xff, 0xe0, ...big(6, 2), ...ascii("JFIF")],
    ...[0xff, 0xc4, ...big(4, 2), 0, 0],
    ...[0xff, frame, ...big(11, 2), 8, ...big(height, 2), ...big(width, 2), 1, 1, 0x11, 0],
  ]);

const riff = (chunk, body) =>
  new Uint8Array([
    ...ascii("RIFF"),
    ...little(body.length + 12, 4),
    ...ascii("WEBP"),
    ...ascii(chunk),
    ...little(body.length, 4),
    ...body,
    ...Array(16).fill(0),
  ]);

export const webpLossy = (width, height) =>
  riff("VP8 ", [0, 0, 0, 0x9d, 0x01, 0x2a, ...little(width, 2), ...little(height, 2)]);
export const webpLossless = (width, height) => riff("VP8L", [0x2f, ...little((width - 1) | ((height - 1) << 14), 4)]);
export const webpExtended = (width, height) =>
  riff("VP8X", [0, 0, 0, 0, ...little(width - 1, 3), ...little(height - 1, 3)]);
