/** Where torch stopped, as a part of the form, with what arrived there and what would fit. No DOM. */

import { t } from "../../language/index.js";
import { formatShape } from "../../tape/words.js";
import { modulesOf } from "./facts.js";
import { kindOf } from "./naming.js";

/** @typedef {import("../../tape/load.js").Tape} Tape */
/** @typedef {import("./written.js").Written} Written */
/** @typedef {{arg: string, value: number}} Fix an argument that would fit what arrives */
/** @typedef {{part: "layers" | "inputs" | "target" | "loss" | "optimizer" | "", at: number | string | null, type: string, message: string, hint: string, fix: Fix | null}} Failure */

/** Which argument of a layer says how large a dimension of what arrives must be; dimensions count from the end where a batch may be missing. */
const SIZED = /** @type {Record<string, readonly [arg: string, dim: number]>} */ ({
  Linear: ["in_features", -1],
  Conv1d: ["in_channels", -2],
  Conv2d: ["in_channels", -3],
  Conv3d: ["in_channels", -4],
  ConvTranspose1d: ["in_channels", -2],
  ConvTranspose2d: ["in_channels", -3],
  ConvTranspose3d: ["in_channels", -4],
  BatchNorm1d: ["num_features", 1],
  BatchNorm2d: ["num_features", 1],
  BatchNorm3d: ["num_features", 1],
  InstanceNorm1d: ["num_features", -2],
  InstanceNorm2d: ["num_features", -3],
  InstanceNorm3d: ["num_features", -4],
  GroupNorm: ["num_channels", 1],
  LayerNorm: ["normalized_shape", -1],
  RMSNorm: ["normalized_shape", -1],
  RNN: ["input_size", -1],
  LSTM: ["input_size", -1],
  GRU: ["input_size", -1],
  RNNCell: ["input_size", -1],
  LSTMCell: ["input_size", -1],
  GRUCell: ["input_size", -1],
  MultiheadAttention: ["embed_dim", -1],
  TransformerEncoderLayer: ["d_model", -1],
});

/** The argument of a kind of layer that fits a shape. @param {string} kind @param {readonly number[] | undefined} shape @returns {Fix | null} */
export function fitting(kind, shape) {
  const sized = SIZED[kind];
  const value = sized && shape?.at(sized[1]);
  return value === undefined ? null : { arg: sized[0], value };
}

/** The layer whose call did not return, or whose line it is. @param {Tape} tape @param {Written} written @param {readonly string[]} names @param {readonly number[]} lines innermost first */
function layerAt(tape, written, names, lines) {
  const modules = modulesOf(tape, written, names);
  const failed = tape.events.flatMap((event) =>
    event.kind === "call_exit" && event.failed ? [tape.calls[event.call].module] : [],
  );
  const called = modules.findIndex((module) => module !== null && failed.includes(module));
  if (called >= 0) return called;
  for (const line of lines) {
    const at = names.findIndex((_, i) => written.run[i] === line || written.made[i] === line);
    if (at >= 0) return at;
  }
  return null;
}

/** @param {Tape} tape @param {Written} written @param {readonly string[]} names @param {readonly number[]} lines @returns {Pick<Failure, "part" | "at">} */
function placeAt(tape, written, names, lines) {
  const layer = layerAt(tape, written, names, lines);
  if (layer !== null) return { part: "layers", at: layer };
  for (const line of lines) {
    const input = Object.entries(written.inputs).find(([, at]) => at === line);
    if (input) return { part: "inputs", at: input[0] };
    if (written.target === line) return { part: "target", at: null };
    if (written.optimizer.includes(line)) return { part: "optimizer", at: null };
    if (written.loss.includes(line)) return { part: "loss", at: null };
  }
  return { part: lines.some((line) => line === written.end) && written.loss[1] !== null ? "loss" : "", at: null };
}

/** The shapes that met: of the layer's call, of its op, of the loss. @param {Tape} tape @param {Pick<Failure, "part" | "at">} place @param {import("./facts.js").Facts} facts */
function arrived(tape, { part, at }, facts) {
  if (part === "layers") return facts.layers[Number(at)]?.inputs ?? [];
  const call = part === "loss" ? tape.calls.find((one) => tape.modules[one.module].path === "loss_function") : null;
  return call ? call.inputs.map((tensor) => tape.tensors[tensor].shape) : [];
}

/** @param {import("./reading.js").Spec} spec @param {Pick<Failure, "part" | "at">} place @param {readonly number[][]} shapes @param {string} message @returns {{hint: string, fix: Fix | null}} */
function hintFor(spec, { part, at }, shapes, message) {
  const layer = part === "layers" ? spec.layers[Number(at)] : null;
  const fix = layer ? fitting(kindOf(layer), shapes[0]) : null;
  const given = fix ? layer?.args?.[fix.arg] : undefined;
  if (fix && typeof given === "number" && given !== fix.value) {
    const holes = { arg: fix.arg, given, size: fix.value, shape: formatShape(shapes[0]) };
    return { hint: t("{arg} is {given}, but {shape} arrives: it has {size} there.", holes), fix };
  }
  if (layer && kindOf(layer) === "Embedding" && /Long|Int/.test(message))
    return { hint: t("It takes whole numbers: fill its input with classes."), fix: null };
  if (part === "loss" && shapes.length === 2)
    return {
      hint: t("The output is {output}, the target {target}.", {
        output: formatShape(shapes[0]),
        target: formatShape(shapes[1]),
      }),
      fix: null,
    };
  if (/does not require grad/.test(message))
    return {
      hint: t("Nothing here has a gradient: there is no parameter, and no input with requires_grad."),
      fix: null,
    };
  const hint = shapes.length ? t("What arrives: {shapes}.", { shapes: shapes.map(formatShape).join(", ") }) : "";
  return { hint, fix: null };
}

/** @param {Tape} tape @param {import("./reading.js").Spec} spec @param {Written} written @param {readonly string[]} names @param {import("./facts.js").Facts} facts @returns {Failure | null} null where the program ran to its end */
export function failureOf(tape, spec, written, names, facts) {
  const event = tape.events.at(-1);
  if (event?.kind !== "raise") return null;
  const spans = [event.span, ...event.frames.toReversed()].map((span) => tape.spans[span ?? -1]?.line);
  const lines = spans.filter((line) => line !== undefined);
  const place = placeAt(tape, written, names, lines);
  const { hint, fix } = hintFor(spec, place, arrived(tape, place, facts), event.message);
  return { ...place, type: event.type, message: event.message, hint, fix };
}
