/** A cell of a board explained with this recording's numbers: the sum of products written out, and where a gradient goes. */

import { count, t } from "../../language/index.js";
import { formatNumber } from "../../tape/words.js";
import { outputsOf, pairsIn, winnerOf } from "./marks.js";
import { numberAt, windowIn } from "./scene.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./marks.js").Focus} Focus */
/** @typedef {import("./windows.js").At} At */
/** @typedef {[number, number]} Product */
/** @typedef {{name: string, value: number, sum: string, notes: string[]}} Said `sum`: what the value is the result of, in numbers; empty where it is given */

/** The most products that are written out. */
const WRITTEN = 12;

/** @param {number} n */
const short = (n) => formatNumber(n, 3).replace("-", "−");

/** @param {number} n a factor: with its sign in parentheses */
const factor = (n) => (n < 0 ? `(${short(n)})` : short(n));

/** `0.9·1 + 0.9·(−0.111)`; products that are 0 are only counted. @param {readonly Product[]} products */
function sumOf(products) {
  const rest = products.filter(([a, b]) => a * b !== 0);
  const written = rest.slice(0, WRITTEN).map(([a, b]) => `${short(a)}·${factor(b)}`);
  const more = rest.length - written.length;
  return `${written.join(" + ") || "0"}${more ? ` + … (${count("{n} more product", "{n} more products", more)})` : ""}`;
}

/** @param {readonly Product[]} products */
function zeros(products) {
  const n = products.filter(([a, b]) => a * b === 0).length;
  return n && n < products.length
    ? [count("{n} product is 0 and left out.", "{n} products are 0 and left out.", n)]
    : [];
}

/** @param {At} at */
const index = ({ row, column }) => `[${row}, ${column}]`;

/** @param {Scene} scene @param {At} at @returns {Pick<Said, "sum" | "notes">} */
function output(scene, at) {
  const { picture, kernel } = scene.boards;
  const taps = windowIn(scene, at);
  const beyond = taps.filter(({ inside }) => !inside).length;
  if (scene.op === "max") {
    const best = winnerOf(scene, at);
    const seen = taps.filter(({ inside }) => inside).map(({ cell }) => short(numberAt(picture, cell)));
    return {
      sum: `max(${seen.join(", ")})`,
      notes: best ? [t("The winner stands at {place}; it alone gets the gradient.", { place: index(best) })] : [],
    };
  }
  const products = taps.map(
    ({ kernel: weight, cell, inside }) =>
      /** @type {Product} */ ([inside ? numberAt(picture, cell) : 0, numberAt(kernel, weight)]),
  );
  const padded = beyond
    ? [count("{n} weight lies on the padding, where x is 0.", "{n} weights lie on the padding, where x is 0.", beyond)]
    : [];
  return { sum: sumOf(products), notes: [...padded, ...zeros(products)] };
}

/** @param {Scene} scene @param {At} at @returns {Pick<Said, "sum" | "notes">} */
function activated(scene, at) {
  const before = scene.boards.middle ?? scene.boards.output;
  const x = numberAt(before, at);
  return { sum: `max(0, ${short(x)})`, notes: [] };
}

/** The gradients that meet in a cell of the picture. @param {Scene} scene @param {At} at @returns {Pick<Said, "sum" | "notes">} */
function pictureGrad(scene, at) {
  const { kernel, output_grad: arrived } = scene.boards;
  const touched = outputsOf(scene, at);
  if (scene.op === "max") {
    const terms = touched.map(({ cell }) => short(numberAt(arrived, cell)));
    return {
      sum: terms.join(" + ") || "0",
      notes: terms.length ? [] : [t("It won no window, so no gradient comes to it.")],
    };
  }
  const products = touched.map(
    ({ kernel: weight, cell }) => /** @type {Product} */ ([numberAt(arrived, cell), numberAt(kernel, weight)]),
  );
  return {
    sum: sumOf(products),
    notes: [
      count(
        "It lies in {n} window, and each sends it gradient · weight.",
        "It lies in {n} windows, and each sends it gradient · weight.",
        touched.length,
      ),
      ...zeros(products),
    ],
  };
}

