/** The pictures, as the program makes them: each a few lines of torch that end in `picture`, one channel of n × n numbers. */

import { t } from "../../language/index.js";

/** @typedef {{name: string, lines: (n: number) => string[]}} Picture */

/** Rows and columns from -1 to 1, in the shape in which they meet. @param {number} n */
const grid = (n) => [`line = torch.linspace(-1, 1, ${n})`, `y, x = line.view(1, 1, ${n}, 1), line.view(1, 1, 1, ${n})`];

/** No picture is a view of something else: torch would speak of a view where it means the picture. @type {Record<string, Picture>} */
export const PICTURES = {
  letter: {
    name: t("A letter"),
    lines: (n) => [
      "# A bright disc with a dark T in it.",
      ...grid(n),
      "bar = ((y + 0.4).abs() < 0.15) & (x.abs() < 0.55)",
      "stem = (x.abs() < 0.15) & (y > -0.4) & (y < 0.6)",
      "picture = ((x**2 + y**2 < 0.9) & ~bar & ~stem).float()",
    ],
  },
  stripes: {
    name: t("Stripes and squares"),
    lines: (n) => [
      "# Stripes above, a chessboard below.",
      `at = torch.arange(${n}) // ${n / 8}`,
      `stripes = (at % 2).expand(${n}, ${n})`,
      "squares = (at[:, None] + at) % 2",
      `picture = torch.cat([stripes[: ${n / 2}], squares[${n / 2} :]]).view(1, 1, ${n}, ${n}).float()`,
    ],
  },
  landscape: {
    name: t("A landscape"),
    lines: (n) => [
      "# Sky, sun, a hill and a meadow.",
      ...grid(n),
      "picture = 0.62 + 0.25 * y",
      "picture = torch.where((x - 0.45) ** 2 + (y + 0.5) ** 2 < 0.06, 1.0, picture)",
      "picture = torch.where(y > 0.3 - 0.45 * torch.exp(-5 * (x + 0.35) ** 2), 0.4 + 0.2 * x, picture)",
      "picture = torch.where(y > 0.55 + 0.08 * torch.sin(5 * x), 0.18 + 0.06 * torch.sin(24 * x), picture)",
    ],
  },
  edge: {
    name: t("Dark and bright, 6 × 6"),
    lines: () => [
      "# The left half is 0, the right half 0.9.",
      "picture = torch.zeros(1, 1, 6, 6)",
      "picture[..., 3:] = 0.9",
    ],
  },
  count: {
    name: t("0 to 15, 4 × 4"),
    lines: () => ["picture = torch.arange(16).view(1, 1, 4, 4).float()"],
  },
};

/** Letters of base64 in one line of the program. */
const WIDTH = 96;

/** The learner's own picture: its bytes stand in the program. @param {string} base64 bytes of the channels one after the other, row by row @param {number} n @param {number} channels */
export function ownLines(base64, n, channels) {
  const rows = base64.match(new RegExp(`.{1,${WIDTH}}`, "g")) ?? [];
  return [
    `# Your picture: ${n} × ${n} pixels, one byte each${channels > 1 ? ", red before green before blue" : ""}.`,
    "pixels = base64.b64decode(",
    ...rows.map((row) => `    "${row}"`),
    ")",
    `picture = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).view(1, ${channels}, ${n}, ${n})`,
    "picture = picture.float() / 255",
  ];
}

/** Red, green and blue of what is drawn in one colour. */
export const TINT = "picture = picture * torch.tensor([1.0, 0.7, 0.35]).view(1, 3, 1, 1)";
