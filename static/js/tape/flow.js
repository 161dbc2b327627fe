/** Who gives what to whom on a tape: the ops that a value runs through, and the nodes that a gradient runs through. */

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {number[][]} Neighbours for each op or node, the ones next to it */
/**
 * @typedef {object} ValueFlow
 * @property {Neighbours} before the ops whose results an op was given
 * @property {Neighbours} after the ops that were given its results
 * @property {Map<number, ReadonlySet<number>>} given the tensors that an op was given, or that were used inside it
 * @property {Map<number, number[]>} makers the ops that wrote a tensor
 * @property {Map<number, number[]>} readers the ops that were given it
 * @property {Map<number, number>} losses from the op that made it to a tensor that backward was called on
 * @property {Set<number>} roots the tensors that backward was called on
 */
/** @typedef {{before: Neighbours, after: Neighbours, losses: Map<number, number>}} GradientFlow `before`: the nodes that send it a gradient; `after`: its `next_functions` */

/** @type {WeakMap<Tape, ValueFlow>} */
const values = new WeakMap();
/** @type {WeakMap<Tape, GradientFlow>} */
const gradients = new WeakMap();

/**
 * The flow of values. Building a module, an optimizer's step and the second run of a checkpointed segment are left out, and
 * what runs inside an op is that op. A parameter or a buffer begins a flow, whoever wrote to it before.
 * @param {Tape} tape @returns {ValueFlow}
 */
export function valueFlow(tape) {
  let found = values.get(tape);
  if (!found) values.set(tape, (found = readValues(tape)));
  return found;
}

/** The flow of gradients, along `next_functions`. @param {Tape} tape @returns {GradientFlow} */
export function gradientFlow(tape) {
  let found = gradients.get(tape);
  if (!found) gradients.set(tape, (found = readGradients(tape)));
  return found;
}

/** The op that stands for an op: itself, or the outermost that it ran in; null where it is left out. @param {Tape} tape @param {number} id @returns {number | null} */
export function standsFor(tape, id) {
  let op = tape.ops[id];
  while (op.parent !== null) op = tape.ops[op.parent];
  return op.phase === "forward" || op.phase === "backward" ? op.id : null;
}

/** @param {Tape} tape @returns {Neighbours} */
const nobody = (tape) => tape.ops.map(() => []);

/** @template K @param {Map<K, number[]>} map @param {K} key @param {number} value */
function push(map, key, value) {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** @param {Tape} tape @returns {ValueFlow} */
function readValues(tape) {
  const [before, after] = [nobody(tape), nobody(tape)];
  const roots = new Set(tape.events.flatMap((event) => (event.kind === "backward_start" ? event.tensors : [])));
  /** @type {Map<number, number>} the op that wrote a tensor last */
  const writer = new Map();
  const makers = new Map();
  const readers = new Map();
  const given = givenTo(tape);
  const begins = (/** @type {number} */ id) => ["parameter", "buffer"].includes(tape.tensors[id].role);
  for (const event of tape.events) {
    if (event.kind !== "op" || standsFor(tape, event.op) !== event.op) continue;
    const { op } = event;
    const tensors = [...(given.get(op) ?? [])];
    const sources = new Set(tensors.flatMap((tensor) => writer.get(tensor) ?? []));
    for (const tensor of tensors) push(readers, tensor, op);
    for (const source of sources) {
      before[op].push(source);
      after[source].push(op);
    }
    for (const tensor of tape.writes(op)) {
      if (begins(tensor)) continue;
      writer.set(tensor, op);
      push(makers, tensor, op);
    }
  }
  const losses = new Map([...roots].flatMap((root) => [makers.get(root)?.at(-1) ?? -1].map((op) => [op, root])));
  losses.delete(-1);
  return { before, after, given, makers, readers, losses, roots };
}

/** What each op was given, and what the ops inside it used that was not made there. @param {Tape} tape */
function givenTo(tape) {
  /** @type {Map<number, Set<number>>} */
  const given = new Map();
  /** @type {Map<number, Set<number>>} */
  const inside = new Map();
  for (const { id, inputs } of tape.ops) {
    const op = standsFor(tape, id);
    if (op === null) continue;
    const made = inside.get(op) ?? new Set();
    const tensors = given.get(op) ?? new Set();
    inside.set(op, made);
    given.set(op, tensors);
    for (const { tensor } of inputs) if (!made.has(tensor)) tensors.add(tensor);
    if (op !== id) for (const tensor of tape.writes(id)) made.add(tensor);
  }
  return given;
}

/** @param {Tape} tape @returns {GradientFlow} */
function readGradients(tape) {
  const next = tape.nodes.map((node) => [...new Set(node.next_functions.flatMap((edge) => edge.node ?? []))]);
  /** @type {Neighbours} */
  const senders = tape.nodes.map(() => []);
  next.forEach((list, node) => list.forEach((to) => senders[to].push(node)));
  /** @type {Map<number, number>} */
  const losses = new Map();
  for (const event of tape.events)
    if (event.kind === "backward_start")
      event.roots.forEach((root, i) => {
        if (root.node !== null && !losses.has(root.node)) losses.set(root.node, event.tensors[i]);
      });
  return { before: senders, after: next, losses };
}
