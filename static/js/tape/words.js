/** Names and numbers of a tape as short text: the one place that decides what things are called on the screen. */

import { t } from "../language/index.js";
import { visible } from "./visible.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./format.js").Value} Value */

const DTYPES = /** @type {Record<string, string>} */ ({
  float64: "f64",
  float32: "f32",
  float16: "f16",
  bfloat16: "bf16",
  int64: "i64",
  int32: "i32",
  int16: "i16",
  int8: "i8",
  uint8: "u8",
  bool: "bool",
  complex64: "c64",
  complex128: "c128",
});
const MACRON = "\u0304";
const OVERLINE = "\u0305";

/** @param {string} text @param {number} max the longest text that is left alone */
export function shorten(text, max) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= max ? line : `${line.slice(0, Math.max(1, max - 1)).trimEnd()}…`;
}

/** `torch.float32` → `f32`. @param {string} dtype */
export function formatDtype(dtype) {
  const name = dtype.replace(/^torch\./, "");
  return DTYPES[name] ?? name;
}

/** `[1, 3, 8, 8]` → `1×3×8×8`; a tensor without dimensions is a scalar. @param {readonly number[]} shape */
export function formatShape(shape) {
  return shape.length ? shape.join("×") : "scalar";
}

/** A number of the tape as a number. @param {number | boolean | string} number */
export function toNumber(number) {
  return typeof number === "string" ? (number === "NaN" ? NaN : Number(number)) : Number(number);
}

/** 6, 0.6931, 3.4e-5, 1.23e+6, NaN, inf. @param {number | boolean | string} number @param {number} [digits] */
export function formatNumber(number, digits = 4) {
  if (typeof number === "boolean") return number ? "True" : "False";
  const n = toNumber(number);
  if (Number.isNaN(n)) return "NaN";
  if (!Number.isFinite(n)) return n > 0 ? "inf" : "-inf";
  const size = Math.abs(n);
  if (Number.isInteger(n) && size < 1e7) return String(n);
  if (size >= 1e6 || size < 1e-3) return n.toExponential(digits - 2).replace(/\.?0+e/, "e");
  return String(Number(n.toPrecision(size >= 1000 ? digits + 1 : digits)));
}

/** Whether a tape holds no numbers at all: it was recorded at level `structure`, and what it does not show may well be there. @param {Tape} tape */
export const isSilent = (tape) => tape.header.values === "structure";

/** The bytes of a tensor's elements; null for a dtype of no known size. @param {readonly number[]} shape @param {string} dtype */
export function sizeOf(shape, dtype) {
  const bits = dtype.endsWith("bool") ? 8 : Number(/^(?:torch\.)?[a-z]+(\d+)/.exec(dtype)?.[1] ?? 0);
  return bits ? (shape.reduce((count, length) => count * length, 1) * bits) / 8 : null;
}

/** 640 B, 1.5 KB, 12 MB (powers of 1000). @param {number} bytes */
export function formatBytes(bytes) {
  return scaled(bytes, ["B", "KB", "MB", "GB", "TB", "PB"]);
}

/** 640 FLOPs, 1.5 MFLOPs. @param {number} flops */
export function formatFlops(flops) {
  return scaled(flops, ["FLOPs", "kFLOPs", "MFLOPs", "GFLOPs", "TFLOPs", "PFLOPs"]);
}

/** 640 ns, 1.5 µs, 12 ms. @param {number} ns */
export function formatTime(ns) {
  return scaled(ns, ["ns", "µs", "ms", "s"]);
}

/** @param {number} amount @param {string[]} units each a thousand of the one before */
function scaled(amount, units) {
  let [n, unit] = [amount, 0];
  while (Math.abs(n) >= 999.5 && unit < units.length - 1) [n, unit] = [n / 1000, unit + 1];
  return `${unit ? Number(n.toPrecision(3)) : n}\u00a0${units[unit]}`;
}

