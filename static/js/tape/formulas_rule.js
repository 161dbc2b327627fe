/** The lines of a chain rule: a formula forward, one back for each input, each with this step's numbers, shapes and words. */

import { count, t } from "../language/index.js";
import { parse } from "./formulas_notation.js";
import { agrees } from "./formulas_numbers.js";
import { numberOf, uniformOf } from "./formulas_scope.js";
import { spoken } from "./formulas_spoken.js";
import { shapes, shown, typeset } from "./formulas_typeset.js";

/** @typedef {import("./formulas_notation.js").Term} Term */
/** @typedef {import("./formulas_scope.js").Scope} Scope */
/** @typedef {import("./formulas_scope.js").Template} Template */
/** @typedef {import("./formulas_typeset.js").Setting} Setting */
/** @typedef {"idle" | "running" | "done" | "now"} Standing */
/** @typedef {{key: string, way: "forward" | "backward", formula: Setting, numbers: Setting | null, shapes: string, notes: string[], spoken: string, standing: Standing}} Line */
/** @typedef {{lines: Line[], where: Setting[], notes: string[]}} Rule */

/** @param {Template | undefined} template @param {Scope} scope */
const filled = (template, scope) => (typeof template === "function" ? template(scope) : (template ?? null));

/** The formulas of complex numbers are others. @param {Scope} scope */
const isComplex = ({ tape, row, node }) =>
  [
    ...(row?.inputs.map(({ tensor }) => tape.tensors[tensor].dtype) ?? []),
    ...(node?.inputs.map(({ dtype }) => dtype) ?? []),
  ].some((dtype) => dtype.includes("complex"));

/** @param {Scope} scope @returns {Rule | null} */
export function ruleOf(scope) {
  const { entry, defined } = scope;
  if (isComplex(scope) || entry.unless?.(scope)) return null;
  const forward = filled(entry.forward, scope);
  if (forward === null) return null;
  const back = scope.edges.flatMap((role, edge) => backwardLine(scope, role, edge));
  const where = Object.entries(defined).map(([name, text]) => typeset(parse(`${name} = ${text}`), scope));
  const told = back.length > 0 || !Object.keys(entry.backward).length;
  return {
    lines: [forwardLine(scope, forward), ...back],
    where,
    notes: [...(told ? (entry.notes?.(scope) ?? []) : []), ...inner(scope)],
  };
}

/** What the letters stand for that name what has no name. @param {Scope} scope */
function inner({ unnamed, row, node, tape }) {
  if (!unnamed.length) return [];
  const op = row ?? (node === null || node.op === null ? null : tape.ops[node.op]);
  const names = unnamed.join(", ");
  if (!op) return [t("{names}: inner, not held by the program.", { names })];
  return [t("{names}: inner to {op}, not held by the program.", { names, op: op.label })];
}

/** @param {Scope} scope @param {string} template @returns {Line} */
function forwardLine(scope, template) {
  const { ran, step, writes } = scope;
  // Of max along a dimension the second output, the indices, is no part of the formula.
  const several = scope.row !== null && writes > 1 && !/^"(max|min)"/.test(template);
  const term = parse(several || / = /.test(template) ? template : `y = ${template}`);
  const right = term.kind === "binary" && term.sign === "=" ? term.right : term;
  const seen = ran === null ? null : scope.number("y", false);
  const left = several ? Array.from({ length: writes }, (_, i) => scope.name(`y${i}`)) : [];
  return {
    key: "y",
    way: "forward",
    formula: [...left.flatMap((name, i) => [{ name }, i < writes - 1 ? ", " : " = "]), ...typeset(term, scope)],
    numbers: worked(scope, right, seen),
    shapes: shaped(scope, right, scope.shape("y")),
    notes: [],
    spoken: `${several ? t("{names} is ", { names: left.join(t(" and ")) }) : ""}${sentence(scope, term, right, seen)}`,
    standing: ran === null ? "idle" : ran === step ? "now" : "done",
  };
}

/** @param {Scope} scope @param {string} role @param {number} edge @returns {Line[]} */
function backwardLine(scope, role, edge) {
  const { entry } = scope;
  const template = role in entry.backward && isWanted(scope, role, edge) ? filled(entry.backward[role], scope) : null;
  if (template === null) return [];
  const term = parse(/ \+= /.test(template) ? template : `~${role} += ${template}`);
  const right = term.kind === "binary" ? term.right : term;
  const seen = sentNumber(scope, role, right);
  return [
    {
      key: role,
      way: "backward",
      formula: typeset(term, scope),
      numbers: worked(scope, right, seen),
      shapes: shaped(scope, right, scope.shape(role)),
      notes: broadcast(scope, role, template),
      spoken: sentence(scope, term, right, seen),
      standing: standing(scope, edge),
    },
  ];
}

