/** Where wires meet in something hidden: there a dot stays. What has one thing above it, or none, leaves nothing behind. */

/** @typedef {import("./types.js").Connection} Connection */

/**
 * @param {readonly Connection[]} connections @param {(id: string) => boolean} isShown
 * @param {(id: string) => boolean} mayStay whether a hidden unit can be a dot
 * @returns {Set<string>} hidden units
 */
export function junctionsOf(connections, isShown, mayStay) {
  /** @type {Map<string, Connection[]>} */
  const into = new Map();
  for (const each of connections) {
    if (isShown(each.to)) continue;
    const list = into.get(each.to);
    if (list) list.push(each);
    else into.set(each.to, [each]);
  }
  const junctions = new Set(/** @type {string[]} */ ([]));
  /** What comes into each hidden unit; two are as good as many. @type {Map<string, Set<string>>} */
  const known = new Map();
  /** @param {string} id */
  const settle = (id) => {
    const above = new Set(/** @type {string[]} */ ([]));
    for (const { from, key } of into.get(id) ?? []) {
      if (above.size > 1) break;
      if (isShown(from) || junctions.has(from)) above.add(`${from}|${key}`);
      else for (const each of known.get(from) ?? []) above.add(each);
    }
    known.set(id, above);
    if (above.size > 1 && mayStay(id)) junctions.add(id);
  };
  for (const start of into.keys()) {
    // By hand instead of by recursion: a chain of hidden ops can be as long as the tape.
    const waiting = [start];
    const begun = new Set(waiting);
    while (waiting.length) {
      const at = waiting[waiting.length - 1];
      const next = (into.get(at) ?? []).flatMap(({ from }) =>
        isShown(from) || known.has(from) || begun.has(from) ? [] : [from],
      );
      for (const from of next) {
        begun.add(from);
        waiting.push(from);
      }
      if (next.length) continue;
      waiting.pop();
      if (!known.has(at)) settle(at);
    }
  }
  return junctions;
}
