/**
 * The state of everything at a step, from per-thing change lists by binary search.
 *
 * The same as `server/tapedeck/tape/state.py`: one pass over the events builds the changes of every tensor, edge, node,
 * hook and call; a state then costs a binary search for each thing that is looked at, however long the tape is. Both
 * pass `tests/data/at_cases.json`.
 */

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./format.js").TapeEvent} TapeEvent */
/** @typedef {{value: number | null, version: number, grad: number | null, seen: boolean}} TensorState */
/** @typedef {{status: "idle" | "waiting" | "running" | "done", received: (number | null)[], sent: (number | null)[]}} NodeState */
/** @typedef {{registered: boolean, fired: number, before: (number | null)[], after: (number | null)[]}} HookState */

const TENSOR = /** @type {TensorState} */ (Object.freeze({ value: null, version: 0, grad: null, seen: false }));
const NODE = /** @type {NodeState} */ (Object.freeze({ status: "idle", received: [], sent: [] }));
const HOOK = /** @type {HookState} */ (Object.freeze({ registered: false, fired: 0, before: [], after: [] }));

/** The index of the last entry that is at most `step`, or -1. @param {readonly number[]} steps @param {number} step */
export function lastAt(steps, step) {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= step) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** @param {number | null} source @param {number} output @param {number} node @param {number} input */
const edgeKey = (source, output, node, input) => `${source ?? ""}.${output}>${node}.${input}`;

/** The changes of one thing: the steps at which it changed, and what it was from then on. @template T */
class Changes {
  constructor() {
    /** @type {number[]} */
    this.steps = [];
    /** @type {T[]} */
    this.states = [];
  }

  /** @param {number} step @param {T} state */
  add(step, state) {
    if (this.steps.at(-1) === step) {
      this.states[this.states.length - 1] = state;
      return;
    }
    this.steps.push(step);
    this.states.push(state);
  }

  /** @param {T} otherwise @returns {T} */
  last(otherwise) {
    return this.states.length ? this.states[this.states.length - 1] : otherwise;
  }

  /** What it was after `step`; undefined when it had not changed by then, or not since `since`. @param {number} step @param {number} [since] */
  at(step, since = -1) {
    const index = lastAt(this.steps, step);
    return index >= 0 && this.steps[index] >= since ? this.states[index] : undefined;
  }
}

/** @template K, T @param {Map<K, Changes<T>>} map @param {K} key @returns {Changes<T>} */
function changesOf(map, key) {
  let changes = map.get(key);
  if (!changes) map.set(key, (changes = new Changes()));
  return changes;
}

/** The change lists of one tape. */
export class History {
  /** @param {Tape} tape */
  constructor(tape) {
    this.tape = tape;
    /** @type {Map<number, Changes<TensorState>>} */
    this.tensors = new Map();
    /** @type {Map<number, Changes<NodeState>>} */
    this.nodes = new Map();
    /** @type {Map<string, Changes<number | null>>} */
    this.edges = new Map();
    /** @type {Map<number, Changes<HookState>>} */
    this.hooks = new Map();
    /** @type {Map<number, Changes<"open" | "done" | "failed">>} */
    this.calls = new Map();
    /** @type {Changes<readonly number[]>} */
    this.stack = new Changes();
    /** @type {Changes<number | null>} */
    this.passes = new Changes();
    /** @type {number[]} */
    this.starts = [];
    /** @type {number[]} */
    this.running = [];
    tape.events.forEach((event, step) => this.#change(step, event));
  }

  /** The state after event `step`; -1 is the state before the first. @param {number} step */
  at(step) {
    const last = this.tape.events.length - 1;
    if (!(step >= -1 && step <= last))
      throw new RangeError(`there is no step ${step}; the tape has steps 0 to ${last}`);
    return new State(this, step);
  }

  /** @param {number} step @param {TapeEvent} event */
  #change(step, event) {
    switch (event.kind) {
      case "op":
        this.#wrote(step, event);
        break;
      case "accumulate":
        this.#tensor(step, event.tensor, { grad: event.total });
        this.#gradient(step, event.gradient, event.total);
        break;
      case "retain":
        this.#tensor(step, event.tensor, { grad: event.value });
        this.#gradient(step, event.gradient, event.value);
        break;
      case "grad_zero":
        this.#tensor(step, event.tensor, { grad: event.value });
        break;
      case "param_update":
        this.#tensor(step, event.tensor, { value: event.value, version: event.version, seen: true });
        break;
      case "call_enter":
      case "call_exit":
        this.#call(step, event);
        break;
      case "hook_add":
      case "hook_remove": {
        const changes = changesOf(this.hooks, event.hook);
        changes.add(step, { ...changes.last(HOOK), registered: event.kind === "hook_add" });
        break;
      }
      case "hook_fire": {
        const changes = changesOf(this.hooks, event.hook);
        const { registered, fired } = changes.last({ ...HOOK, registered: true });
        const after = event.after.length ? event.after : event.before;
        changes.add(step, { registered, fired: fired + 1, before: event.before, after });
        this.#met(step, event.tensors, event.before);
        break;
      }
      case "backward_start":
      case "backward_end":
        this.#pass(step, event);
        break;
      case "contribution":
        changesOf(this.edges, edgeKey(event.source, event.output, event.node, event.input)).add(step, event.value);
        changesOf(this.nodes, event.node).add(step, { ...NODE, status: "waiting" });
        break;
      case "node_enter":
        changesOf(this.nodes, event.node).add(step, { status: "running", received: event.values, sent: [] });
        break;
      case "node_exit": {
        const changes = changesOf(this.nodes, event.node);
        changes.add(step, { status: "done", received: changes.last(NODE).received, sent: event.values });
        break;
      }
      default:
    }
  }

