/** The numbers of a tape's values: small ones stand in its tables, the others are asked for one by one. */

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {{shape: readonly number[], data: readonly (number | boolean | string)[]}} Numbers */
/** @typedef {(tape: string, value: number, slice: string) => Promise<{data: (number | boolean | string)[]}>} Fetch */

/** @param {Tape} tape @param {readonly number[]} ids @param {Fetch} fetchNumbers @returns {Promise<Map<number, Numbers>>} */
export async function valuesOf(tape, ids, fetchNumbers) {
  /** @param {number} id @returns {Promise<[number, Numbers]>} */
  const numbersOf = async (id) => {
    const { shape, data, file } = tape.values[id];
    if (data || file === null) return [id, { shape, data: data ?? [] }];
    return [id, { shape, data: (await fetchNumbers(tape.id, id, "")).data.flat() }];
  };
  return new Map(await Promise.all([...new Set(ids)].map(numbersOf)));
}
