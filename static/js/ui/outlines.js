/** The graph's shapes, small, on a grid of 32 × 16: in the legend, and before names. */

const PILL = "M8 1h16a7 7 0 0 1 0 14H8A7 7 0 0 1 8 1z";

export const BOX = "M6 1h20a5 5 0 0 1 5 5v4a5 5 0 0 1-5 5H6a5 5 0 0 1-5-5V6a5 5 0 0 1 5-5z";

/** By family. */
export const OUTLINES = Object.freeze({
  op: BOX,
  node: "M6 1h20l5 5v4l-5 5H6l-5-5V6z",
  acc: "M3 4c0-4 26-4 26 0v8c0 4-26 4-26 0zc0 4 26 4 26 0",
  param: PILL,
  buffer: PILL,
  value: PILL,
  gradient: PILL,
  io: "M2 1h28v9l-14 5-14-5z",
  hook: "M16 1l7 7-7 7-7-7z",
  group: "M4 1h24a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3H4a3 3 0 0 1-3-3V4a3 3 0 0 1 3-3zM1 6h30",
  optimizer: BOX,
});