/** Whether an input gets a gradient here. @param {Scope} scope @param {string} role @param {number} edge */
function isWanted(scope, role, edge) {
  const { tape, row, node } = scope;
  if (node !== null) return (node.next_functions[edge]?.node ?? null) !== null;
  const given = scope.argument(role);
  if (row === null || given === null || !tape.tensors[given].requires_grad) return false;
  return tape.writes(row.id).some((id) => tape.tensors[id].requires_grad);
}

/** The gradient that was sent, where it is one number, or many times the one that the formula comes to. @param {Scope} scope @param {string} role @param {Term} right */
function sentNumber(scope, role, right) {
  const value = scope.sent(role);
  const alone = numberOf(scope.tape, value);
  if (alone !== null) return alone;
  const [each, computed] = [uniformOf(scope.tape, value), scope.come(right)];
  return each !== null && computed !== null && agrees(computed, each) ? each : null;
}

/** @param {Scope} scope @param {number} edge @returns {Standing} */
function standing({ tape, step, node, state }, edge) {
  if (node === null || state === null || state.status === "idle" || state.status === "waiting") return "idle";
  const event = tape.events[step];
  const calls = (event?.kind === "node_enter" || event?.kind === "node_exit") && event.node === node.id;
  const delivers = event?.kind === "contribution" && event.source === node.id && event.output === edge;
  return calls || delivers ? "now" : state.status === "running" ? "running" : "done";
}

/** The formula with this step's numbers; its result only where the tape has it. @param {Scope} scope @param {Term} term @param {number | null} seen @returns {Setting | null} */
function worked(scope, term, seen) {
  const computed = scope.come(term);
  if (seen === null) return computed === null ? null : typeset(term, scope, true);
  const result = { value: shown(seen) };
  if (computed === null || !agrees(computed, seen)) return [result];
  const set = typeset(term, scope, true);
  return set.length === 1 && typeof set[0] === "object" && "value" in set[0] ? set : [...set, " = ", result];
}

/** `[32, 64] · [64, 10] → [32, 10]`. @param {Scope} scope @param {Term} term @param {readonly number[] | null} result */
function shaped(scope, term, result) {
  const given = scope.row?.inputs.map(({ tensor }) => scope.tape.tensors[tensor].shape) ?? [];
  const left = shapes(term, scope) || given.map((shape) => `[${shape.join(", ")}]`).join(", ");
  const scalars = !result?.length && !/\[\d/.test(left);
  return result === null || !left || scalars ? "" : `${left} → [${result.join(", ")}]`;
}

/** The formula aloud, and what it comes to. @param {Scope} scope @param {Term} term @param {Term} right @param {number | null} seen */
function sentence(scope, term, right, seen) {
  const computed = scope.come(right);
  const numbers = computed === null ? "" : spoken(right, scope, true);
  const value = seen === null ? "" : shown(seen).replace("−", "minus ");
  const proven = computed !== null && (seen === null || agrees(computed, seen));
  const result = !proven || numbers === value ? value : value ? t("{numbers} is {value}", { numbers, value }) : numbers;
  return `${spoken(term, scope)}${result ? `: ${result}` : ""}.`.replace(/,(?=[,.:])/g, "");
}

/** Where broadcasting is undone. @param {Scope} scope @param {string} role @param {string} template @returns {string[]} */
function broadcast(scope, role, template) {
  const { broadcast: all, batch } = scope.entry;
  const [of, to] = [scope.shape("y"), scope.shape(role)];
  // What is a product of matrices has a shape of its own, but for its batch.
  if (!of || !to || !(batch ? of.length > 2 && to.length > 1 : all && !/[@⊗]/.test(template))) return [];
  const [wide, narrow] = batch ? [of.slice(0, -2), to.slice(0, -2)] : [of, to];
  const ahead = wide.length - narrow.length;
  const over = wide.flatMap((length, i) => (i < ahead || (narrow[i - ahead] === 1 && length !== 1) ? [i] : []));
  return over.length
    ? [
        count(
          "summed over the broadcast dimension {dims}",
          "summed over the broadcast dimensions {dims}",
          over.length,
          { dims: over.join(", ") },
        ),
      ]
    : [];
}
