/** The graph that made a tensor, from the tape: forward ops with what they read, autograd nodes with their `next_functions`; and a place for each. */

/** @typedef {import("../../tape/load.js").Tape} Tape */
/** @typedef {{id: string, kind: "input" | "param" | "op" | "output" | "node" | "acc", label: string, detail: string, from: string[]}} Item `from`: the items whose arrows end here */
/** @typedef {Item & {x: number, y: number, width: number, height: number}} Placed */
/** @typedef {{items: Placed[], arrows: {from: Placed, to: Placed}[], width: number, height: number}} Drawing */

const GAP = 14;
const LAYER = 62;
const HEIGHT = 34;

/** The nodes that a tensor's grad_fn reaches, in breadth. @param {Tape} tape @param {number} tensor */
export function nodesOf(tape, tensor) {
  const root = tape.tensors[tensor].node;
  const found = root === null ? [] : [root];
  for (let i = 0; i < found.length; i += 1)
    for (const { node } of tape.nodes[found[i]].next_functions)
      if (node !== null && !found.includes(node)) found.push(node);
  return found;
}

/** The autograd graph: gradients go from the root to the leaves. @param {Tape} tape @param {number} tensor @returns {Item[]} */
export function backwardItems(tape, tensor) {
  const nodes = nodesOf(tape, tensor);
  return nodes.map((id) => {
    const { name, variable } = tape.nodes[id];
    const from = nodes
      .filter((other) => tape.nodes[other].next_functions.some(({ node }) => node === id))
      .map((other) => `node:${other}`);
    return variable === null
      ? { id: `node:${id}`, kind: "node", label: name, detail: "", from }
      : { id: `node:${id}`, kind: "acc", label: "AccumulateGrad", detail: tape.tensors[variable].name ?? "", from };
  });
}

/** The forward ops that made a tensor, with their inputs. @param {Tape} tape @param {number} tensor @returns {Item[]} */
export function forwardItems(tape, tensor) {
  /** @type {Map<string, Item>} */
  const items = new Map();
  /** @param {number} id @returns {string} what makes the tensor */
  const visit = (id) => {
    const { op, name, role, requires_grad: learns } = tape.tensors[id];
    const made = op !== null && learns && role === "activation" ? tape.ops[op] : null;
    if (!made) {
      const key = `tensor:${id}`;
      const kind = role === "parameter" ? "param" : "input";
      if (role !== "buffer" && !items.has(key))
        items.set(key, { id: key, kind, label: name ?? role, detail: "", from: [] });
      return key;
    }
    const key = `op:${op}`;
    if (items.has(key)) return key;
    const from = [
      ...new Set(
        made.inputs.filter((input) => tape.tensors[input.tensor].role !== "buffer").map((input) => visit(input.tensor)),
      ),
    ];
    items.set(key, { id: key, kind: "op", label: made.label, detail: "", from });
    return key;
  };
  const last = visit(tensor);
  items.set("output", {
    id: "output",
    kind: "output",
    label: tape.tensors[tensor].name ?? "",
    detail: "",
    from: [last],
  });
  return [...items.values()];
}

/** Letters of the monospaced face are this wide. */
const LETTER = 7.3;

/** @param {Item} item */
const widthOf = ({ label, detail }) => Math.max(label.length, detail.length) * LETTER + 22;

/** How many arrows the longest way to each item has. @param {Item[]} items @returns {Map<string, number>} */
function depths(items) {
  const byId = new Map(items.map((item) => [item.id, item]));
  /** @type {Map<string, number>} */
  const depth = new Map();
  /** @param {string} id @returns {number} */
  const of = (id) => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    const before = (byId.get(id)?.from ?? []).filter((each) => byId.has(each));
    const own = before.length ? Math.max(...before.map(of)) + 1 : 0;
    depth.set(id, own);
    return own;
  };
  for (const { id } of items) of(id);
  return depth;
}

/** What nothing leads to stands just before what it leads to first. @param {Item[]} items @param {Map<string, number>} depth */
function pulled(items, depth) {
  for (const item of items) {
    if (item.from.length) continue;
    const readers = items.filter(({ from }) => from.includes(item.id)).map(({ id }) => depth.get(id) ?? 1);
    if (readers.length) depth.set(item.id, Math.max(0, Math.min(...readers) - 1));
  }
}

/** Items in layers, each layer centred, ordered by where their arrows come from or go to. @param {Item[]} items @param {boolean} up whether the first layer stands at the bottom @returns {Drawing} */
export function place(items, up) {
  const depth = depths(items);
  if (!up) pulled(items, depth);
  const layers = Array.from({ length: Math.max(0, ...depth.values()) + 1 }, (_, at) =>
    items.filter(({ id }) => depth.get(id) === at),
  );
  const widths = layers.map((layer) => layer.reduce((sum, item) => sum + widthOf(item) + GAP, -GAP));
  const width = Math.max(...widths);
  const height = layers.length * LAYER - (LAYER - HEIGHT);
  /** @type {Map<string, Placed>} */
  const placed = new Map();
  layers.forEach((layer, at) => {
    let x = (width - widths[at]) / 2;
    const middle = (/** @type {Item} */ item) => {
      const known = item.from.flatMap((id) => placed.get(id) ?? []);
      return known.length ? known.reduce((sum, each) => sum + each.x + each.width / 2, 0) / known.length : 0;
    };
    const row = up || at > 0 ? [...layer].sort((a, b) => middle(a) - middle(b)) : layer;
    const y = (up ? layers.length - 1 - at : at) * LAYER;
    for (const item of row) {
      placed.set(item.id, { ...item, x, y, width: widthOf(item), height: HEIGHT });
      x += widthOf(item) + GAP;
    }
  });
  const arrows = items.flatMap((item) =>
    item.from.flatMap((id) => {
      const [from, to] = [placed.get(id), placed.get(item.id)];
      return from && to ? [{ from, to }] : [];
    }),
  );
  return { items: [...placed.values()], arrows, width, height };
}
