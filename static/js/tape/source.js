/** From an event to the expression of the program that it is about, and back. */

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./format.js").Span} Span */
/** @typedef {"forward" | "backward" | "hook" | "update" | "raise"} Tone */
/** @typedef {{span: number, tone: Tone}} Mark */

/** What runs in a backward pass is a hook's, a custom backward's, or a checkpointed segment that is computed again. */
const TONES = /** @type {const} */ ({
  build: "forward",
  forward: "forward",
  backward: "hook",
  recompute: "backward",
  update: "update",
});

/** The span of what made a tensor. @param {Tape} tape @param {number} id @returns {number | null} */
function originOf(tape, id) {
  const tensor = tape.tensors[id];
  return tensor.op !== null ? tape.ops[tensor.op].span : tensor.span;
}

/** The forward expression of a node: its op's, or the one that made the leaf it feeds. @param {Tape} tape @param {number} id */
export function nodeSpan(tape, id) {
  const node = tape.nodes[id];
  if (node.variable !== null) return originOf(tape, node.variable);
  return node.op === null ? null : tape.ops[node.op].span;
}

/** @param {number | null | undefined} span @param {Tone} tone @returns {Mark | null} */
const mark = (span, tone) => (span === null || span === undefined ? null : { span, tone });

/** What to mark for the event of a step itself. @param {Tape} tape @param {number} step @returns {Mark | null} */
export function ownMark(tape, step) {
  const event = tape.events[step];
  switch (event.kind) {
    case "op": {
      const op = tape.ops[event.op];
      return mark(op.span, TONES[op.phase]);
    }
    case "call_enter":
    case "call_exit":
      return mark(tape.calls[event.call].span, "forward");
    case "hook_add":
    case "hook_remove":
      return mark(event.span ?? tape.hooks[event.hook].span, "hook");
    case "hook_fire":
      return mark(tape.hooks[event.hook].span, "hook");
    case "backward_start":
      return mark(event.span, "backward");
    case "contribution":
    case "node_enter":
    case "node_exit":
    case "accumulate":
      return mark(nodeSpan(tape, event.node), "backward");
    case "retain":
      return mark(originOf(tape, event.tensor), "backward");
    case "tangent":
      return mark(originOf(tape, event.tensor), "forward");
    case "param_update":
      return mark(originOf(tape, event.tensor), "update");
    case "grad_zero":
    case "optimizer_step":
      return mark(event.span, "update");
    case "mode":
    case "print":
    case "warning":
      return mark(event.span, "forward");
    case "raise":
      return mark(event.span, "raise");
    default:
      return null;
  }
}

/** What to mark at a step; in a pass or a step() without a place of its own, the call that began it. @param {Tape} tape @param {number} step @returns {Mark | null} */
export function markAt(tape, step) {
  if (step < 0 || step >= tape.events.length) return null;
  const found = ownMark(tape, step);
  if (found) return found;
  const opener = {
    backward_end: "backward_start",
    contribution: "backward_start",
    node_enter: "backward_start",
    node_exit: "backward_start",
    accumulate: "backward_start",
    retain: "backward_start",
    param_update: "optimizer_step",
  }[/** @type {string} */ (tape.events[step].kind)];
  if (!opener) return null;
  for (let at = step - 1; at >= 0; at -= 1) if (tape.events[at].kind === opener) return ownMark(tape, at);
  return null;
}

/** Where a column that counts characters lies in a JavaScript string. @param {string} line @param {number} column */
function unit(line, column) {
  return /[\ud800-\udbff]/.test(line) ? [...line].slice(0, column).join("").length : Math.min(column, line.length);
}

/** A span as offsets into its text. @param {string} text @param {Pick<Span, "line" | "column" | "end_line" | "end_column">} span */
export function offsets(text, span) {
  const lines = text.split("\n");
  /** @param {number} line @param {number} column */
  const at = (line, column) =>
    lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + unit(lines[line - 1] ?? "", column);
  return { from: at(span.line, span.column), to: at(span.end_line, span.end_column) };
}

/** The first step after `after` that is about a line of a source, around to the start. @param {Tape} tape @param {number} source @param {number} line @param {number} after */
export function stepFromLine(tape, source, line, after) {
  const count = tape.events.length;
  for (let i = 1; i <= count; i += 1) {
    const step = (after + i + count) % count;
    const found = ownMark(tape, step);
    const span = found && tape.spans[found.span];
    if (span && span.source === source && span.line === line) return step;
  }
  return null;
}
