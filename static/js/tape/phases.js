/** The phases of a tape: which part of it builds the model, runs it forward, runs it backward, updates parameters. */

import { t } from "../language/index.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./format.js").TapeEvent} TapeEvent */
/** @typedef {"build" | "forward" | "backward" | "update"} Phase */
/** @typedef {{phase: Phase, label: string, from: number, to: number}} Segment `from` and `to` are steps, both inside */

const PHASE_WORDS = /** @type {Record<Phase, string>} */ ({
  build: t("build"),
  forward: t("forward"),
  backward: t("backward"),
  update: t("update"),
});

/** What a checkpointed segment computes again is a part of the backward pass. @param {Tape} tape @param {number} id @returns {Phase} */
function ofOp(tape, id) {
  const { phase } = tape.ops[id];
  return phase === "recompute" ? "backward" : phase;
}

/** The phase an event says it belongs to, or null for one that goes with its surroundings. @param {Tape} tape @param {TapeEvent} event @returns {Phase | null} */
function own(tape, event) {
  switch (event.kind) {
    case "op":
      return ofOp(tape, event.op);
    case "tangent":
      return event.op === null ? null : ofOp(tape, event.op);
    case "call_enter":
    case "call_exit":
      return "forward";
    case "optimizer_step":
    case "param_update":
    case "grad_zero":
      return "update";
    default:
      return null;
  }
}

/** The phase of every event. @param {Tape} tape @returns {Phase[]} */
function phases(tape) {
  /** @type {Phase[]} */
  const result = [];
  /** @type {Phase | null} */
  let now = null;
  let depth = 0;
  // Events without a phase of their own at the start or after a backward pass belong to what comes next.
  let waiting = true;
  let pending = 0;
  tape.events.forEach((event, step) => {
    if (event.kind === "backward_start") depth += 1;
    const phase = depth > 0 ? "backward" : own(tape, event);
    if (phase) {
      result.fill(phase, step - pending, step);
      pending = 0;
      waiting = false;
      now = phase;
    } else if (waiting) {
      pending += 1;
    }
    result.push(phase ?? now ?? "forward");
    if (event.kind === "backward_end") {
      depth = Math.max(0, depth - 1);
      waiting = depth === 0;
    }
  });
  return result;
}

/** @param {Tape} tape @returns {Segment[]} */
export function segments(tape) {
  /** @type {Segment[]} */
  const found = [];
  let depth = 0;
  phases(tape).forEach((phase, step) => {
    const last = found.at(-1);
    const { kind } = tape.events[step];
    const again = kind === "backward_start" && depth === 0 && last?.phase === "backward";
    if (kind === "backward_start") depth += 1;
    else if (kind === "backward_end") depth = Math.max(0, depth - 1);
    if (last && last.phase === phase && !again) last.to = step;
    else found.push({ phase, label: PHASE_WORDS[phase], from: step, to: step });
  });
  prepare(tape, found);
  const counts = /** @type {Record<string, number>} */ ({});
  for (const segment of found) counts[segment.phase] = (counts[segment.phase] ?? 0) + 1;
  const seen = /** @type {Record<string, number>} */ ({});
  for (const segment of found) {
    seen[segment.phase] = (seen[segment.phase] ?? 0) + 1;
    if (counts[segment.phase] > 1) segment.label = `${PHASE_WORDS[segment.phase]} ${seen[segment.phase]}`;
  }
  return found;
}

/** What is made before the model is built — data, mostly — is preparation, not a forward pass. @param {Tape} tape @param {Segment[]} found */
function prepare(tape, found) {
  const [first, second] = found;
  if (first?.phase !== "forward" || second?.phase !== "build") return;
  if (tape.events.slice(first.from, first.to + 1).some((event) => event.kind === "call_enter")) return;
  found.splice(0, 2, { ...second, from: first.from });
}

/** The segment a step is in. @param {readonly Segment[]} all @param {number} step */
export function segmentAt(all, step) {
  return all.find((segment) => step <= segment.to) ?? all.at(-1) ?? null;
}
