/** The numbers of one recording as boards of cells, at one channel: what is drawn, pointed at and explained. */

import { toNumber } from "../../tape/words.js";
import { cellsOf } from "./kernel.js";
import { windowOf } from "./windows.js";

/** @typedef {import("./choices.js").Choices} Choices */
/** @typedef {import("./reading.js").Board} Board */
/** @typedef {import("./reading.js").Reading} Reading */
/** @typedef {import("./windows.js").At} At */
/** @typedef {import("./windows.js").Geometry} Geometry */
/** @typedef {import("../values.js").Numbers} Numbers */
/** @typedef {import("../cells.js").Grid} Grid */
/** @typedef {{op: string, geometry: Geometry, boards: Partial<Record<Board, Grid>>}} Scene */

/** @param {Readonly<Choices>} choices @returns {Geometry} */
export function geometryOf(choices) {
  const cells = cellsOf(choices.kernel);
  const window = Number(choices.window);
  return {
    kernel: choices.op === "conv" ? [cells.length, cells[0].length] : [window, window],
    stride: Number(choices.stride),
    padding: Number(choices.padding),
    dilation: choices.op === "conv" ? Number(choices.dilation) : 1,
  };
}

/** One channel of a value: of a picture [1, channels, rows, columns], of a kernel [channels, 1, rows, columns]. @param {Numbers} numbers @param {number} channel @returns {Grid} */
export function gridOf({ shape, data }, channel) {
  const [rows, columns] = shape.slice(-2);
  const channels = shape.slice(0, -2).reduce((product, n) => product * n, 1);
  const from = Math.min(channel, channels - 1) * rows * columns;
  return { rows, columns, data: data.slice(from, from + rows * columns).map(toNumber) };
}

/** @param {Readonly<Choices>} choices what was recorded @param {Reading} reading @param {ReadonlyMap<number, Numbers>} values @param {number} channel @returns {Scene} */
export function sceneOf(choices, reading, values, channel) {
  const boards = Object.entries(reading.boards).flatMap(([board, id]) => {
    const numbers = values.get(id);
    return numbers && numbers.shape.length >= 2 ? [[board, gridOf(numbers, channel)]] : [];
  });
  return { op: choices.op, geometry: geometryOf(choices), boards: Object.fromEntries(boards) };
}

/** @param {Grid | undefined} grid @param {At} at */
export const numberAt = (grid, { row, column }) =>
  grid && row >= 0 && column >= 0 && row < grid.rows && column < grid.columns
    ? grid.data[row * grid.columns + column]
    : NaN;

/** @param {Grid} grid @returns {[number, number]} */
export const sizeOfGrid = ({ rows, columns }) => [rows, columns];

/** The window of an output cell, on the scene's picture. @param {Scene} scene @param {At} output */
export const windowIn = ({ boards, geometry }, output) =>
  windowOf(output, boards.picture ? sizeOfGrid(boards.picture) : [0, 0], geometry);
