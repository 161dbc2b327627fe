/** What the tape says of every layer: the shape of what it gave, its parameters, its FLOPs. No DOM. */

import { costs } from "../../tape/costs.js";
import { toNumber } from "../../tape/words.js";

/** @typedef {import("../../tape/load.js").Tape} Tape */
/** @typedef {import("./written.js").Written} Written */
/** @typedef {{shape: number[] | null, dtype: string, parameters: number | null, forward: number | null, backward: number | null, inputs: number[][], step: number | null, thing: string | null}} LayerFacts `parameters`: null for a function, which has none; FLOPs of the first pass; `inputs`: the shapes that arrived; `step`: where it ran first */
/** @typedef {{layers: (LayerFacts | null)[], parameters: number, forward: number | null, backward: number | null, losses: number[], output: number[] | null}} Facts */

/** @param {readonly number[]} shape */
export const sizeOf = (shape) => shape.reduce((product, size) => product * size, 1);

/** The module of each layer: a function has none. @param {Tape} tape @param {Written} written @param {readonly string[]} names */
export function modulesOf(tape, { flat, made }, names) {
  const byPath = new Map(tape.modules.map(({ id, path }) => [path, id]));
  return names.map((name, i) => (made[i] === null ? null : (byPath.get(`model.${flat ? i : name}`) ?? null)));
}

/** Numbers in a module's parameters and in those below it, each tensor once. @param {Tape} tape @param {number} module */
function parametersOf(tape, module) {
  const tensors = new Set();
  const below = [module];
  for (const id of below) {
    Object.values(tape.modules[id].parameters).forEach((tensor) => tensors.add(tensor));
    below.push(...tape.modules[id].children);
  }
  return [...tensors].reduce((sum, tensor) => sum + sizeOf(tape.tensors[tensor].shape), 0);
}

/** @param {Tape} tape @param {readonly number[]} tensors */
const shapesOf = (tape, tensors) => tensors.map((tensor) => tape.tensors[tensor].shape);

/** @param {Tape} tape @param {number} module @param {import("../../tape/format.js").Call | undefined} call its first @param {number | null} step @returns {LayerFacts} */
function ofModule(tape, module, call, step) {
  const given = call?.outputs.length ? tape.tensors[call.outputs[0]] : null;
  const cost = call ? costs(tape).calls[call.id].total : null;
  return {
    shape: given?.shape ?? null,
    dtype: given?.dtype ?? "",
    parameters: parametersOf(tape, module),
    forward: cost?.forward ?? null,
    backward: cost?.backward ?? null,
    inputs: call ? shapesOf(tape, call.inputs) : [],
    step,
    thing: call ? `call:${call.id}` : null,
  };
}

/** @param {Tape} tape @param {import("../../tape/format.js").Op | undefined} op @param {number | null} step @returns {LayerFacts | null} */
function ofOp(tape, op, step) {
  if (!op) return null;
  const given = op.outputs.length ? tape.tensors[op.outputs[0]] : null;
  return {
    shape: given?.shape ?? null,
    dtype: given?.dtype ?? "",
    parameters: null,
    forward: op.flops,
    backward: costs(tape).ops[op.id].backward,
    inputs: shapesOf(
      tape,
      op.inputs.map(({ tensor }) => tensor),
    ),
    step,
    thing: `op:${op.id}`,
  };
}

/** @param {Tape} tape @param {Written} written @param {readonly string[]} names @returns {Facts} */
export function factsOf(tape, written, names) {
  const modules = modulesOf(tape, written, names);
  const root = tape.modules.find(({ path }) => path === "model");
  const pass = tape.calls.find(({ module }) => module === root?.id);
  const steps = { call: new Map(), op: new Map() };
  tape.events.forEach((event, step) => {
    if (event.kind === "call_enter" && !steps.call.has(event.call)) steps.call.set(event.call, step);
    if (event.kind === "op" && !steps.op.has(event.op)) steps.op.set(event.op, step);
  });
  const layers = names.map((_, i) => {
    const module = modules[i];
    if (module !== null) {
      const call = tape.calls.find((one) => one.module === module);
      return ofModule(tape, module, call, steps.call.get(call?.id) ?? null);
    }
    const ops = tape.ops.filter(
      (op) =>
        op.call !== null &&
        op.call === pass?.id &&
        op.parent === null &&
        tape.spans[op.span ?? -1]?.line === written.run[i],
    );
    return ofOp(tape, ops.at(-1), steps.op.get(ops.at(-1)?.id) ?? null);
  });
  const whole = pass ? costs(tape).calls[pass.id].total : null;
  return {
    layers,
    parameters: root ? parametersOf(tape, root.id) : 0,
    forward: whole?.forward ?? null,
    backward: whole?.backward ?? null,
    losses: lossesOf(tape, written),
    output: pass?.outputs.length ? tape.tensors[pass.outputs[0]].shape : null,
  };
}

/** The loss at every step of the training, where the tape has its number. @param {Tape} tape @param {Written} written @returns {number[]} */
function lossesOf(tape, { loss }) {
  /** @type {number[]} */
  const found = [];
  for (const event of tape.events) {
    if (event.kind !== "call_exit") continue;
    const call = tape.calls[event.call];
    if (tape.modules[call.module].path !== "loss_function" || tape.spans[call.span ?? -1]?.line !== loss[1]) continue;
    const data = tape.values[event.values[0] ?? -1]?.data;
    if (data?.length === 1) found.push(toNumber(data[0]));
  }
  return found;
}

/** The facts that still hold after an edit: those of the layers before it. Torch saw the same layers take the same. @param {import("./reading.js").Spec} before @param {import("./reading.js").Spec} now @param {Facts} facts @returns {(LayerFacts | null)[]} */
export function stillTrue(before, now, facts) {
  const same = (/** @type {unknown} */ a, /** @type {unknown} */ b) => JSON.stringify(a) === JSON.stringify(b);
  if (!same(before.inputs, now.inputs) || !same(before.mode, now.mode)) return now.layers.map(() => null);
  const plain = (/** @type {import("./reading.js").Layer | undefined} */ layer) => ({ ...layer, name: undefined });
  let until = now.layers.findIndex((layer, i) => !same(plain(layer), plain(before.layers[i])));
  if (until < 0) until = now.layers.length;
  return now.layers.map((_, i) => (i < until ? (facts.layers[i] ?? null) : null));
}
