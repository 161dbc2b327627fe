/** Where each hook's diamond stands: on the thing it is attached to, along an edge, in firing order. */

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").SceneUnit} SceneUnit */
/** @typedef {import("./types.js").HookMark} HookMark */

/** Gradients arrive at the lower edge of the backward side and leave at the upper one. Kinds that are not here (state dicts,
 * steps, saved tensors, every module) hang on nothing that is drawn. */
const PLACES = /** @type {Record<string, {side: "forward" | "backward", edge: "top" | "bottom", rank: number}>} */ ({
  tensor: { side: "backward", edge: "bottom", rank: 0 },
  multi_grad: { side: "backward", edge: "bottom", rank: 0 },
  node_pre: { side: "backward", edge: "bottom", rank: 1 },
  node_post: { side: "backward", edge: "top", rank: 2 },
  post_accumulate_grad: { side: "backward", edge: "top", rank: 3 },
  forward_pre: { side: "forward", edge: "top", rank: 0 },
  forward: { side: "forward", edge: "bottom", rank: 1 },
  full_backward_pre: { side: "backward", edge: "bottom", rank: 0 },
  full_backward: { side: "backward", edge: "top", rank: 1 },
  backward: { side: "backward", edge: "top", rank: 2 },
});

/** Whether hooks of a kind run around a module's call, one module's or every module's. @param {string} kind */
export const isForward = (kind) => kind.replace(/^global_/, "").startsWith("forward");

/** @param {Tape} tape @param {Facts} facts @param {(unit: string) => SceneUnit | null} visible */
export function placeHooks(tape, facts, visible) {
  const hooks = tape.hooks
    .filter((hook) => PLACES[hook.kind])
    .sort((a, b) => PLACES[a.kind].rank - PLACES[b.kind].rank || a.id - b.id);
  for (const hook of hooks) {
    const { side, edge } = PLACES[hook.kind];
    /** @type {Set<SceneUnit>} */
    const places = new Set();
    for (const id of unitsOfHook(tape, facts, hook)) {
      const unit = visible(id);
      if (unit && (side === "forward" ? unit.forward : unit.backward)) places.add(unit);
    }
    for (const unit of places) unit.hooks.push({ hook: hook.id, side, edge });
  }
}

/** @param {Tape} tape @param {Facts} facts @param {import("../tape/format.js").Hook} hook @returns {string[]} */
function unitsOfHook(tape, facts, hook) {
  if (hook.module !== null)
    return tape.calls
      .filter((call) => call.module === hook.module && facts.counts.has(call.id))
      .map((call) => `call:${call.id}`);
  if (hook.node !== null) return facts.unitsOfNode.get(hook.node) ?? [];
  const tensors = hook.tensor === null ? hook.tensors : [hook.tensor];
  return tensors.flatMap((tensor) => {
    const node = nodeOfTensor(tape, tensor);
    const units = node === null ? [] : (facts.unitsOfNode.get(node) ?? []);
    return units.length ? units : (facts.unitsOfTensor.get(tensor) ?? []);
  });
}

/** The node at which a tensor's gradient arrives. @param {Tape} tape @param {number} id @returns {number | null} */
export function nodeOfTensor(tape, id) {
  const tensor = tape.tensors[id];
  return tensor.node ?? tape.nodes.find((node) => node.variable === id)?.id ?? null;
}
