/** From choices to a PyTorch program. The lab reads everything off this program's tape, by the names that stand in it. */

import { sizeOf } from "./choices.js";
import { cellOf } from "./complaints.js";
import { cellsOf, weightOf } from "./kernel.js";
import { PICTURES, TINT, ownLines } from "./pictures.js";

/** @typedef {import("./choices.js").Choices} Choices */

/** @param {Readonly<Choices>} choices @param {string} own base64 of the own picture's bytes, in this size and with these channels */
function pictureLines(choices, own) {
  const channels = Number(choices.channels);
  if (choices.picture === "own") return ownLines(own, sizeOf(choices), channels);
  return [...PICTURES[choices.picture].lines(sizeOf(choices)), ...(channels === 3 ? [TINT] : [])];
}

/** @param {string} kernel */
function literal(kernel) {
  const rows = cellsOf(kernel).map((row) => `[${row.map((cell) => weightOf(cell)?.python ?? cell).join(", ")}]`);
  return rows.length === 1 ? `[${rows[0]}]` : `[\n${rows.map((row) => `    ${row},`).join("\n")}\n]`;
}

/** @param {Readonly<Choices>} choices */
function convolution({ kernel, stride, padding, dilation, groups }) {
  const cells = cellsOf(kernel);
  const each = groups === "3" ? `.repeat(3, 1, 1, 1)` : "";
  const more = groups === "3" ? ", groups=3" : "";
  return [
    `kernel = torch.tensor(${literal(kernel)}).view(1, 1, ${cells.length}, ${cells[0].length})${each}`,
    "kernel.requires_grad_()",
    "",
    `output = F.conv2d(picture, kernel, stride=${Number(stride)}, padding=${Number(padding)}, dilation=${Number(dilation)}${more})`,
  ];
}

/** Is f(a + b) what f(a) + f(b) is? Only then can f be a convolution. */
const LINEAR = [
  "with torch.no_grad():",
  "    apart = pool(picture - 5) + pool(-picture)",
  "    together = pool(torch.full_like(picture, -5.0))",
  "    gap = (apart - together).abs().max()",
];

/** @param {Readonly<Choices>} choices */
function pooling({ op, window, stride, padding, channels }) {
  const [k, s, p] = [window, stride, padding].map(Number);
  const average = [
    "with torch.no_grad():",
    `    kernel = torch.full((${channels}, 1, ${k}, ${k}), 1 / ${k * k})`,
    `    as_conv = F.conv2d(picture, kernel, stride=${s}, padding=${p}${channels === "3" ? ", groups=3" : ""})`,
    "    difference = (output - as_conv).abs().max()",
  ];
  return [
    `pool = nn.${op === "avg" ? "AvgPool2d" : "MaxPool2d"}(${k}, stride=${s}, padding=${p})`,
    'print("parameters:", list(pool.parameters()))',
    "output = pool(picture)",
    ...(op === "avg" ? average : []),
    ...LINEAR,
  ];
}

const BEFORE = /** @type {Record<string, string>} */ ({
  mul: "output * 2",
  exp: "output.exp()",
  sigmoid: "output.sigmoid()",
});

/** What comes after the convolution; the last name is what the loss is of. @param {Readonly<Choices>} choices */
function afterwards({ op, before, relu }) {
  if (op !== "conv") return { lines: [], last: "output" };
  const lines = before in BEFORE ? [`middle = ${BEFORE[before]}`] : [];
  const last = lines.length ? "middle" : "output";
  if (relu === "new") return { lines: [...lines, `activated = torch.relu(${last})`], last: "activated" };
  if (relu === "inplace") return { lines: [...lines, `activated = ${last}.relu_()`], last: "activated" };
  return { lines, last };
}

/** @param {Readonly<Choices>} choices @param {string} last */
function lossOf({ loss, cell, channel, channels }, last) {
  const [row, column] = cellOf(cell) ?? [0, 0];
  if (loss === "one") return `${last}[0, ${channels === "3" ? channel : 0}, ${row}, ${column}]`;
  return loss === "squares" ? `${last}.pow(2).sum() / 2` : `${last}.sum()`;
}

/** @param {Readonly<Choices>} choices without a complaint about them @param {string} [own] base64 of the own picture's bytes, in this size and with these channels */
export function program(choices, own = "") {
  const convolves = choices.op === "conv";
  const { lines, last } = afterwards(choices);
  const paragraphs = [
    [
      ...(choices.picture === "own" ? ["import base64", ""] : []),
      "import torch",
      ...(convolves ? [] : ["from torch import nn"]),
      ...(choices.op === "max" ? [] : ["from torch.nn import functional as F"]),
    ],
    [
      ...pictureLines(choices, own),
      "picture.requires_grad_()",
      ...(convolves && choices.relu === "leaf" ? ["picture.relu_()"] : []),
    ],
    convolves ? convolution(choices) : pooling(choices),
    lines,
    [`loss = ${lossOf(choices, last)}`, "loss.backward()"],
  ];
  return `${paragraphs
    .filter((each) => each.length)
    .map((each) => each.join("\n"))
    .join("\n\n")}\n`;
}
