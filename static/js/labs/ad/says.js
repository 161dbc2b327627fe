/** The frames of the AD lab in sentences. */

import { t } from "../../language/index.js";
import { formatNumber } from "../../tape/words.js";
import { formula, partials, symbol, tangentFormula, times } from "./trace.js";

/** @typedef {import("./trace.js").Trace} Trace */

/** 10.693: five digits, as the survey has them; a real minus. @param {number | null | undefined} number */
export const shortly = (number) => (number == null ? "" : formatNumber(number, 5).replace("-", "−"));

/** A name with the sign of a tangent or an adjoint: x1 → ẋ1. @param {string} name @param {"dot" | "bar"} mark */
export const marked = (name, mark) =>
  (name[0] + (mark === "dot" ? "\u0307" : "\u0304")).normalize("NFC") + name.slice(1);

/** The name of a row with its mark; an input by its own name. @param {import("./trace.js").Row} row @param {"" | "dot" | "bar"} [mark] */
export function rowName(row, mark = "") {
  if (row.kind !== "input") return symbol(row, mark);
  return mark ? marked(row.name, mark) : row.name;
}

/** @param {Trace} trace @param {number} at @param {number | null} value @param {number | null} tangent */
export function sayForward(trace, at, value, tangent) {
  const row = trace.rows[at];
  const [name, dot] = [symbol(row), symbol(row, "dot")];
  if (row.kind === "input")
    return t("{name} = {input} = {value}; its tangent is seeded: {dot} = {tangent}.", {
      name,
      input: row.name,
      value: shortly(value),
      dot,
      tangent: shortly(tangent),
    });
  if (row.kind === "constant")
    return t("{name} = {value} is a constant: its tangent is 0.", { name, value: shortly(value) });
  return t("{name} = {formula} = {value}, and with it {dot} = {rule} = {tangent}.", {
    name,
    formula: formula(trace, at),
    value: shortly(value),
    dot,
    rule: tangentFormula(trace, at),
    tangent: shortly(tangent),
  });
}

/** @param {Trace} trace @param {import("./read.js").Frame} frame @param {readonly {from: number | null, value: number}[]} parts what arrived at its row */
export function sayBackward(trace, frame, parts) {
  if (frame.row === null) {
    const seeds = frame.sends.map(({ row, value }) => `${symbol(trace.rows[row], "bar")} = ${shortly(value)}`);
    return t("The backward pass begins with the seed: {seeds}.", { seeds: seeds.join(", ") });
  }
  const row = trace.rows[frame.row];
  const sum =
    parts.length > 1 ? `${parts.map(({ value }) => shortly(value)).join(" + ")} = `.replaceAll("+ −", "− ") : "";
  const arrived = `${symbol(row, "bar")} = ${sum}${shortly(frame.value)}`;
  if (frame.kind === "leaf")
    return t("All that concerns {name} has arrived: {arrived}. AccumulateGrad writes it into {name}.grad.", {
      name: row.name,
      arrived,
    });
  const sends = frame.sends.map(({ row: to, value }) =>
    t("{value} to {name}", { value: shortly(value), name: rowName(trace.rows[to]) }),
  );
  if (!sends.length) return t("{arrived}; nothing is sent on.", { arrived });
  return t("{arrived}; by the chain rule {name} = {formula} sends {sends}.", {
    arrived,
    name: symbol(row),
    formula: formula(trace, frame.row),
    sends: sends.join(", "),
  });
}

/** How a part of an adjoint comes about: v̄₃ · cos(v₀). @param {Trace} trace @param {number} from @param {number} to @param {number} nth of several parts from the same row */
export function partFormula(trace, from, to, nth = 0) {
  const texts = partials(trace, from);
  const positions = trace.rows[from].args.flatMap((arg, i) => ("row" in arg && arg.row === to ? [i] : []));
  return times(texts[positions[nth] ?? positions[0]] ?? "1", symbol(trace.rows[from], "bar"));
}