  /** @param {number} step @param {import("./format.js").OpEvent} event */
  #wrote(step, { op, values, versions }) {
    const written = this.tape.writes(op);
    const most = Math.min(written.length, values.length || versions.length);
    versions.slice(0, most).forEach((version, i) => {
      const value = values[i] ?? null;
      this.#tensor(step, written[i], { value, version, seen: true });
      const owner = this.tape.tensors[written[i]].grad_of;
      if (owner !== null) this.#tensor(step, owner, { grad: value });
    });
  }

  /** A pass inside another one (a reentrant checkpoint runs one) leaves the nodes of the outer one as they are.
   * @param {number} step @param {import("./format.js").BackwardStart | import("./format.js").BackwardEnd} event */
  #pass(step, event) {
    if (event.kind === "backward_end") this.running = this.running.filter((index) => index !== event.index);
    else {
      if (!this.running.length) this.starts.push(step);
      this.running.push(event.index);
    }
    this.passes.add(step, this.running.at(-1) ?? null);
  }

  /** @param {number} step @param {number} tensor @param {Partial<TensorState>} change */
  #tensor(step, tensor, change) {
    const changes = changesOf(this.tensors, tensor);
    changes.add(step, { ...changes.last(TENSOR), ...change });
  }

  /** @param {number} step @param {import("./format.js").CallEnter | import("./format.js").CallExit} event */
  #call(step, event) {
    const stack = this.stack.last([]);
    const call = this.tape.calls[event.call];
    const entering = event.kind === "call_enter";
    changesOf(this.calls, event.call).add(step, entering ? "open" : event.failed ? "failed" : "done");
    this.stack.add(step, entering ? [...stack, event.call] : stack.filter((open) => open !== event.call));
    this.#met(step, entering ? call.inputs : call.outputs, event.values);
  }

  /** A `.grad` is a tensor of its own, and has this value from here on.
   * @param {number} step @param {number|null} gradient @param {number|null} value */
  #gradient(step, gradient, value) {
    if (gradient !== null) this.#tensor(step, gradient, { value, seen: true });
  }

  /** Tensors that no op on the tape made are known from where they are first met, be their values seen or not.
   * @param {number} step @param {(number|null)[]} tensors @param {(number|null)[]} values */
  #met(step, tensors, values) {
    tensors.slice(0, values.length || tensors.length).forEach((tensor, i) => {
      if (tensor === null || changesOf(this.tensors, tensor).last(TENSOR).seen) return;
      this.#tensor(step, tensor, { value: values[i] ?? null, seen: true });
    });
  }
}

/** Everything after one step; each look costs one binary search. */
export class State {
  #history;
  #since;

  /** @param {History} history @param {number} step */
  constructor(history, step) {
    this.#history = history;
    this.step = step;
    const index = lastAt(history.starts, step);
    this.#since = index >= 0 ? history.starts[index] : history.tape.events.length;
  }

  /** The index of the backward pass that is running, or null. */
  get backward() {
    return this.#history.passes.at(this.step) ?? null;
  }

  /** The module calls that are open, outermost first. */
  get stack() {
    return this.#history.stack.at(this.step) ?? [];
  }

  /** The tensor's value, version and `.grad`. @param {number} id */
  tensor(id) {
    return this.#history.tensors.get(id)?.at(this.step) ?? TENSOR;
  }

  /** The node's part in the latest backward pass. @param {number} id */
  node(id) {
    return this.#history.nodes.get(id)?.at(this.step, this.#since) ?? NODE;
  }

  /** The gradient on an edge in the latest backward pass. @param {number | null} source @param {number} output @param {number} node @param {number} input */
  edge(source, output, node, input) {
    return this.#history.edges.get(edgeKey(source, output, node, input))?.at(this.step, this.#since) ?? null;
  }

  /** Whether the hook is registered, and its latest firing. @param {number} id */
  hook(id) {
    return (
      this.#history.hooks.get(id)?.at(this.step) ?? { ...HOOK, registered: this.#history.tape.hooks[id].added === null }
    );
  }

  /** `none`, `open`, `done` or `failed`. @param {number} id */
  call(id) {
    return this.#history.calls.get(id)?.at(this.step) ?? "none";
  }

  /** Everything that is not as it was before the first event, as plain JSON data. */
  toDict() {
    const { tape, edges } = this.#history;
    /** @template T @param {readonly {id: number}[]} rows @param {(id: number) => T} look @param {(state: T) => boolean} changed */
    const table = (rows, look, changed) =>
      Object.fromEntries(
        rows.map((row) => /** @type {const} */ ([String(row.id), look(row.id)])).filter(([, state]) => changed(state)),
      );
    return {
      step: this.step,
      backward: this.backward,
      stack: [...this.stack],
      tensors: table(
        tape.tensors,
        (id) => this.tensor(id),
        (s) => s.seen || s.value !== null || s.version !== 0 || s.grad !== null,
      ),
      nodes: table(
        tape.nodes,
        (id) => this.node(id),
        (s) => s.status !== "idle",
      ),
      edges: Object.fromEntries(
        [...edges]
          .map(([key, changes]) => /** @type {const} */ ([key, changes.at(this.step, this.#since) ?? null]))
          .filter(([, value]) => value !== null),
      ),
      hooks: table(
        tape.hooks,
        (id) => this.hook(id),
        (s) => s.registered || s.fired > 0 || s.before.length > 0 || s.after.length > 0,
      ),
      calls: table(
        tape.calls,
        (id) => this.call(id),
        (s) => s !== "none",
      ),
    };
  }
}
