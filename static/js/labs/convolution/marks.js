/** Which cells of which boards belong together when one cell is pointed at: the window, and the gradient's way back. */

import { numberAt, sizeOfGrid, windowIn } from "./scene.js";
import { pairsOf, touching, winner } from "./windows.js";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./reading.js").Board} Board */
/** @typedef {import("./windows.js").At} At */
/** @typedef {{board: Board, row: number, column: number}} Focus */
/** @typedef {Partial<Record<Board, At[]>>} Marks cells that belong to the one that is pointed at */

/** @param {Scene} scene @param {At} output the cells of the picture that count for an output cell: of a max pooling only the winner */
function counting(scene, output) {
  const taps = windowIn(scene, output);
  if (scene.op !== "max") return taps;
  const best = winner(taps, (cell) => numberAt(scene.boards.picture, cell));
  return best ? [best] : [];
}

/** The cells of the output (or of its gradient) that a cell of the picture has a part in. @param {Scene} scene @param {At} input */
export function outputsOf(scene, input) {
  const output = scene.boards.output ?? scene.boards.output_grad;
  const touched = output ? touching(input, sizeOfGrid(output), scene.geometry) : [];
  if (scene.op !== "max") return touched;
  return touched.filter(({ cell }) =>
    counting(scene, cell).some(({ cell: won }) => won.row === input.row && won.column === input.column),
  );
}

/** @param {Scene} scene @param {At} weight */
export function pairsIn(scene, weight) {
  const { picture, output } = scene.boards;
  return picture && output ? pairsOf(weight, sizeOfGrid(picture), sizeOfGrid(output), scene.geometry) : [];
}

/** @type {Record<Board, (scene: Scene, at: At) => Marks>} */
const MARKS = {
  picture: (scene, at) => ({ output: outputsOf({ ...scene, op: "conv" }, at).map(({ cell }) => cell) }),
  kernel: (scene, at) => ({ picture: pairsIn(scene, at).map(({ cell }) => cell) }),
  output: (scene, at) => ({
    picture: windowIn(scene, at).map(({ cell }) => cell),
    kernel: windowIn(scene, at).map(({ kernel }) => kernel),
    activated: [at],
  }),
  middle: (scene, at) => ({ ...MARKS.output(scene, at), output: [at] }),
  activated: (scene, at) => ({ ...MARKS.output(scene, at), output: [at] }),
  picture_grad: (scene, at) => ({
    output_grad: outputsOf(scene, at).map(({ cell }) => cell),
    kernel: outputsOf(scene, at).map(({ kernel }) => kernel),
  }),
  kernel_grad: (scene, at) => ({
    output_grad: pairsIn(scene, at).map(({ output }) => output),
    picture: pairsIn(scene, at).map(({ cell }) => cell),
  }),
  output_grad: (scene, at) => ({
    picture_grad: counting(scene, at).map(({ cell }) => cell),
    kernel: counting(scene, at).map(({ kernel }) => kernel),
  }),
  activated_grad: (scene, at) => ({ output_grad: [at], activated: [at] }),
};

/** @param {Scene} scene @param {Focus | null} focus @returns {Marks} */
export const marksOf = (scene, focus) => (focus ? MARKS[focus.board](scene, focus) : {});

/** The max pooling's winner in the window of an output cell. @param {Scene} scene @param {At} output */
export const winnerOf = (scene, output) => (scene.op === "max" ? (counting(scene, output)[0]?.cell ?? null) : null);
