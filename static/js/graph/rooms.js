/** How much room the rows of a level have: one that would be too wide goes on in the next. */

import { GAP } from "./columns.js";

/** @typedef {import("./types.js").Level} Level */
/** @typedef {{own: number, leaves: number}} Need */

/** How wide a row may be; one thing alone may be wider. */
const WIDEST = 2000;

/** A thing takes its own room in its row, and that of the leaves that only wait for it in the row above. */
export class Rooms {
  /** @param {Level} level @param {readonly number[][]} into @param {(unit: number) => number} width */
  constructor(level, into, width) {
    const isLeaf = (/** @type {number} */ v) => level.units[v]?.kind === "leaf";
    const counted = new Set();
    /** What each thing takes; leaves alone go where their first user goes. @type {Need[]} */
    this.needs = level.units.map((_, v) => {
      if (isLeaf(v)) return { own: 0, leaves: 0 };
      const waiting = into[v].filter((from) => isLeaf(from) && !counted.has(from));
      for (const leaf of waiting) counted.add(leaf);
      return { own: width(v) + GAP, leaves: waiting.reduce((sum, leaf) => sum + width(leaf) + GAP, 0) };
    });
    /** @type {number[][]} by story and row, counted from the story's first */
    this.stories = [];
    /** @type {number[]} by row */
    this.rows = [];
    /** Where the latest thing went that could have gone to a row, by story and row: those before are full. @type {Map<string, number>} */
    this.latest = new Map();
    /** Where the latest one went that could have sunk to a row: those below are full. @type {Map<number, number>} */
    this.sunk = new Map();
  }

  /** The first row from a given one on that has room for a thing: it is taken. @param {number} v @param {number} story @param {number} first */
  from(v, story, first) {
    const rows = (this.stories[story] ??= []);
    const key = `${story}:${first}`;
    let row = this.latest.get(key) ?? first;
    while (!fits(rows, row, this.needs[v])) row += 1;
    take(rows, row, this.needs[v], 1);
    if (this.needs[v].own) this.latest.set(key, row);
    return row;
  }

  /** Once all stories stand below each other. @param {readonly number[]} begins the first row of each */
  begin(begins) {
    this.stories.forEach((rows, story) =>
      rows.forEach((room, row) => {
        this.rows[begins[story] + row] = (this.rows[begins[story] + row] ?? 0) + room;
      }),
    );
  }

  /** The lowest row with room for a thing that may sink. @param {number} v @param {number} now @param {number} lowest */
  down(v, now, lowest) {
    const need = this.needs[v];
    take(this.rows, now, need, -1);
    let row = Math.max(now, this.sunk.get(lowest) ?? lowest);
    while (row > now && !fits(this.rows, row, need)) row -= 1;
    take(this.rows, row, need, 1);
    if (need.own) this.sunk.set(lowest, row);
    return row;
  }
}

/** Whether what is wanted finds room beside what is there. @param {number | undefined} there @param {number} wanted */
const holds = (there, wanted) => !wanted || !there || there + wanted <= WIDEST;

/** @param {readonly number[]} rows @param {number} row @param {Need} need */
const fits = (rows, row, { own, leaves }) => holds(rows[row], own) && holds(rows[row - 1], leaves);

/** @param {number[]} rows @param {number} row @param {Need} need @param {1 | -1} sign */
function take(rows, row, { own, leaves }, sign) {
  rows[row] = (rows[row] ?? 0) + sign * own;
  if (row > 0) rows[row - 1] = (rows[row - 1] ?? 0) + sign * leaves;
}
