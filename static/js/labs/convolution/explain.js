/** What to change where torch refuses: its own words stay beside this sentence. */

import { t } from "../../language/index.js";
import { sizeOf } from "./choices.js";
import { cellsOf } from "./kernel.js";

/** @typedef {import("./choices.js").Choices} Choices */

/** How far a kernel reaches. @param {number} kernel @param {number} dilation */
const reach = (kernel, dilation) => dilation * (kernel - 1) + 1;

/** @param {Readonly<Choices>} choices */
function tooBig(choices) {
  const cells = choices.op === "conv" ? cellsOf(choices.kernel) : null;
  const dilation = cells ? Number(choices.dilation) : 1;
  const [rows, columns] = cells ? [cells.length, cells[0].length] : [Number(choices.window), Number(choices.window)];
  const padded = sizeOf(choices) + 2 * Number(choices.padding);
  const holes = { rows: reach(rows, dilation), columns: reach(columns, dilation), padded };
  return cells
    ? t(
        "The kernel reaches over {rows} × {columns} cells and the padded picture has only {padded} × {padded}: take a smaller kernel or dilation, or more padding or a larger picture.",
        holes,
      )
    : t(
        "The window covers {rows} × {columns} cells and the padded picture has only {padded} × {padded}: take a smaller window or a larger picture.",
        holes,
      );
}

/** @type {[RegExp, (choices: Readonly<Choices>, found: RegExpExecArray) => string][]} */
const KNOWN = [
  [/Kernel size can't be greater than actual input size|Output size is too small/, tooBig],
  [
    /to have (\d+) channels, but got (\d+) channels/,
    (choices, [, wants, gets]) =>
      choices.groups === "3"
        ? t(
            "groups=3 gives each of three channels a kernel of its own and expects {wants} channels, and the picture has {gets}: choose a colour picture, or one kernel for one channel.",
            { wants, gets },
          )
        : t(
            "The kernel has weights for {wants} channel and the picture has {gets}: choose a grey picture, or groups=3, which gives each channel a kernel of its own.",
            { wants, gets },
          ),
  ],
  [
    /pad should be at most half/,
    ({ window }) =>
      t("A pooling's padding may be at most half its window, which is {window}: write {most} or less.", {
        window,
        most: Math.floor(Number(window) / 2),
      }),
  ],
  [
    /a leaf Variable that requires grad is being used in an in-place operation/,
    () =>
      t(
        "The picture is a leaf that requires a gradient, and nobody could say what its gradient belongs to once it was overwritten: apply the ReLU to the result of an op, or let it make a new tensor.",
      ),
  ],
  [
    /output \d+ of (\w+), is at version (\d+); expected version (\d+)/,
    (_, [, name, version, expected]) =>
      t(
        "{name} saved its result for the backward pass at version {expected}, and relu_ has made it version {version}: let the ReLU make a new tensor, or put nothing or × 2 before it, which save no result.",
        { name, version, expected },
      ),
  ],
  [
    /index \d+ is out of bounds/,
    (choices) =>
      t(
        "The loss takes the cell {cell}, which lies outside the output: choose a cell that is there, or the sum of all.",
        { cell: choices.cell },
      ),
  ],
];

/** A sentence about an error of torch's, or null where this lab has none. @param {string} detail @param {Readonly<Choices>} choices */
export function explain(detail, choices) {
  for (const [pattern, says] of KNOWN) {
    const found = pattern.exec(detail);
    if (found) return says(choices, found);
  }
  return null;
}
