/** From a trace to the PyTorch programs that the lab records: float64, one op a line. */

import { known } from "./functions.js";

/** @typedef {import("./trace.js").Trace} Trace */
/** @typedef {import("./trace.js").Row} Row */
/** @typedef {{source: string, lines: number[], passes: {line: number, outputs: number[]}[]}} Program `lines`: the line of each row, from 1; `passes`: backward passes with the outputs (by position) that they start from */

/** A number as Python writes a float. @param {number} number */
export function float(number) {
  const text = String(number);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** @param {number} number @param {string} [more] */
const tensor = (number, more = "") => `torch.tensor(${float(number)}, dtype=torch.float64${more})`;

/** @param {Trace} trace @param {Row} row */
function expression({ rows }, { op, args }) {
  const texts = args.map((arg) =>
    "row" in arg ? rows[arg.row].name : arg.number < 0 ? `(${float(arg.number)})` : float(arg.number),
  );
  const { torch, arity } = known(op);
  if (torch.startsWith("torch.")) return `${torch}(${texts.join(", ")})`;
  return arity === 1 ? `${torch}${texts[0]}` : `${texts[0]} ${torch} ${texts[1]}`;
}

/** Text that knows on which line it stands. */
class Page {
  /** @type {string[]} */
  text = [];
  /** @param {...string} lines @returns {number} the line of the last one */
  add(...lines) {
    this.text.push(...lines);
    return this.text.length;
  }
}

/** The rows that depend on an input. @param {Trace} trace @returns {Set<number>} */
export function dependent({ rows }) {
  const found = new Set();
  rows.forEach((row, i) => {
    if (row.kind === "input" || row.args.some((arg) => "row" in arg && found.has(arg.row))) found.add(i);
  });
  return found;
}

/** Values alone; what `wrt` names is seeded by the recorder. @param {Trace} trace @param {readonly number[]} point @returns {Program} */
export function forwardProgram(trace, point) {
  const page = new Page();
  page.add("import torch", "");
  const lines = body(trace, page, (row, i) => `${row.name} = ${tensor(point[i])}`);
  return { source: `${page.text.join("\n")}\n`, lines, passes: [] };
}

/** torch's own forward mode, for a direction that is no single input. @param {Trace} trace @param {readonly number[]} point @param {readonly number[]} direction @returns {Program} */
export function directionProgram(trace, point, direction) {
  const page = new Page();
  page.add("import torch", "import torch.autograd.forward_ad as fwAD", "", "with fwAD.dual_level():");
  const made = (/** @type {Row} */ row, /** @type {number} */ i) =>
    `    ${row.name} = fwAD.make_dual(${tensor(point[i])}, ${tensor(direction[i])})`;
  const lines = body(trace, page, made, "    ");
  return { source: `${page.text.join("\n")}\n`, lines, passes: [] };
}

/** One backward pass for every output, on one graph. @param {Trace} trace @param {readonly number[]} point @returns {Program} */
export function reverseProgram(trace, point) {
  const { page, lines } = withGraph(trace, point);
  const reach = dependent(trace);
  const asked = trace.outputs.map((output, i) => ({ ...output, i }));
  const starts = asked.filter(({ row }) => reach.has(row));
  const grads = trace.inputs.map((input) => `${trace.rows[input].name}.grad`).join(" = ");
  page.add("");
  const passes = starts.map(({ row, i }, pass) => {
    if (pass > 0) page.add(`${grads} = None`);
    const keep = pass < starts.length - 1 ? "retain_graph=True" : "";
    return { line: page.add(`${trace.rows[row].name}.backward(${keep})`), outputs: [i] };
  });
  for (const { name } of asked.filter(({ row }) => !reach.has(row)))
    page.add(`# ${name} depends on no input: its derivatives are 0`);
  return { source: `${page.text.join("\n")}\n`, lines, passes };
}

/** One backward pass from several outputs at once, each with a seed of its own. @param {Trace} trace @param {readonly number[]} point @param {readonly number[]} seeds @returns {Program} */
export function weightedProgram(trace, point, seeds) {
  const { page, lines } = withGraph(trace, point);
  const reach = dependent(trace);
  const starts = trace.outputs.map((output, i) => ({ ...output, i })).filter(({ row }) => reach.has(row));
  const tensors = starts.map(({ row }) => trace.rows[row].name).join(", ");
  const gradients = starts.map(({ i }) => tensor(seeds[i])).join(", ");
  page.add("");
  const passes = starts.length
    ? [{ line: page.add(`torch.autograd.backward([${tensors}], [${gradients}])`), outputs: starts.map(({ i }) => i) }]
    : [];
  return { source: `${page.text.join("\n")}\n`, lines, passes };
}

/** @param {Trace} trace @param {readonly number[]} point */
function withGraph(trace, point) {
  const page = new Page();
  page.add("import torch", "");
  const made = (/** @type {Row} */ row, /** @type {number} */ i) =>
    `${row.name} = ${tensor(point[i], ", requires_grad=True")}`;
  return { page, lines: body(trace, page, made) };
}

/** @param {Trace} trace @param {Page} page @param {(row: Row, i: number) => string} input @param {string} [indent] */
function body(trace, page, input, indent = "") {
  return trace.rows.map((row, i) => {
    if (row.kind === "input") return page.add(input(row, i));
    const value = row.kind === "constant" ? tensor(row.value ?? 0) : expression(trace, row);
    return page.add(`${indent}${row.name} = ${value}`);
  });
}
