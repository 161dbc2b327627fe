/** A contraction as the loop nest that it stands for: output indices outside, summed ones inside, one product a turn. No DOM. */

/** @typedef {{name: string, labels: string[], shape: number[], data: (number | null)[], eye?: boolean}} Tensor flat numbers, row by row; null where they are not known yet */
/** @typedef {{factors: Tensor[], output: Tensor, sizes: Map<string, number>, free: string[], summed: string[]}} Contraction */
/** @typedef {{at: Map<string, number>, cells: number[], product: number | null, sum: number | null, out: number, last: boolean, first: boolean}} Turn `cells`: of each factor, `out`: of the output, as flat positions; `sum`: so far; `last`: the cell is complete */

/** @param {Contraction} of */
export const turns = ({ sizes }) => [...sizes.values()].reduce((count, size) => count * size, 1);

/** Where an index stands in a tensor; along a dimension of size 1 there is one place only. @param {Tensor} tensor @param {Map<string, number>} at */
export const position = ({ labels, shape }, at) =>
  labels.reduce((flat, label, dim) => flat * shape[dim] + (shape[dim] === 1 ? 0 : (at.get(label) ?? 0)), 0);

/** The indices of one turn, outermost first. @param {Contraction} of @param {number} turn */
function indices({ free, summed, sizes }, turn) {
  const labels = [...free, ...summed];
  let rest = turn;
  /** @type {[string, number][]} */
  const found = [];
  for (const label of labels.reverse()) {
    const size = sizes.get(label) ?? 1;
    found.push([label, rest % size]);
    rest = Math.floor(rest / size);
  }
  return new Map(found.reverse());
}

/** @param {Contraction} of @param {number} turn @returns {Turn} */
export function turnAt(of, turn) {
  const inner = of.summed.reduce((count, label) => count * (of.sizes.get(label) ?? 1), 1);
  const start = turn - (turn % inner);
  let sum = /** @type {number | null} */ (0);
  for (let each = start; each <= turn; each += 1) {
    const product = productAt(of, indices(of, each));
    sum = sum === null || product === null ? null : sum + product;
  }
  const at = indices(of, turn);
  return {
    at,
    cells: of.factors.map((factor) => position(factor, at)),
    product: productAt(of, at),
    sum,
    out: position(of.output, at),
    first: turn === start,
    last: turn - start === inner - 1,
  };
}

/** @param {Contraction} of @param {Map<string, number>} at */
function productAt({ factors }, at) {
  let product = 1;
  for (const factor of factors) {
    const number = factor.data[position(factor, at)];
    if (number === null || number === undefined) return null;
    product *= number;
  }
  return product;
}

/** How many cells of the output are complete after so many turns, and the sum so far in the next. @param {Contraction} of @param {number} turn -1 is before the first */
export function progress(of, turn) {
  const inner = of.summed.reduce((count, label) => count * (of.sizes.get(label) ?? 1), 1);
  return { complete: Math.floor((turn + 1) / inner), inner };
}

/** `a[i, k]`; a scalar has no brackets. @param {{name: string, labels: string[]}} tensor @param {(label: string) => string} show */
export const subscripted = ({ name, labels }, show) =>
  labels.length ? `${name}[${labels.map(show).join(", ")}]` : name;
