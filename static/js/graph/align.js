/** Places on a line: as near to where things want to be as the room between them allows (pool adjacent violators). */

/**
 * The x of things that keep their order and at least `room` between neighbours, with the least weighted square distance to
 * what each wants.
 * @param {readonly number[]} wanted @param {readonly number[]} weights @param {readonly number[]} room `room[i]`: least distance of i and i + 1
 * @returns {number[]}
 */
export function spread(wanted, weights, room) {
  /** @type {{sum: number, weight: number, count: number}[]} */
  const blocks = [];
  let shift = 0;
  const shifts = wanted.map((_, i) => {
    if (i > 0) shift += room[i - 1];
    return shift;
  });
  wanted.forEach((want, i) => {
    blocks.push({ sum: (want - shifts[i]) * weights[i], weight: weights[i], count: 1 });
    while (blocks.length > 1) {
      const last = blocks[blocks.length - 1];
      const before = blocks[blocks.length - 2];
      if (before.sum / before.weight <= last.sum / last.weight) break;
      blocks.pop();
      before.sum += last.sum;
      before.weight += last.weight;
      before.count += last.count;
    }
  });
  const places = blocks.flatMap((block) => new Array(block.count).fill(block.sum / block.weight));
  return places.map((place, i) => place + shifts[i]);
}
