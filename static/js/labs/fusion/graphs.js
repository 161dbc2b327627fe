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

/** What an item is made of on the way back to the leaves: its inputs forward, its `next_functions` backward. @param {Item[]} items @param {boolean} up */
function below(items, up) {
  if (!up) return new Map(items.map(({ id, from }) => [id, from]));
  return new Map(items.map(({ id }) => [id, items.filter(({ from }) => from.includes(id)).map((each) => each.id)]));
}

/** The leaves from left to right, each beside those of the same op; what several ops read stands between them. @param {Map<string, string[]>} under @param {string} root */
function leavesInOrder(under, root) {
  /** @type {string[]} */
  const order = [];
  /** @type {Set<string>} */
  const seen = new Set();
  /** @param {string} id */
  const visit = (id) => {
    if (seen.has(id)) return;
    seen.add(id);
    const children = under.get(id) ?? [];
    if (!children.length) order.push(id);
    children.forEach(visit);
  };
  visit(root);
  const readers = (/** @type {string} */ leaf) => [...under.values()].filter((children) => children.includes(leaf));
  const own = order.filter((leaf) => readers(leaf).length < 2);
  for (const leaf of order.filter((each) => readers(each).length > 1)) {
    const beside = readers(leaf).flatMap((children) =>
      children.flatMap((each) => (own.includes(each) ? [own.indexOf(each)] : [])),
    );
    const at = beside.length ? Math.round(beside.reduce((sum, n) => sum + n, 0) / beside.length + 0.5) : own.length;
    own.splice(at, 0, leaf);
  }
  return own;
}

/** A place for each item: leaves side by side, everything else over (or under) the middle of what it is made of. @param {Item[]} items @param {boolean} up whether the first layer stands at the bottom @returns {Drawing} */
export function place(items, up) {
  const depth = depths(items);
  if (!up) pulled(items, depth);
  const byId = new Map(items.map((item) => [item.id, item]));
  const under = below(items, up);
  const root = up ? items[0].id : "output";
  const last = Math.max(0, ...depth.values());
  /** @type {Map<string, number>} */
  const middles = new Map();
  let right = 0;
  for (const id of leavesInOrder(under, root)) {
    const width = widthOf(/** @type {Item} */ (byId.get(id)));
    middles.set(id, right + width / 2);
    right += width + GAP;
  }
  /** @param {string} id @returns {number} */
  const middle = (id) => {
    const known = middles.get(id);
    if (known !== undefined) return known;
    const children = under.get(id) ?? [];
    const own = children.map(middle).reduce((sum, x) => sum + x, 0) / children.length;
    middles.set(id, own);
    return own;
  };
  const placed = new Map(
    items.map((item) => {
      const width = widthOf(item);
      const layer = depth.get(item.id) ?? 0;
      return [
        item.id,
        { ...item, x: middle(item.id) - width / 2, y: (up ? last - layer : layer) * LAYER, width, height: HEIGHT },
      ];
    }),
  );
  return framed([...placed.values()], (last + 1) * LAYER - (LAYER - HEIGHT));
}

/** Moves everything so that it begins at 0, and finds the arrows. @param {Placed[]} items @param {number} height @returns {Drawing} */
function framed(items, height) {
  const left = Math.min(...items.map(({ x }) => x));
  const moved = items.map((item) => ({ ...item, x: item.x - left }));
  const byId = new Map(moved.map((item) => [item.id, item]));
  const arrows = moved.flatMap((to) =>
    to.from.flatMap((id) => {
      const from = byId.get(id);
      return from ? [{ from, to }] : [];
    }),
  );
  return { items: moved, arrows, width: Math.max(...moved.map(({ x, width }) => x + width)), height };
}
