/** How far right each box stands: what only follows what stands above it stands right below it, so that branches are straight lines. No DOM. */

/** @typedef {import("./picture.js").Spot} Spot */
/** @typedef {{spots: Spot[], x: number}} Line spots below each other */
/** @typedef {{left: Line, right: Line, apart: number}} Neighbours */

const GAP = 26;
const ROUNDS = 60;

/** The one that goes on in a line: the only box among several, where the others are wires that pass or what is given from outside; or the only one. @param {readonly Spot[]} near */
function only(near) {
  const [first, ...others] = new Set(near);
  const [box, ...boxes] = new Set(near.filter(({ node }) => node && node.kind !== "input"));
  return others.length ? (boxes.length ? undefined : box) : first;
}

/** @param {readonly Spot[][]} rows @param {boolean} straight @returns {Map<Spot, Line>} */
function linesOf(rows, straight) {
  /** @type {Map<Spot, Line>} */
  const lines = new Map();
  for (const spot of rows.flat()) {
    const above = straight ? only(spot.before) : undefined;
    const follows = above && only(above.after) === spot;
    const line = (follows ? lines.get(above) : undefined) ?? { spots: [], x: 0 };
    line.spots.push(spot);
    lines.set(spot, line);
  }
  return lines;
}

/** As far left as their order lets them; false where lines would have to cross. @param {readonly Neighbours[]} pairs @param {number} rounds */
function packed(pairs, rounds) {
  for (let round = 0; round <= rounds; round += 1) {
    const tight = pairs.filter(({ left, right, apart }) => right.x < left.x + apart - 0.01);
    if (!tight.length) return true;
    for (const { left, right, apart } of tight) right.x = Math.max(right.x, left.x + apart);
  }
  return false;
}

/** @param {readonly number[]} numbers */
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** What stands in the way of a line makes room, and what stands in its way. @param {Line} line @param {readonly Neighbours[]} pairs */
function push(line, pairs) {
  for (const { left, right, apart } of pairs) {
    if (left === line && right.x < line.x + apart - 0.01) {
      right.x = line.x + apart;
      push(right, pairs);
    } else if (right === line && left.x > line.x - apart + 0.01) {
      left.x = line.x - apart;
      push(left, pairs);
    }
  }
}

/** Towards the middle of what it is joined to, as far as longer lines beside it let it; shorter ones make room. @param {Line} line @param {Map<Spot, Line>} lines @param {readonly Neighbours[]} pairs */
function settle(line, lines, pairs) {
  const joined = line.spots
    .flatMap(({ before, after }) => [...before, ...after])
    .map((spot) => /** @type {Line} */ (lines.get(spot)))
    .filter((other) => other !== line);
  if (!joined.length) return;
  const firm = (/** @type {Line} */ other) => other.spots.length >= line.spots.length;
  const low = pairs.filter(({ left, right }) => right === line && firm(left)).map(({ left, apart }) => left.x + apart);
  const high = pairs
    .filter(({ left, right }) => left === line && firm(right))
    .map(({ right, apart }) => right.x - apart);
  line.x = Math.min(Math.max(mean(joined.map(({ x }) => x)), ...low), ...high);
  push(line, pairs);
}

/** Sets the `x` of every spot; the order within a row stays. @param {readonly Spot[][]} rows */
export function aligned(rows) {
  for (const straight of [true, false]) {
    const lines = linesOf(rows, straight);
    const pairs = rows.flatMap((row) =>
      row.slice(1).map((spot, i) => ({
        left: /** @type {Line} */ (lines.get(row[i])),
        right: /** @type {Line} */ (lines.get(spot)),
        apart: (row[i].w + spot.w) / 2 + GAP,
      })),
    );
    const all = [...new Set(lines.values())];
    if (!packed(pairs, all.length)) continue;
    for (let round = 0; round < ROUNDS; round += 1)
      for (const line of round % 2 ? all.toReversed() : all) settle(line, lines, pairs);
    packed(pairs, all.length);
    for (const [spot, { x }] of lines) spot.x = x;
    return;
  }
}
