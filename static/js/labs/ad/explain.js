/** What there is to say of the numbers themselves: where one stops being a number, and where a derivative is PyTorch's choice. */

import { t } from "../../language/index.js";
import { formatNumber } from "../../tape/words.js";
import { known } from "./functions.js";
import { formula, symbol } from "./trace.js";

/** @typedef {import("./trace.js").Trace} Trace */
/** @typedef {{row: number, tone: "bad" | "warn", text: string}} Remark */

/** The numbers that a row was computed from. @param {Trace} trace @param {readonly (number | null)[]} values @param {number} at */
const given = (trace, values, at) =>
  trace.rows[at].args.map((arg) => ("row" in arg ? (values[arg.row] ?? NaN) : arg.number));

/** The first row that is no finite number although all before it are; then every kink. @param {Trace} trace @param {readonly (number | null)[]} values @returns {Remark[]} */
export function remarks(trace, values) {
  const odd = trace.rows.findIndex(
    (row, i) =>
      row.kind === "op" &&
      values[i] !== null &&
      !Number.isFinite(values[i]) &&
      given(trace, values, i).every(Number.isFinite),
  );
  const kinks = trace.rows.flatMap((row, i) => {
    const text = row.kind === "op" ? known(row.op).kink?.(...given(trace, values, i)) : null;
    return text
      ? [{ row: i, tone: /** @type {const} */ ("warn"), text: `${symbol(row)} = ${formula(trace, i)}: ${text}` }]
      : [];
  });
  return odd < 0 ? kinks : [lost(trace, values, odd), ...kinks];
}

/** @param {Trace} trace @param {readonly (number | null)[]} values @param {number} at @returns {Remark} */
function lost(trace, values, at) {
  const row = trace.rows[at];
  const numbers = given(trace, values, at);
  const why = known(row.op).domain?.(...numbers) ?? t("the result is beyond what float64 can hold");
  const where = row.args.flatMap((arg, i) =>
    "row" in arg
      ? [
          `${trace.rows[arg.row].kind === "input" ? trace.rows[arg.row].name : symbol(trace.rows[arg.row])} = ${formatNumber(numbers[i], 5)}`,
        ]
      : [],
  );
  const text = t(
    "{v} = {formula} is {value}: {why}, and here {where}. Change {inputs}; all that is computed from it is lost too.",
    {
      v: symbol(row),
      formula: formula(trace, at),
      value: formatNumber(values[at] ?? NaN),
      why,
      where: where.join(t(" and ")),
      inputs: sources(trace, at).join(t(" or ")),
    },
  );
  return { row: at, tone: "bad", text };
}

/** The inputs that a row depends on. @param {Trace} trace @param {number} at @returns {string[]} */
function sources({ rows, inputs }, at) {
  const [found, pending] = [new Set(), [at]];
  while (pending.length) {
    const next = /** @type {number} */ (pending.pop());
    found.add(next);
    for (const arg of rows[next].args) if ("row" in arg) pending.push(arg.row);
  }
  return inputs.filter((row) => found.has(row)).map((row) => rows[row].name);
}
