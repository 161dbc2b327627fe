/** Which line of the program that the server wrote stands for which part of the spec. No DOM. */

/** @typedef {{flat: boolean, made: (number | null)[], run: (number | null)[], inputs: Record<string, number>, target: number | null, loss: (number | null)[], optimizer: (number | null)[], end: number | null}} Written lines from 1; `made`: where a layer is built, `run`: where it is called (in an `nn.Sequential` torch calls it); `end`: where the gradient begins */

/** @param {string} text */
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** @param {string} source @param {readonly string[]} names of the layers' results @param {readonly string[]} inputs @returns {Written} */
export function writtenOf(source, names, inputs) {
  const lines = source.split("\n");
  const find = (/** @type {RegExp} */ pattern) => {
    const at = lines.findIndex((line) => pattern.test(line));
    return at < 0 ? null : at + 1;
  };
  const start = find(/^model = nn\.Sequential\($/);
  const flat = start !== null;
  const line = (/** @type {RegExp} */ pattern) => (flat ? null : find(pattern));
  const found = inputs.flatMap((name) => {
    const at = find(new RegExp(`^${escaped(name)} = torch\\.`));
    return at === null ? [] : [[name, at]];
  });
  return {
    flat,
    made: names.map((name, i) =>
      flat ? /** @type {number} */ (start) + 1 + i : line(new RegExp(`^ {8}self\\.${escaped(name)} = `)),
    ),
    run: names.map((name) => line(new RegExp(`^ {8}${escaped(name)}(, _)? = `))),
    inputs: Object.fromEntries(found),
    target: find(/^target = /),
    loss: [find(/^loss_function = /), find(/^ *loss = /)],
    optimizer: [find(/^optimizer = /), find(/^ *optimizer\.step\(/)],
    end: find(/^ *(loss|output\.sum\(\))\.backward\(/),
  };
}

/** The line that stands for a layer: where it is called, else where it is built. @param {Written} written @param {number} at */
export const lineOf = ({ run, made }, at) => run[at] ?? made[at] ?? null;
