/** What an `AccumulateGrad` does, as a formula: `c.grad ← c.grad + c̄`. */

import { t } from "../language/index.js";
import { agrees } from "./formulas_numbers.js";
import { numberOf } from "./formulas_scope.js";
import { shown } from "./formulas_typeset.js";
import { relations } from "./relations.js";
import { middle } from "./short.js";
import { barred, isSilent, tensorName } from "./words.js";

/** @typedef {import("./formulas_typeset.js").Setting} Setting */
/** @typedef {import("./state.js").History} History */

/** The latest `.grad` that the node wrote. @param {History} history @param {number} step @param {number} node */
function latest({ tape }, step, node) {
  const steps = relations(tape).steps.get(`node:${node}`) ?? [];
  const at = steps.findLast((each) => each <= step && tape.events[each].kind === "accumulate");
  const event = at === undefined ? null : tape.events[at];
  return at !== undefined && event?.kind === "accumulate" ? { at, event } : null;
}

/** @param {History} history @param {number} step @param {number} node @param {number} variable @returns {import("./formulas_rule.js").Rule} */
export function storing(history, step, node, variable) {
  const { tape } = history;
  const name = tensorName(tape, variable);
  const called = middle(name, 60);
  const { shape } = tape.tensors[variable];
  const found = latest(history, step, node);
  const before = found ? history.at(found.at - 1).tensor(variable).grad : null;
  const first = found !== null && before === null && !isSilent(tape);
  const numbers = found && sum(...[before, found.event.added, found.event.total].map((id) => numberOf(tape, id)));
  const store = { name: `${name}.grad` };
  const { status } = history.at(step).node(node);
  return {
    lines: [
      {
        key: "store",
        way: "backward",
        formula: [store, " ← ", ...(first ? [] : [store, " + "]), { bar: barred(name), of: name }],
        numbers,
        shapes: shape.length ? `[${shape.join(", ")}]` : "",
        notes: [],
        spoken: `${first ? t("{name}.grad becomes the gradient of {name}", { name: called }) : t("{name}.grad becomes {name}.grad plus the gradient of {name}", { name: called })}${numbers ? `: ${aloud(numbers)}` : ""}.`,
        standing: found?.at === step ? "now" : found ? "done" : status === "running" ? "running" : "idle",
      },
    ],
    where: [],
    notes: first ? [t("{name}.grad was None: it becomes the gradient itself.", { name })] : [],
  };
}

/** @param {(number | null)[]} numbers before, added, total @returns {Setting | null} */
function sum(...[before, added, total]) {
  if (total === null) return null;
  const result = { value: shown(total) };
  if (before === null || added === null || !agrees(before + added, total)) return [result];
  return [{ value: shown(before) }, " + ", { value: shown(added) }, " = ", result];
}

/** @param {Setting} numbers */
const aloud = (numbers) =>
  numbers
    .map((piece) => (typeof piece === "string" ? piece : "value" in piece ? piece.value : ""))
    .join("")
    .replace("+", "plus")
    .replace("=", "is")
    .replaceAll("−", "minus ");
