/** What is inside what: from every event that begins something to the event that ends it, for each thread, in one pass. */

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../tape/format.js").TapeEvent} TapeEvent */
/**
 * A stretch that has begun. A hook's firing has no event that ends it: `last` is the last step known to be its own, and what it
 * printed since then waits.
 * @typedef {{key: string, from: number, hook: number | null, last: number, waiting: number[]}} Frame
 */
/**
 * `ends`: from the step that begins a stretch to the one that ends it, the tape's last where it is cut; -1 for any other.
 * `starts`: back from the step that ends it, of several the outermost. `inside`: the beginning of the innermost stretch of the
 * event's thread that is open after a step.
 * @typedef {{ends: Int32Array, starts: Int32Array, inside: Int32Array}} Pairs
 */

/** @type {WeakMap<Tape, Pairs>} */
const known = new WeakMap();
/** What says nothing of where it happens, between the events of a hook, is the hook's. */
const QUIET = new Set(["print", "warning", "mode", "hook_add", "hook_remove", "tangent", "grad_zero", "param_update"]);

/** What an event begins. @param {TapeEvent} event */
function begun(event) {
  switch (event.kind) {
    case "call_enter":
      return `call:${event.call}`;
    case "node_enter":
      return `node:${event.node}`;
    case "backward_start":
      return `pass:${event.index}`;
    case "hook_fire":
      return "hook";
    default:
      return null;
  }
}

/** What an event ends. @param {TapeEvent} event */
function ended(event) {
  switch (event.kind) {
    case "call_exit":
      return `call:${event.call}`;
    case "node_exit":
      return `node:${event.node}`;
    case "backward_end":
      return `pass:${event.index}`;
    default:
      return null;
  }
}

/** Whether a place lies in a hook's function. @param {Tape} tape @param {number | null | undefined} span @param {number} hook */
function within(tape, span, hook) {
  const place = tape.spans[span ?? -1];
  const home = tape.spans[tape.hooks[hook].span ?? -1];
  if (!place || !home || place.source !== home.source) return false;
  if (place.function !== home.function && !place.function.startsWith(`${home.function}.<locals>`)) return false;
  // Lambdas share one name.
  return !home.function.endsWith("<lambda>") || (place.line >= home.line && place.line <= home.end_line);
}

/** Whether a hook did this itself. @param {Tape} tape @param {TapeEvent} event @param {number} hook */
function isOf(tape, event, hook) {
  if (event.kind === "op") return tape.ops[event.op].hook === hook || within(tape, tape.ops[event.op].span, hook);
  if (event.kind === "call_enter") return within(tape, tape.calls[event.call].span, hook);
  return "span" in event && event.kind !== "raise" && within(tape, event.span, hook);
}

/** Builds the pairs of one tape. */
class Builder {
  /** @param {Tape} tape */
  constructor(tape) {
    const count = tape.events.length;
    this.tape = tape;
    this.ends = new Int32Array(count).fill(-1);
    this.starts = new Int32Array(count).fill(-1);
    this.inside = new Int32Array(count).fill(-1);
    /** @type {Map<number, Frame[]>} */
    this.threads = new Map();
  }

  /** @returns {Pairs} */
  run() {
    const { tape, ends, starts, inside } = this;
    tape.events.forEach((event, step) => this.#see(event, step));
    for (const stack of this.threads.values())
      while (stack.length) {
        const frame = /** @type {Frame} */ (stack.pop());
        if (frame.hook === null) ends[frame.from] = tape.events.length - 1;
        else this.#settle(frame, stack);
      }
    return { ends, starts, inside };
  }

  /** @param {TapeEvent} event @param {number} step */
  #see(event, step) {
    let stack = this.threads.get(event.thread);
    if (!stack) this.threads.set(event.thread, (stack = []));
    this.#leaveHooks(stack, event, step);
    const end = ended(event);
    if (end) this.#end(stack, end, step);
    const key = begun(event);
    if (key) {
      const hook = event.kind === "hook_fire" ? event.hook : null;
      stack.push({ key, from: step, hook, last: step, waiting: [] });
    }
    this.inside[step] = stack.at(-1)?.from ?? -1;
  }

  /** An event that a hook did not do itself ends it. @param {Frame[]} stack @param {TapeEvent} event @param {number} step */
  #leaveHooks(stack, event, step) {
    for (let top = stack.at(-1); top && top.hook !== null; top = stack.at(-1)) {
      if (isOf(this.tape, event, top.hook)) {
        top.last = step;
        top.waiting = [];
        return;
      }
      if (QUIET.has(event.kind)) {
        top.waiting.push(step);
        return;
      }
      stack.pop();
      this.#settle(top, stack);
    }
  }

  /** A hook's stretch ends with the last event that is its own; what waited after it is its surroundings'. @param {Frame} frame @param {Frame[]} stack what is below it */
  #settle(frame, stack) {
    const below = stack.at(-1);
    const outer = below?.from ?? -1;
    for (const step of [frame.last, ...frame.waiting]) this.inside[step] = outer;
    if (below && below.hook !== null) below.waiting.push(...frame.waiting);
    if (frame.last > frame.from) this.#close(frame, frame.last);
  }

  /** @param {Frame[]} stack @param {string} key @param {number} step */
  #end(stack, key, step) {
    const at = stack.findLastIndex((frame) => frame.key === key);
    if (at < 0) return;
    // What an exception left without an end of its own ends here.
    while (stack.length > at) {
      const frame = /** @type {Frame} */ (stack.pop());
      if (frame.hook === null) this.#close(frame, step);
      else this.#settle(frame, stack);
    }
    const below = stack.at(-1);
    if (below) Object.assign(below, { last: step, waiting: [] });
  }

  /** @param {Frame} frame @param {number} step */
  #close({ from }, step) {
    this.ends[from] = step;
    this.starts[step] = from;
  }
}

/** @param {Tape} tape @returns {Pairs} */
export function pairs(tape) {
  let found = known.get(tape);
  if (!found) known.set(tape, (found = new Builder(tape).run()));
  return found;
}
