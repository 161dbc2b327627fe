/** What the fusion lab shows of a tape: kernels, errors, counts and graphs, found by the names in the lab's own program. */

import { firstOf, lastOf, printedOn, tensorNamed } from "../found.js";
import { backwardItems, forwardItems, nodesOf } from "./graphs.js";

/** @typedef {import("../../tape/load.js").Tape} Tape */
/** @typedef {{nodes: number, parameters: number, modules: string[], forward: import("./graphs.js").Item[], backward: import("./graphs.js").Item[]}} Side */
/** @typedef {{values: Record<string, number>, before: Side | null, after: Side | null, printed: string}} Reading `values` by name */

/** What the program calls what the lab shows; of a parameter, what it holds at the end. */
const NAMES = Object.freeze({
  branches: [
    "conv3.weight",
    "conv3.bias",
    "conv1.weight",
    "conv1.bias",
    "fused.weight",
    "fused.bias",
    "padded",
    "identity",
    "pad_error",
    "identity_error",
    "on_ones",
    "on_noise",
    "ones_error",
    "noise_error",
    "channel_gap",
    "far_ones",
    "far_noise",
  ],
  norm: [
    "conv.weight",
    "conv.bias",
    "bn.weight",
    "bn.bias",
    "bn.running_mean",
    "bn.running_var",
    "fused.weight",
    "fused.bias",
    "scale",
    "difference",
    "error",
    "torch_error",
  ],
});
/** The statistics move on in train mode; the fold was made of what they were. */
const EARLY = ["bn.running_mean", "bn.running_var"];

/** Numbers of a module's own parameters. @param {Tape} tape @param {string} path */
function parametersOf(tape, path) {
  const found = tape.modules.find((each) => each.path === path);
  return Object.values(found?.parameters ?? {}).reduce(
    (sum, tensor) => sum + tape.tensors[tensor].shape.reduce((n, length) => n * length, 1),
    0,
  );
}

/** @param {Tape} tape @param {string} name of the result @param {string[]} modules that made it @returns {Side | null} */
function side(tape, name, modules) {
  const tensor = tensorNamed(tape, name);
  if (tensor === null) return null;
  return {
    nodes: nodesOf(tape, tensor).length,
    parameters: modules.reduce((sum, path) => sum + parametersOf(tape, path), 0),
    modules,
    forward: forwardItems(tape, tensor),
    backward: backwardItems(tape, tensor),
  };
}

/** The value after the fold's own setup and before anything ran: a buffer's first write that fills it. @param {Tape} tape @param {string} name */
const seen = (tape, name) => (EARLY.includes(name) ? seenEarly(tape, name) : lastOf(tape, name));

/** A buffer as `uniform_` left it. @param {Tape} tape @param {string} name */
function seenEarly(tape, name) {
  const tensor = tensorNamed(tape, name);
  const op = tape.ops.find(
    ({ label, outputs, mutates }) => label === "uniform_" && [...outputs, ...mutates].includes(tensor ?? -1),
  );
  const event = tape.events.find((each) => each.kind === "op" && each.op === op?.id);
  return event?.kind === "op" && op
    ? (event.values[tape.writes(op.id).indexOf(tensor ?? -1)] ?? null)
    : firstOf(tape, name);
}

/** @param {Tape} tape @param {string} what @returns {Reading} */
export function read(tape, what) {
  const names = what === "norm" ? NAMES.norm : NAMES.branches;
  const values = names.flatMap((name) => {
    const value = seen(tape, name);
    return value === null ? [] : [/** @type {const} */ ([name, value])];
  });
  return {
    values: Object.fromEntries(values),
    before: side(tape, "before", what === "norm" ? ["conv", "bn"] : ["conv3", "conv1"]),
    after: side(tape, "after", ["fused"]),
    printed: printedOn(tape),
  };
}
