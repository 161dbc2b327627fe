/** Along the tape: every time a tensor or its `.grad` got a value, and everything that happened at a node. Linear in the changes, and kept. */

import { t } from "../language/index.js";
import { optimizerTitle } from "./hook_words.js";
import { relations } from "./relations.js";
import { nodeTitle, normOf, opTitle } from "./words.js";

/** @typedef {import("./state.js").History} History */
/** @typedef {import("./state.js").TensorState} TensorState */
/** @typedef {{step: number, value: boolean, grad: boolean, state: TensorState, by: string, thing: string | null}} Write what changed, what it then was, and who did it */

/** @typedef {{step: number, norm: number}} Point */

/** @type {WeakMap<History, Map<number, Write[]>>} */
const known = new WeakMap();

/** @param {History} history @param {number} tensor @returns {Write[]} */
export function writesOf(history, tensor) {
  let writes = known.get(history);
  if (!writes) known.set(history, (writes = new Map()));
  let found = writes.get(tensor);
  if (!found) writes.set(tensor, (found = build(history, tensor)));
  return found;
}

/** @param {History} history @param {number} tensor */
function build(history, tensor) {
  const { steps, states } = history.tensors.get(tensor) ?? { steps: [], states: [] };
  return steps.map((step, i) => {
    const [state, before] = [states[i], states[i - 1] ?? null];
    const grad = state.grad !== (before?.grad ?? null);
    // A number that stayed the same was written all the same, unless only the gradient was.
    const value =
      state.value !== (before?.value ?? null) || state.version !== (before?.version ?? 0) || (!grad && state.seen);
    return { step, value, grad, state, ...writer(history, step) };
  });
}

/** Who wrote. @param {History} history @param {number} step @returns {{by: string, thing: string | null}} */
function writer({ tape }, step) {
  const event = tape.events[step];
  switch (event.kind) {
    case "op":
      return { by: opTitle(tape, event.op), thing: `op:${event.op}` };
    case "accumulate":
      return { by: nodeTitle(tape, event.node), thing: `node:${event.node}` };
    case "retain":
      return { by: "retain_grad", thing: null };
    case "grad_zero":
      return { by: event.to_none ? t("set to None") : t("set to zero"), thing: null };
    case "param_update": {
      const begun = relations(tape).stepOfUpdate.get(step);
      const start = begun === undefined ? null : tape.events[begun];
      const row = start?.kind === "optimizer_step" ? start.row : null;
      return row === null
        ? { by: t("optimizer"), thing: null }
        : { by: optimizerTitle(tape, row), thing: `optimizer:${row}` };
    }
    default:
      return { by: t("first seen"), thing: null };
  }
}

/** @type {WeakMap<readonly Write[], Record<"value" | "grad", Point[]>>} */
const measured = new WeakMap();

/** The L2 norms of what was written, one a version; what has no numbers is left out. @param {History} history @param {readonly Write[]} writes @param {"value" | "grad"} which @returns {readonly Point[]} */
export function norms(history, writes, which) {
  let found = measured.get(writes);
  if (!found)
    measured.set(
      writes,
      (found = { value: measure(history, writes, "value"), grad: measure(history, writes, "grad") }),
    );
  return found[which];
}

/** @param {History} history @param {readonly Write[]} writes @param {"value" | "grad"} which @returns {Point[]} */
function measure({ tape }, writes, which) {
  return writes.flatMap((write, i) => {
    const next = writes[i + 1];
    // An optimizer's op writes, and its step then tells of the same version.
    if (which === "value" && next?.value && next.state.version === write.state.version) return [];
    const id = write[which] ? write.state[which] : null;
    const norm = id === null ? null : normOf(tape.values[id]);
    return norm === null ? [] : [{ step: write.step, norm }];
  });
}

/** The steps at which something came to a node, was made of it or left it. @param {History} history @param {number} node @returns {number[]} */
export const stepsOfNode = ({ tape }, node) => relations(tape).steps.get(`node:${node}`) ?? [];
