/** What is wrong with the choices, before anything is recorded: a sentence for each field that says what to change. */

import { t } from "../../language/index.js";
import { oddWords } from "../words.js";
import { WORDS } from "./choices.js";
import { MOST, cellsOf, weightOf } from "./kernel.js";

/** @typedef {import("./choices.js").Choices} Choices */
/** @typedef {{field: string, text: string, cell?: [number, number]}} Complaint `cell`: the row and column of the kernel */

/** Whole numbers, and how far they go. */
const WHOLE = /** @type {Record<string, {from: number, to: number}>} */ ({
  stride: { from: 1, to: 16 },
  padding: { from: 0, to: 16 },
  dilation: { from: 1, to: 8 },
  window: { from: 1, to: 8 },
});

/** A name as the sentence has it. */
const NAMES = /** @type {Record<string, string>} */ ({
  stride: t("The stride"),
  padding: t("The padding"),
  dilation: t("The dilation"),
  window: t("The window"),
});

/** @param {string} field @param {string} text @returns {Complaint[]} */
function whole(field, text) {
  const { from, to } = WHOLE[field];
  const name = NAMES[field];
  const said = { name, text: text.trim(), from, to };
  if (!/^[+-]?\d+$/.test(text.trim()))
    return [{ field, text: t("{name} is “{text}”, which is no whole number: write one from {from} to {to}.", said) }];
  const n = Number(text);
  if (field === "stride" && n < 1)
    return [{ field, text: t("The stride is {text}, so the window would never move on: write 1 or more.", said) }];
  if (field === "padding" && n < 0)
    return [
      {
        field,
        text: t(
          "The padding is {text}, and a picture cannot get a border of fewer than 0 cells: write 0 or more.",
          said,
        ),
      },
    ];
  if (n < from) return [{ field, text: t("{name} is {text}: write {from} or more.", said) }];
  return n > to
    ? [{ field, text: t("{name} is {text}, and this lab goes to {to}: write a smaller number.", said) }]
    : [];
}

/** @param {string} kernel @returns {Complaint[]} */
function aboutKernel(kernel) {
  const cells = cellsOf(kernel);
  const width = cells[0].length;
  if (cells.some((row) => row.length !== width))
    return [
      {
        field: "kernel",
        text: t("The rows of the kernel have different lengths: give each row {n} weights.", { n: width }),
      },
    ];
  if (cells.length > MOST || width > MOST)
    return [
      {
        field: "kernel",
        text: t("The kernel is {rows} × {columns}, and this lab goes to {most} × {most}: make it smaller.", {
          rows: cells.length,
          columns: width,
          most: MOST,
        }),
      },
    ];
  return cells.flatMap((row, i) =>
    row.flatMap((cell, j) => {
      if (weightOf(cell)) return [];
      const at = { row: i + 1, column: j + 1, text: cell };
      const text = cell
        ? t(
            "The kernel says “{text}” in row {row}, column {column}, which is no number: write one such as 0.5, -1 or 1/9.",
            at,
          )
        : t(
            "The kernel is empty in row {row}, column {column}: write a number such as 0.5, -1 or 1/9, or 0 for none.",
            at,
          );
      return [{ field: "kernel", text, cell: /** @type {[number, number]} */ ([i, j]) }];
    }),
  );
}

/** The row and column that a loss of one cell takes, or null. @param {string} cell @returns {[number, number] | null} */
export function cellOf(cell) {
  const [, row, column] = /^\s*(\d{1,3})\s*,\s*(\d{1,3})\s*$/.exec(cell) ?? [];
  return column === undefined ? null : [Number(row), Number(column)];
}

/** @param {Readonly<Choices>} choices @param {boolean} [hasOwn] whether there is a picture of the learner's own @returns {Complaint[]} */
export function complaints(choices, hasOwn = false) {
  const numbers = (choices.op === "conv" ? ["stride", "padding", "dilation"] : ["window", "stride", "padding"]).flatMap(
    (field) => whole(field, choices[/** @type {keyof Choices} */ (field)]),
  );
  const loss =
    choices.loss === "one" && !cellOf(choices.cell)
      ? [
          {
            field: "cell",
            text: t("The loss takes the cell “{text}”: write its row and its column, such as 2, 3.", {
              text: choices.cell,
            }),
          },
        ]
      : [];
  const own =
    choices.picture === "own" && !hasOwn
      ? [
          {
            field: "picture",
            text: t("Your own picture is not in this browser: choose a file, or one of the built-in pictures."),
          },
        ]
      : [];
  return [
    ...oddWords(WORDS, choices),
    ...own,
    ...(choices.op === "conv" ? aboutKernel(choices.kernel) : []),
    ...numbers,
    ...loss,
  ];
}
