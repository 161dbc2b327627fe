/** Marks that stand too close together are drawn as one, with their number. */

/** @typedef {{x: number, n: number, first: number, last: number}} Cluster where it is drawn, how many marks, and their first and last step */

/** px that a cluster takes at most, at first; that its number takes; and the part of the line that numbers may cover. */
const [WIDE, PLATE, COVERED] = [30, 36, 0.35];

/** @param {readonly number[]} steps in order @param {(step: number) => number} x where a step is drawn @param {number} apart px that two marks need @param {number} wide px that a cluster takes at most */
export function clusters(steps, x, apart, wide) {
  /** @type {Cluster[]} */
  const found = [];
  /** @type {{left: number, right: number, n: number, first: number, last: number} | null} */
  let open = null;
  const close = () => {
    if (open) found.push({ x: (open.left + open.right) / 2, n: open.n, first: open.first, last: open.last });
  };
  for (const step of steps) {
    const at = x(step);
    if (open && at - open.right < apart && at - open.left <= wide) {
      open.right = at;
      open.n += 1;
      open.last = step;
    } else {
      close();
      open = { left: at, right: at, n: 1, first: step, last: step };
    }
  }
  close();
  return found;
}

/** Clusters that leave most of a line free: where they would cover it, there are fewer and larger ones. @param {readonly number[]} steps in order @param {(step: number) => number} x @param {number} apart px that two marks need @param {number} width px of the line */
export function sparse(steps, x, apart, width) {
  let wide = WIDE;
  let found = clusters(steps, x, apart, wide);
  while (wide < width && found.filter(({ n }) => n > 1).length * PLATE > width * COVERED) {
    wide *= 2;
    found = clusters(steps, x, apart, wide);
  }
  return found;
}

/** The part of a list of steps that lies in a stretch of them. @param {readonly number[]} steps in order @param {number} from @param {number} to */
export function between(steps, from, to) {
  const at = (/** @type {number} */ wanted) => {
    let [low, high] = [0, steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return steps.slice(at(from), at(to + 1));
}