/** @param {Scene} scene @param {At} at @returns {Pick<Said, "sum" | "notes">} */
function kernelGrad(scene, at) {
  const { picture, output_grad: arrived } = scene.boards;
  const pairs = pairsIn(scene, at).map(
    ({ output: there, cell }) => /** @type {Product} */ ([numberAt(arrived, there), numberAt(picture, cell)]),
  );
  return {
    sum: sumOf(pairs),
    notes: [
      count(
        "The weight was used in {n} window; each adds gradient · x.",
        "The weight was used in {n} windows; each adds gradient · x.",
        pairs.length,
      ),
      ...zeros(pairs),
    ],
  };
}

/** @param {Scene} scene @param {At} at @returns {Pick<Said, "sum" | "notes">} */
function outputGrad(scene, at) {
  const { kernel, output_grad: arrived } = scene.boards;
  const gradient = numberAt(arrived, at);
  if (scene.op === "max") {
    const best = winnerOf(scene, at);
    return {
      sum: "",
      notes: best ? [t("All of it goes to the window's winner, at {place}.", { place: index(best) })] : [],
    };
  }
  const sent = windowIn(scene, at).filter(({ inside }) => inside);
  const written = sent
    .slice(0, WRITTEN)
    .map(({ kernel: weight, cell }) => `${short(gradient)}·${factor(numberAt(kernel, weight))} → ${index(cell)}`);
  return {
    sum: "",
    notes: [
      count(
        "It spreads over {n} cell of its window, to each gradient · weight:",
        "It spreads over the {n} cells of its window, to each gradient · weight:",
        sent.length,
      ),
      `${written.join(",  ")}${sent.length > written.length ? ", …" : ""}`,
    ],
  };
}

/** @param {Scene} scene @param {At} at @returns {Pick<Said, "sum" | "notes">} */
const picture = (scene, at) => {
  const n = outputsOf({ ...scene, op: "conv" }, at).length;
  return {
    sum: "",
    notes: [count("It lies in {n} window of the output.", "It lies in {n} windows of the output.", n)],
  };
};

/** @param {Scene} scene @param {At} at @returns {Pick<Said, "sum" | "notes">} */
const kernel = (scene, at) => {
  const n = pairsIn(scene, at).length;
  return {
    sum: "",
    notes: [
      count(
        "It is multiplied with {n} cell of the picture, in as many windows.",
        "It is multiplied with {n} cells of the picture, in as many windows.",
        n,
      ),
    ],
  };
};

/** @param {Scene} scene @param {At} at @returns {Pick<Said, "sum" | "notes">} */
const activatedGrad = (scene, at) => {
  const passes = numberAt(scene.boards.activated, at) > 0;
  return {
    sum: "",
    notes: [
      passes
        ? t("The result of the ReLU is above 0 here, so the gradient passes.")
        : t("The result of the ReLU is 0 here, so no gradient passes."),
    ],
  };
};

/** @type {Record<Focus["board"], {name: string, says: (scene: Scene, at: At) => Pick<Said, "sum" | "notes">}>} */
const BOARDS = {
  picture: { name: "picture", says: picture },
  kernel: { name: "kernel", says: kernel },
  output: { name: "output", says: output },
  middle: { name: "middle", says: () => ({ sum: "", notes: [] }) },
  activated: { name: "activated", says: activated },
  picture_grad: { name: "picture.grad", says: pictureGrad },
  kernel_grad: { name: "kernel.grad", says: kernelGrad },
  output_grad: { name: t("gradient of output"), says: outputGrad },
  activated_grad: { name: t("gradient of activated"), says: activatedGrad },
};

/** What a board is called. @param {Focus["board"]} board */
export const nameOf = (board) => BOARDS[board].name;

/** @param {Scene} scene @param {Focus} focus @returns {Said} */
export function say(scene, focus) {
  const { name, says } = BOARDS[focus.board];
  return { name: `${name}${index(focus)}`, value: numberAt(scene.boards[focus.board], focus), ...says(scene, focus) };
}

/** All of it as one sentence, for a screen reader. @param {Said} said */
export const spoken = ({ name, value, sum, notes }) =>
  [`${name} = ${sum ? `${sum} = ` : ""}${short(value)}.`, ...notes].join(" ");
