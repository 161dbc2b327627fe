/** Where the boxes of the described model stand: rows by depth, branches side by side, wires that go around boxes. No DOM. */

import { aligned } from "./alignment.js";
import { SIGNS } from "./signs.js";
import { kindOf, namesOf, outputOf, slotsOf } from "./naming.js";
import { textOf } from "./values.js";

/** @typedef {import("./reading.js").Spec} Spec */
/** @typedef {import("./reading.js").Table} Table */
/** @typedef {"input" | "layer" | "circle" | "loss" | "output"} NodeKind */
/** @typedef {{id: string, kind: NodeKind, part: "inputs" | "layers" | "target" | "loss" | "output", at: number | string | null, title: string, detail: string, w: number, h: number}} PictureNode */
/** @typedef {PictureNode & {x: number, y: number}} PictureBox `x` and `y`: its middle */
/** @typedef {{from: string, to: string, points: [number, number][]}} PictureWire */
/** @typedef {{width: number, height: number, boxes: PictureBox[], wires: PictureWire[]}} Picture */
/** @typedef {{node: PictureNode | null, before: Spot[], after: Spot[], row: number, w: number, x: number}} Spot a box, or a bend of a wire that passes a row */

const GAP = { y: 36, bend: 22, margin: 16 };
const MONO = 0.603;

/** @param {string} title @param {string} detail */
const widthOf = (title, detail) =>
  Math.round(Math.max(92, Math.min(230, 28 + Math.max(title.length * 13.5, detail.length * 11.5) * MONO)));

/** What is written in a layer's box under its kind: the arguments that are set, the required ones without their names. @param {import("./reading.js").Layer} layer @param {readonly import("./reading.js").Argument[]} known */
export function shortly({ args = {} }, known) {
  const needed = new Set(known.filter(({ required }) => required).map(({ name }) => name));
  return Object.entries(args)
    .map(([name, value]) => {
      const text = Array.isArray(value) ? `(${textOf(value)})` : textOf(value);
      return needed.has(name) ? text : `${name}=${text}`;
    })
    .join(", ");
}

/** @param {import("./reading.js").Filled} one */
const sizesOf = (one) => (Array.isArray(one.shape) ? one.shape.join("×") || "scalar" : "values" in one ? "values" : "");

/** @param {Spec} spec @param {Table} table @returns {{nodes: PictureNode[], edges: [string, string][]}} */
export function networkOf(spec, table) {
  const names = namesOf(spec);
  /** @type {PictureNode[]} */
  const nodes = [];
  /** @param {Omit<PictureNode, "w" | "h">} node @param {number} h */
  const put = (node, h) => nodes.push({ ...node, w: node.kind === "circle" ? h : widthOf(node.title, node.detail), h });
  for (const [name, one] of Object.entries(spec.inputs))
    put({ id: name, kind: "input", part: "inputs", at: name, title: name, detail: sizesOf(one) }, 46);
  spec.layers.forEach((layer, at) => {
    const kind = kindOf(layer);
    const sign = layer.function === undefined ? undefined : SIGNS[kind];
    const known = layer.function === undefined ? table.layers[kind] : table.functions[kind]?.args;
    const detail = sign ? "" : shortly(layer, known ?? []);
    put(
      { id: names[at], kind: sign ? "circle" : "layer", part: "layers", at, title: sign ?? kind, detail },
      sign ? 34 : 44,
    );
  });
  const end = spec.loss ? String(spec.loss.type ?? "?") : "sum()";
  if (spec.target && spec.loss)
    put({ id: " target", kind: "input", part: "target", at: null, title: "target", detail: sizesOf(spec.target) }, 46);
  put(
    {
      id: " end",
      kind: spec.loss ? "loss" : "output",
      part: spec.loss ? "loss" : "output",
      at: null,
      title: end,
      detail: "",
    },
    36,
  );
  const known = new Set(nodes.map(({ id }) => id));
  /** @type {[string, string][]} */
  const edges = names.flatMap((name, at) =>
    slotsOf(spec, at, table).map(({ name: from }) => /** @type {[string, string]} */ ([from, name])),
  );
  edges.push([outputOf(spec), " end"]);
  if (known.has(" target")) edges.push([" target", " end"]);
  const order = new Map(nodes.map(({ id }, i) => [id, i]));
  // A name that there is not yet, or only later, has no wire: the card says what is wrong.
  const at = (/** @type {string} */ id) => order.get(id) ?? Infinity;
  return { nodes, edges: edges.filter(([from, to]) => known.has(from) && at(from) < at(to)) };
}

