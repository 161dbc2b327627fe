/** Where the boxes of a small expression stand: layers by depth, an order with few crossings, wires that go around boxes. No DOM. */

/** @typedef {import("./trace.js").Trace} Trace */
/** @typedef {{x: number, y: number, w: number, h: number}} Box `x` and `y`: its middle */
/** @typedef {{from: number, to: number, nth: number, points: [number, number][]}} Wire `nth`: of the arguments of `to` */
/** @typedef {{width: number, height: number, boxes: Box[], wires: Wire[], outputs: {name: string, row: number, box: Box}[]}} Layout */
/** @typedef {{row: number | null, before: Spot[], after: Spot[], layer: number, w: number, x: number}} Spot a box, or a bend of a wire that passes a layer */

export const SIZE = Object.freeze({ w: 148, h: 70, input: 92, gap: 26, layer: 110, bend: 18, output: 34 });

/** @param {Trace} trace @returns {Layout} */
export function laidOut(trace) {
  const { spots, chains, ends } = network(trace);
  const layers = /** @type {Spot[][]} */ ([]);
  for (const spot of spots) (layers[spot.layer] ??= []).push(spot);
  for (let round = 0; round < 6; round += 1) {
    for (const layer of layers.slice(1)) sortBy(layer, (spot) => spot.before);
    for (const layer of layers.slice(0, -1).reverse()) sortBy(layer, (spot) => spot.after);
  }
  for (const layer of layers) spread(layer);
  for (let round = 0; round < 12; round += 1)
    for (const layer of round % 2 ? [...layers].reverse() : layers) settle(layer);
  return placed(trace, spots, chains, ends);
}

/** @param {Trace} trace */
function network({ rows, outputs }) {
  /** @type {number[]} */
  const depth = [];
  rows.forEach(({ kind, args }, i) => {
    depth[i] = kind === "op" ? 1 + Math.max(0, ...args.map((arg) => ("row" in arg ? depth[arg.row] : 0))) : 0;
  });
  // A constant stands right above what needs it.
  rows.forEach(({ args }, i) => {
    for (const arg of args) if ("row" in arg && rows[arg.row].kind === "constant") depth[arg.row] = depth[i] - 1;
  });
  /** @type {Spot[]} */
  const spots = rows.map((row, i) => ({
    row: i,
    before: [],
    after: [],
    layer: depth[i],
    w: row.kind === "op" ? SIZE.w : SIZE.input,
    x: 0,
  }));
  const chains = rows.flatMap(({ args }, to) =>
    args.flatMap((arg, nth) => {
      if (!("row" in arg)) return [];
      const chain = [spots[arg.row]];
      for (let layer = depth[arg.row] + 1; layer < depth[to]; layer += 1) {
        const bend = { row: null, before: [], after: [], layer, w: SIZE.bend, x: 0 };
        spots.push(bend);
        chain.push(bend);
      }
      chain.push(spots[to]);
      chain.slice(1).forEach((spot, i) => {
        spot.before.push(chain[i]);
        chain[i].after.push(spot);
      });
      return [{ from: arg.row, to, nth, chain }];
    }),
  );
  const ends = outputs.map(({ row }) => {
    const end = { row: null, before: [spots[row]], after: [], layer: depth[row] + 1, w: SIZE.input, x: 0 };
    spots[row].after.push(end);
    spots.push(end);
    return end;
  });
  return { spots, chains, ends };
}

/** @param {readonly number[]} numbers */
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** @param {Spot[]} layer @param {(spot: Spot) => Spot[]} near */
function sortBy(layer, near) {
  const wish = new Map(layer.map((spot, i) => [spot, near(spot).length ? mean(near(spot).map((each) => each.x)) : i]));
  layer.sort((a, b) => /** @type {number} */ (wish.get(a)) - /** @type {number} */ (wish.get(b)));
  layer.forEach((spot, i) => (spot.x = i));
}