/** The L2 norm of a value's finite numbers, where the tape knows it. @param {Value} value @returns {number | null} */
export function normOf(value) {
  if (value.summary) return value.summary.norm;
  if (!value.data) return null;
  return Math.sqrt(
    value.data
      .map(toNumber)
      .filter(Number.isFinite)
      .reduce((sum, n) => sum + n * n, 0),
  );
}

/** @param {readonly (number | boolean | string)[]} data @param {readonly number[]} shape @returns {string} */
function nested(data, shape) {
  if (!shape.length) return formatNumber(data[0]);
  const [first, ...rest] = shape;
  const stride = rest.reduce((a, b) => a * b, 1);
  const rows = Array.from({ length: first }, (_, i) => nested(data.slice(i * stride, (i + 1) * stride), rest));
  return `[${rows.join(", ")}]`;
}

/**
 * A value in a few characters: `6`, `[2, 3]`, `2×4×8×8 f32 ‖3.41‖`; `none` where there is nothing.
 * @param {Tape} tape
 * @param {number | null | undefined} id
 * @param {{max?: number}} [options] `max`: the most numbers to write out
 */
export function formatValue(tape, id, { max = 4 } = {}) {
  if (id === null || id === undefined) return "none";
  const value = tape.values[id];
  if (!value) return "none";
  const complex = value.dtype.includes("complex");
  if (value.data && value.data.length <= max && value.data.length > 0 && !complex)
    return nested(value.data, value.shape);
  if (complex && value.data && value.data.length === 2 && !value.shape.length) {
    return `${formatNumber(value.data[0])}${toNumber(value.data[1]) < 0 ? "-" : "+"}${formatNumber(Math.abs(toNumber(value.data[1])))}j`;
  }
  return describeValue(value);
}

/** Shape, dtype and size of a value: `2×4×8×8 f32 ‖3.41‖`, with NaN and inf counted. @param {Value} value */
function describeValue(value) {
  const norm = normOf(value);
  const text = `${formatShape(value.shape)} ${formatDtype(value.dtype)}`;
  const nan = value.summary?.nan ?? value.data?.filter((n) => n === "NaN").length ?? 0;
  const inf = value.summary?.inf ?? value.data?.filter((n) => n === "Infinity" || n === "-Infinity").length ?? 0;
  const odd = `${nan ? ` ${nan} NaN` : ""}${inf ? ` ${inf} inf` : ""}`;
  return norm === null ? text + odd : `${text} ‖${formatNumber(norm, 3)}‖${odd}`;
}

/** The module call a tensor came out of, innermost first. @param {Tape} tape @param {number} id */
function callThatReturned(tape, id) {
  const op = tape.tensors[id].op;
  if (op === null) return null;
  for (let at = tape.ops[op].call; at !== null; at = tape.calls[at].parent) {
    if (tape.calls[at].outputs.includes(id)) return tape.calls[at];
  }
  return null;
}

/**
 * What a tensor is called: the program's own name, else where it came from (`conv1 out`, `c.grad`, `add out`).
 * @param {Tape} tape @param {number} id @returns {string}
 */
export function tensorName(tape, id) {
  const tensor = tape.tensors[id];
  if (!tensor) return t("tensor {id}", { id });
  if (tensor.name) return tensor.name;
  if (tensor.grad_of !== null && tensor.grad_of !== undefined) return `${tensorName(tape, tensor.grad_of)}.grad`;
  const call = callThatReturned(tape, id);
  if (call) return t("{name} out", { name: tape.modules[call.module].name || tape.modules[call.module].path });
  if (tensor.op !== null) {
    const op = tape.ops[tensor.op];
    return op.outputs.length > 1
      ? t("{name} out {n}", { name: op.label, n: tensor.output })
      : t("{name} out", { name: op.label });
  }
  if (tensor.role === "input" || tensor.role === "constant")
    return tensor.span !== null && tensor.span !== undefined
      ? shorten(spanText(tape, tensor.span), 18) || tensor.role
      : tensor.role;
  return `${tensor.role} ${id}`;
}

