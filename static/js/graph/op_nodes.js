/** The nodes of one op, where it made several: which is its grad_fn, and which way a gradient takes through the others. */

/** @typedef {import("./types.js").Tape} Tape */

/** How many nodes of the same op a gradient passes before each. @param {Tape} tape @param {ReadonlySet<number>} nodes */
export function depthsOf(tape, nodes) {
  /** @type {Map<number, number>} */
  const depths = new Map();
  let front = [...nodes].map((node) => ({ node, depth: 0 }));
  for (let guard = 0; front.length && guard <= nodes.size; guard += 1) {
    /** @type {typeof front} */
    const next = [];
    for (const { node, depth } of front) {
      if ((depths.get(node) ?? -1) >= depth) continue;
      depths.set(node, depth);
      for (const edge of tape.nodes[node].next_functions)
        if (edge.node !== null && nodes.has(edge.node)) next.push({ node: edge.node, depth: depth + 1 });
    }
    front = next;
  }
  return depths;
}

/** The node that the op's result points at: the one no other node of the op leads to. @param {Tape} tape @param {number} id @param {ReadonlySet<number>} nodes */
export function mainNode(tape, id, nodes) {
  if (nodes.size < 2) return nodes.values().next().value ?? null;
  const op = tape.ops[id];
  const inner = new Set();
  for (const node of nodes)
    for (const edge of tape.nodes[node].next_functions) if (edge.node !== null) inner.add(edge.node);
  for (const tensor of op.outputs) {
    const node = tape.tensors[tensor].node;
    if (node !== null && nodes.has(node) && !inner.has(node)) return node;
  }
  const outer = [...nodes].filter((node) => !inner.has(node));
  return Math.max(...(outer.length ? outer : nodes));
}

/**
 * The op's extra nodes that a tensor's gradient passes on its way out, from the tensor's side.
 * @param {Tape} tape @param {number | undefined} accumulator the tensor's AccumulateGrad, if it is a leaf
 * @param {number} tensor @param {number | null} main @param {ReadonlySet<number>} nodes
 */
export function wayBack(tape, accumulator, tensor, main, nodes) {
  /** @type {{unit: string, link: string, next: string}[]} */
  const way = [];
  if (main === null || nodes.size < 2) return way;
  const row = tape.tensors[tensor];
  const target = accumulator ?? row.node;
  const input = accumulator !== undefined ? 0 : row.node_output;
  /** @param {number | null} node @param {number | null} to */
  const into = (node, to) =>
    [main, ...nodes].find((n) =>
      tape.nodes[n].next_functions.some((e) => e.node === node && (to === null || e.input === to)),
    ) ?? null;
  let at = target === null ? null : into(target, input);
  let link = "";
  for (let guard = 0; at !== null && at !== main && guard < nodes.size; guard += 1) {
    const parent = into(at, null);
    if (parent === null) break;
    const edge = tape.nodes[parent].next_functions.find((e) => e.node === at);
    const next = `n${at}:${edge?.input ?? 0}`;
    way.push({ unit: `node:${at}`, link, next });
    link = next;
    at = parent;
  }
  return at === main ? way : [];
}