/** Side by side, around 0. @param {Spot[]} layer */
function spread(layer) {
  let x = 0;
  for (const spot of layer) {
    spot.x = x + spot.w / 2;
    x += spot.w + SIZE.gap;
  }
  for (const spot of layer) spot.x -= (x - SIZE.gap) / 2;
}

/** Each towards the middle of what it is joined to, in the order and at the distance that there must be. @param {Spot[]} layer */
function settle(layer) {
  const wish = layer.map((spot) => {
    const near = [...spot.before, ...spot.after];
    return near.length ? mean(near.map((each) => each.x)) : spot.x;
  });
  const apart = (/** @type {number} */ i) => (layer[i - 1].w + layer[i].w) / 2 + SIZE.gap;
  const right = [...wish];
  for (let i = 1; i < layer.length; i += 1) right[i] = Math.max(right[i], right[i - 1] + apart(i));
  const left = [...wish];
  for (let i = layer.length - 1; i > 0; i -= 1) left[i - 1] = Math.min(left[i - 1], left[i] - apart(i));
  layer.forEach((spot, i) => (spot.x = (left[i] + right[i]) / 2));
}

/** @param {Trace} trace @param {Spot[]} spots @param {{from: number, to: number, nth: number, chain: Spot[]}[]} chains @param {Spot[]} ends @returns {Layout} */
function placed(trace, spots, chains, ends) {
  const [low, high] = [
    Math.min(...spots.map(({ x, w }) => x - w / 2)),
    Math.max(...spots.map(({ x, w }) => x + w / 2)),
  ];
  const margin = 14;
  for (const spot of spots) spot.x += margin - low;
  const y = (/** @type {number} */ layer) => margin + SIZE.h / 2 + layer * SIZE.layer;
  const boxes = spots.slice(0, trace.rows.length).map(({ x, w, layer }) => ({ x, y: y(layer), w, h: SIZE.h }));
  const wires = chains.map(({ from, to, nth, chain }) => ({ from, to, nth, points: bends(chain, trace, to, nth, y) }));
  const outputs = ends.map(({ x, w, layer }, i) => ({
    ...trace.outputs[i],
    box: { x, y: y(layer) - (SIZE.h - SIZE.output) / 2 - 8, w, h: SIZE.output },
  }));
  const bottom = Math.max(...boxes.map((box) => box.y + box.h / 2), ...outputs.map(({ box }) => box.y + box.h / 2));
  return { width: high - low + 2 * margin, height: bottom + margin, boxes, wires, outputs };
}

/** Wires enter side by side, in the order of the arguments as they come in from left to right. @param {Spot[]} chain @param {Trace} trace @param {number} to @param {number} nth @param {(layer: number) => number} y @returns {[number, number][]} */
function bends(chain, trace, to, nth, y) {
  const args = trace.rows[to].args.filter((arg) => "row" in arg).length;
  const spot = chain[chain.length - 1];
  const enter = args > 1 ? spot.x + (rank(spot, chain[chain.length - 2], nth) - 0.5) * 44 : spot.x;
  return chain.map((each, i) => {
    if (i === 0) return [each.x, y(each.layer) + SIZE.h / 2];
    if (i === chain.length - 1) return [enter, y(each.layer) - SIZE.h / 2];
    return [each.x, y(each.layer)];
  });
}

/** 0 for the wire from further left, 1 for the other. @param {Spot} spot @param {Spot} from @param {number} nth */
function rank(spot, from, nth) {
  const [one, other] = spot.before;
  if (!other || one.x === other.x) return nth;
  return from.x > Math.min(one.x, other.x) ? 1 : 0;
}

/** A smooth path through points, each passed vertically. @param {readonly (readonly [number, number])[]} points */
export function curve(points) {
  const [[x0, y0], ...rest] = points;
  let [path, py] = [`M${x0},${y0}`, y0];
  let px = x0;
  for (const [x, y] of rest) {
    const middle = (py + y) / 2;
    path += `C${px},${middle} ${x},${middle} ${x},${y}`;
    [px, py] = [x, y];
  }
  return path;
}