/** The gradient of something: `c` → `c̄`, `loss` → `l̅o̅s̅s̅`, longer names → `d fc1.weight`. @param {string} name */
export function barred(name) {
  if (!/^[\p{L}][\p{L}\p{N}]{0,4}$/u.test(name)) return `d ${name}`;
  const letters = [...name];
  return letters.length === 1 ? name + MACRON : letters.map((letter) => letter + OVERLINE).join("");
}

/** The program text of a span, one line. @param {Tape} tape @param {number | null | undefined} id */
export function spanText(tape, id) {
  if (id === null || id === undefined) return "";
  const span = tape.spans[id];
  const lines = tape.sources[span.source].text.split("\n").slice(span.line - 1, span.end_line);
  if (!lines.length) return "";
  lines[lines.length - 1] = lines[lines.length - 1].slice(0, span.end_column);
  lines[0] = lines[0].slice(span.column);
  return visible(lines.join(" ")).replace(/\s+/g, " ").trim();
}

/** @param {Tape} tape @param {number | null | undefined} id */
export function lineText(tape, id) {
  return id === null || id === undefined ? "" : t("line {line}", { line: tape.spans[id].line });
}

/** `mul`, `conv2d`. @param {Tape} tape @param {number} id */
export function opTitle(tape, id) {
  return tape.ops[id].label || tape.ops[id].name;
}

/** `c = a*b`: an op as the program wrote it. @param {Tape} tape @param {number} id @param {number} [max] */
export function opDetail(tape, id, max = 24) {
  const op = tape.ops[id];
  const text = spanText(tape, op.span);
  const name = op.outputs.length === 1 ? tape.tensors[op.outputs[0]].name : null;
  return shorten(name && text && !op.in_place ? `${name} = ${text}` : text || name || "", max);
}

/** `MulBackward0`. @param {Tape} tape @param {number} id */
export function nodeTitle(tape, id) {
  return tape.nodes[id].name;
}

/** `c = a*b` of the node's op, or the `.grad` that an AccumulateGrad feeds. @param {Tape} tape @param {number} id @param {number} [max] */
export function nodeDetail(tape, id, max = 24) {
  const node = tape.nodes[id];
  if (node.variable !== null) return shorten(`${tensorName(tape, node.variable)}.grad`, max);
  return node.op === null ? "" : opDetail(tape, node.op, max);
}

/** The tensor whose gradient arrives at a node's input, where the tape knows it. @param {Tape} tape @param {number} id @param {number} [input] */
export function gradientOf(tape, id, input = 0) {
  const node = tape.nodes[id];
  if (node.variable !== null) return node.variable;
  if (node.op === null) return null;
  const op = tape.ops[node.op];
  const writes = [...op.outputs, ...op.mutates.filter((t) => !op.outputs.includes(t))];
  return (
    writes.find((t) => tape.tensors[t].node === id && tape.tensors[t].node_output === input) ??
    (op.nodes.length === 1 ? (writes[input] ?? null) : null)
  );
}

/** `c̄`: the gradient that arrives at a node's input. @param {Tape} tape @param {number} id @param {number} [input] */
export function gradientName(tape, id, input = 0) {
  const tensor = gradientOf(tape, id, input);
  return tensor === null ? t("gradient") : barred(tensorName(tape, tensor));
}

/** `conv1` of `net.conv1`, with its type where it has no name. @param {Tape} tape @param {number} id */
export function moduleTitle(tape, id) {
  const module = tape.modules[id];
  return module.path || module.name || typeName(module.type);
}

/** `torch.nn.modules.conv.Conv2d` → `Conv2d`. @param {string} type */
export function typeName(type) {
  return type.slice(type.lastIndexOf(".") + 1);
}

/** @param {Tape} tape @param {number} id */
export function callTitle(tape, id) {
  return moduleTitle(tape, tape.calls[id].module);
}
