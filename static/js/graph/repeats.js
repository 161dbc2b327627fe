/** Where a list repeats itself: runs of the same few things over and over, as a loop leaves them. */

/** @typedef {{from: number, period: number, times: number}} Repeat */

/** The longest body of a loop that is looked for. */
const LONGEST = 128;

/**
 * The runs of a list, from its beginning on, none overlapping: of those that begin at a place, the one that covers most,
 * and of equal ones that with the shortest body.
 * @param {readonly number[]} tokens equal numbers for equal things @param {number} least how often a body is there at least
 * @returns {Repeat[]}
 */
export function repeats(tokens, least) {
  const matches = matchesByPeriod(tokens, least);
  /** @type {Repeat[]} */
  const found = [];
  for (let from = 0; from < tokens.length;) {
    /** @type {Repeat | null} */
    let best = null;
    for (const [period, run] of matches) {
      const times = Math.floor(run[from] / period) + 1;
      if (times >= least && (!best || times * period > best.times * best.period)) best = { from, period, times };
    }
    if (best) found.push(best);
    from += best ? best.times * best.period : 1;
  }
  return found;
}

/** For every period that occurs, how many things from each place on are as the one a period later. @param {readonly number[]} tokens @param {number} least */
function matchesByPeriod(tokens, least) {
  /** @type {Map<number, Int32Array>} */
  const matches = new Map();
  const longest = Math.min(LONGEST, Math.floor(tokens.length / least));
  for (let period = 1; period <= longest; period += 1) {
    const run = new Int32Array(tokens.length);
    let most = 0;
    for (let i = tokens.length - period - 1; i >= 0; i -= 1) {
      run[i] = tokens[i] === tokens[i + period] ? run[i + 1] + 1 : 0;
      most = Math.max(most, run[i]);
    }
    if (most >= period * (least - 1)) matches.set(period, run);
  }
  return matches;
}