/** @param {readonly PictureNode[]} nodes @param {readonly [string, string][]} edges @returns {Map<string, number>} */
function rowsOf(nodes, edges) {
  /** @type {Map<string, number>} */
  const rows = new Map();
  let last = -1;
  for (const { id, part } of nodes) {
    const above = edges.filter(([, to]) => to === id).map(([from]) => rows.get(from) ?? 0);
    const row = above.length ? 1 + Math.max(...above) : part === "layers" ? last + 1 : 0;
    rows.set(id, row);
    if (part === "layers") last = row;
  }
  // What is given from outside stands right above what first takes it.
  for (const { id, kind } of nodes) {
    const takers = edges.filter(([from]) => from === id).map(([, to]) => /** @type {number} */ (rows.get(to)));
    if (kind === "input" && takers.length) rows.set(id, Math.min(...takers) - 1);
  }
  return rows;
}

/** @param {Spec} spec @param {Table} table @returns {Picture} */
export function pictureOf(spec, table) {
  const { nodes, edges } = networkOf(spec, table);
  const rowOf = rowsOf(nodes, edges);
  /** @type {Map<string, Spot>} */
  const spots = new Map();
  /** @type {Spot[][]} */
  const rows = [];
  const place = (/** @type {Spot} */ spot) => {
    (rows[spot.row] ??= []).push(spot);
    return spot;
  };
  for (const node of nodes)
    spots.set(node.id, place({ node, before: [], after: [], row: rowOf.get(node.id) ?? 0, w: node.w, x: 0 }));
  const chains = edges.map(([from, to]) => chainOf(spots, from, to, place));
  for (let i = 0; i < rows.length; i += 1) rows[i] ??= [];
  for (let round = 0; round < 6; round += 1) {
    for (const row of rows.slice(1)) sortBy(row, (spot) => spot.before);
    for (const row of rows.slice(0, -1).reverse()) sortBy(row, (spot) => spot.after);
  }
  aligned(rows);
  return placed(rows, edges, chains);
}

/** The way of a wire, with a bend in every row that it passes. @param {Map<string, Spot>} spots @param {string} from @param {string} to @param {(spot: Spot) => Spot} place */
function chainOf(spots, from, to, place) {
  const [start, end] = [/** @type {Spot} */ (spots.get(from)), /** @type {Spot} */ (spots.get(to))];
  const chain = [start];
  for (let row = start.row + 1; row < end.row; row += 1)
    chain.push(place({ node: null, before: [], after: [], row, w: GAP.bend, x: 0 }));
  chain.push(end);
  chain.slice(1).forEach((spot, i) => {
    spot.before.push(chain[i]);
    chain[i].after.push(spot);
  });
  return chain;
}

/** @param {readonly number[]} numbers */
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** @param {Spot[]} row @param {(spot: Spot) => Spot[]} near */
function sortBy(row, near) {
  const wish = new Map(row.map((spot, i) => [spot, near(spot).length ? mean(near(spot).map(({ x }) => x)) : i]));
  row.sort((a, b) => /** @type {number} */ (wish.get(a)) - /** @type {number} */ (wish.get(b)));
  row.forEach((spot, i) => (spot.x = i));
}

/** @param {Spot[][]} rows @param {readonly [string, string][]} edges @param {readonly Spot[][]} chains @returns {Picture} */
function placed(rows, edges, chains) {
  const all = rows.flat();
  const low = Math.min(...all.map(({ x, w }) => x - w / 2));
  const high = Math.max(...all.map(({ x, w }) => x + w / 2));
  let y = GAP.margin;
  const middles = rows.map((row) => {
    const h = Math.max(...row.map(({ node }) => node?.h ?? 0), 20);
    y += h + GAP.y;
    return y - GAP.y - h / 2;
  });
  for (const spot of all) spot.x += GAP.margin - low;
  const boxes = all.flatMap(({ node, x, row }) => (node ? [{ ...node, x, y: middles[row] }] : []));
  const wires = chains.map((chain, i) => {
    const together = chains
      .filter((one) => one.at(-1) === chain.at(-1))
      .sort((one, other) => one[one.length - 2].x - other[other.length - 2].x);
    const side = together.indexOf(chain) - (together.length - 1) / 2;
    return { from: edges[i][0], to: edges[i][1], points: bends(chain, middles, side, together.length) };
  });
  return { width: high - low + 2 * GAP.margin, height: y - GAP.y + GAP.margin, boxes, wires };
}

/** A wire leaves below and enters above; several enter side by side, in the order in which they come. @param {readonly Spot[]} chain @param {readonly number[]} middles @param {number} side 0: in the middle @param {number} count of all that enter there @returns {[number, number][]} */
function bends(chain, middles, side, count) {
  const end = chain[chain.length - 1];
  const { w = 0, h = 0, kind } = end.node ?? {};
  const enter = end.x + side * Math.min(28, (w - 16) / Math.max(1, count - 1));
  // A circle's edge falls away from its middle.
  const fall = kind === "circle" ? h / 2 - Math.sqrt(Math.max(0, (h / 2) ** 2 - (enter - end.x) ** 2)) : 0;
  return chain.map((spot, i) => {
    if (i === 0) return [spot.x, middles[spot.row] + (spot.node?.h ?? 0) / 2];
    if (i === chain.length - 1) return [enter, middles[end.row] - h / 2 + fall];
    return [spot.x, middles[spot.row]];
  });
}
