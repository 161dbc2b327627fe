/** What the learner has chosen in the convolution lab: plain texts, as they stand in the fields and in the address. */

/**
 * @typedef {{op: string, picture: string, size: string, channels: string, channel: string, groups: string, kernel: string, stride: string,
 *   padding: string, dilation: string, window: string, before: string, relu: string, loss: string, cell: string}} Choices
 *   `kernel`: rows with `;` between them, weights with `,`; `cell`: the row and column that a loss of one cell takes
 */

/** @type {Readonly<Choices>} */
export const PLAIN = Object.freeze({
  op: "conv",
  picture: "letter",
  size: "32",
  channels: "1",
  channel: "0",
  groups: "1",
  kernel: "-1,-1,-1;-1,8,-1;-1,-1,-1",
  stride: "1",
  padding: "1",
  dilation: "1",
  window: "2",
  before: "none",
  relu: "off",
  loss: "squares",
  cell: "0,0",
});

/** Where a choice is one of a few words, these are they. */
export const WORDS = Object.freeze({
  op: ["conv", "avg", "max"],
  picture: ["letter", "stripes", "landscape", "edge", "count", "own"],
  size: ["16", "32", "64"],
  channels: ["1", "3"],
  channel: ["0", "1", "2"],
  groups: ["1", "3"],
  before: ["none", "mul", "exp", "sigmoid"],
  relu: ["off", "new", "inplace", "leaf"],
  loss: ["sum", "one", "squares"],
});

/** Choices with a change, and with what follows from it: a pooling moves by its own window, no window of it is wider than its stride. @param {Readonly<Choices>} choices @param {Partial<Choices>} change @returns {Readonly<Choices>} */
export function changed(choices, change) {
  const next = { ...choices, ...change };
  const pools = next.op !== "conv";
  if (change.op !== undefined && change.op !== choices.op) {
    if (pools) Object.assign(next, { stride: next.window, padding: "0", dilation: "1" });
    else Object.assign(next, { stride: "1", padding: "1" });
  } else if (pools && change.window !== undefined && choices.stride === choices.window) next.stride = next.window;
  return Object.freeze(next);
}

/** Whether the picture has a size of its own that cannot be chosen. @param {Readonly<Choices>} choices */
export const isSmall = ({ picture }) => picture === "edge" || picture === "count";

/** The height and width of the picture. @param {Readonly<Choices>} choices */
export const sizeOf = ({ picture, size }) => (picture === "edge" ? 6 : picture === "count" ? 4 : Number(size));
