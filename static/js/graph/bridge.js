/**
 * Wires past what is hidden: a value that goes into something hidden is led on to whatever that leads to.
 *
 * A bridged wire starts as the value did, so its name and the gradient that comes back to it are those of its start; how
 * many hidden things lie on it stands beside it.
 */

/** @typedef {import("./types.js").Connection} Connection */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {{first: Connection, forward: boolean, past: Set<string>}} Way from a shown thing into a hidden one, and what hidden things it passes */

/** The most ways that are followed at once: through a tangle there are as many as pairs of ends. */
const MOST = 30_000;

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
    else for (const way of ways.to(each.from)) join(found, way, each);
    if (ways.total > MOST) return null;
  }
  return [...found.values()];
}

/** @param {Map<string, Connection>} found @param {Way} way @param {Connection} last */
function join(found, { first, forward, past }, last) {
  const { from, tensor, links } = first;
  if (from === last.to) return;
  // Where nothing was hidden by the reader it is the same wire as ever.
  const key = past.size ? `~${first.key}` : first.key;
  const id = `${from}>${last.to}>${key}`;
  const known = found.get(id);
  const runs = forward && last.forward;
  if (!known) found.set(id, { key, tensor, from, to: last.to, forward: runs, links: [...links], past: [...past] });
  else
    found.set(id, {
      ...known,
      forward: known.forward || runs,
      links: [...new Set([...known.links, ...links])],
      past: [...new Set([...(known.past ?? []), ...past])],
    });
}

class Ways {
  /** @param {Map<string, Connection[]>} into @param {ReadonlyMap<string, Unit>} units @param {(id: string) => boolean} counts */
  constructor(into, units, counts) {
    this.into = into;
    this.units = units;
    this.counts = counts;
    /** @type {Map<string, Way[]>} */
    this.known = new Map();
    this.total = 0;
  }

  /** The ways into a hidden unit, from whatever is shown above it. @param {string} id @returns {Way[]} */
  to(id) {
    // By hand instead of by recursion: a chain of hidden ops can be as long as the tape.
    const waiting = [id];
    const begun = new Set([id]);
    while (waiting.length && this.total <= MOST) {
      const at = waiting[waiting.length - 1];
      const open = (this.into.get(at) ?? []).map(({ from }) => from);
      const next = this.known.has(at)
        ? []
        : open.filter((from) => !this.units.has(from) && !this.known.has(from) && !begun.has(from));
      for (const from of next) {
        begun.add(from);
        waiting.push(from);
      }
      if (next.length) continue;
      waiting.pop();
      if (!this.known.has(at)) this.known.set(at, this.gather(at));
    }
    return this.known.get(id) ?? [];
  }

  /** @param {string} id @returns {Way[]} */
  gather(id) {
    /** @type {Map<string, Way>} */
    const ways = new Map();
    const own = this.counts(id) ? [id] : [];
    const add = (
      /** @type {Connection} */ first,
      /** @type {boolean} */ forward,
      /** @type {Iterable<string>} */ past,
    ) => {
      const key = `${first.from}|${first.key}`;
      const known = ways.get(key);
      if (known) {
        for (const each of past) known.past.add(each);
        known.forward ||= forward;
      } else ways.set(key, { first, forward, past: new Set([...past, ...own]) });
    };
    for (const each of this.into.get(id) ?? []) {
      if (this.units.has(each.from)) add(each, each.forward, []);
      else for (const way of this.known.get(each.from) ?? []) add(way.first, way.forward && each.forward, way.past);
    }
    const found = [...ways.values()];
    this.total += found.reduce((sum, { past }) => sum + 1 + past.size, 0);
    return found;
  }
}
