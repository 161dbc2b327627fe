/**
 * Wires past what is hidden: a value that goes into something hidden is led on to whatever that leads to.
 *
 * A bridged wire starts as the value did, so its name and the gradient that comes back to it are those of its start; how
 * many hidden things lie on it stands beside it. Where several values meet in something hidden, that stays as a dot
 * (junctions.js): led on one by one, the values of a model with residuals would make wires from everything to everything.
 */

/** @typedef {import("./types.js").Connection} Connection */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {{first: Connection, forward: boolean}} Way how a value goes from a shown thing into a hidden one */

/** The most steps that are taken: through a tangle there are as many ways as pairs of ends. */
const MOST = 100_000;

/**
 * The connections among what is shown, or null where they would be too many.
 * @param {readonly Connection[]} connections
 * @param {ReadonlyMap<string, Unit>} units those that are shown
 * @param {(id: string) => boolean} counts whether a hidden unit is one that the reader hid
 * @returns {Connection[] | null}
 */
export function bridged(connections, units, counts) {
  /** @type {Map<string, Connection[]>} */
  const into = new Map();
  for (const each of connections) {
    if (units.has(each.to)) continue;
    const list = into.get(each.to);
    if (list) list.push(each);
    else into.set(each.to, [each]);
  }
  if (!into.size) return connections.filter(({ from }) => units.has(from));
  const ways = new Ways(into, units, counts);
  /** @type {Map<string, Connection>} */
  const found = new Map();
  for (const each of connections) {
    if (!units.has(each.to)) continue;
    if (units.has(each.from)) found.set(`${each.from}>${each.to}>${each.key}`, each);
    else for (const [name, way] of ways.to(each.from)) join(found, way, ways.past(each.from, name), each);
    if (ways.steps > MOST) return null;
  }
  return [...found.values()];
}

/** @param {Map<string, Connection>} found @param {Way} way @param {readonly string[]} past @param {Connection} last */
function join(found, { first, forward }, past, last) {
  const { from, tensor, links } = first;
  if (from === last.to) return;
  // Where nothing was hidden by the reader it is the same wire as ever.
  const key = past.length ? `~${first.key}` : first.key;
  const id = `${from}>${last.to}>${key}`;
  const known = found.get(id);
  const runs = forward && last.forward;
  found.set(id, {
    key,
    tensor,
    from,
    to: last.to,
    forward: runs || (known?.forward ?? false),
    links: [...new Set([...(known?.links ?? []), ...links])],
    past: [...new Set([...(known?.past ?? []), ...past])],
  });
}

class Ways {
  /** @param {Map<string, Connection[]>} into @param {ReadonlyMap<string, Unit>} units @param {(id: string) => boolean} counts */
  constructor(into, units, counts) {
    this.into = into;
    this.units = units;
    this.counts = counts;
    /** The ways into each hidden unit, by where they start. @type {Map<string, Map<string, Way>>} */
    this.known = new Map();
    this.steps = 0;
  }

  /** The ways into a hidden unit, from whatever is shown above it. @param {string} id @returns {Map<string, Way>} */
  to(id) {
    // By hand instead of by recursion: a chain of hidden ops can be as long as the tape.
    const waiting = [id];
    const begun = new Set([id]);
    while (waiting.length && this.steps <= MOST) {
      const at = waiting[waiting.length - 1];
      const next = this.known.has(at) ? [] : this.above(at).filter((from) => !this.known.has(from) && !begun.has(from));
      for (const from of next) {
        begun.add(from);
        waiting.push(from);
      }
      if (next.length) continue;
      waiting.pop();
      if (!this.known.has(at)) this.known.set(at, this.gather(at));
    }
    return this.known.get(id) ?? new Map();
  }

  /** The hidden units that lead into one. @param {string} id */
  above(id) {
    return (this.into.get(id) ?? []).flatMap(({ from }) => (this.units.has(from) ? [] : [from]));
  }

  /** @param {string} id @returns {Map<string, Way>} */
  gather(id) {
    /** @type {Map<string, Way>} */
    const ways = new Map();
    const add = (/** @type {string} */ name, /** @type {Connection} */ first, /** @type {boolean} */ forward) => {
      const known = ways.get(name);
      if (known) known.forward ||= forward;
      else ways.set(name, { first, forward });
    };
    for (const each of this.into.get(id) ?? []) {
      if (this.units.has(each.from)) add(`${each.from}|${each.key}`, each, each.forward);
      else
        for (const [name, { first, forward }] of this.known.get(each.from) ?? [])
          add(name, first, forward && each.forward);
    }
    this.steps += ways.size;
    return ways;
  }

  /** What the reader hid on the ways from one start into a hidden unit, the furthest first. @param {string} id @param {string} start @returns {string[]} */
  past(id, start) {
    const seen = new Set([id]);
    // A set is walked in the order in which it grows.
    for (const at of seen) {
      if ((this.steps += 1) > MOST) break;
      for (const from of this.above(at)) if (this.known.get(from)?.has(start)) seen.add(from);
    }
    return [...seen].filter(this.counts).reverse();
  }
}
