/** What is equal to a thing: the modules of the stack it is in, or the same call or op in every turn of its loop. */

import { foldTitle, foldType, memberName, thingOf } from "./fold_faces.js";
import { readFacts } from "./facts.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Fold} Fold */
/** @typedef {{name: string, thing: string}} Equal */
/** @typedef {{kind: "stack" | "loop", type: string, title: string, whole: boolean, at: number, equals: readonly Equal[]}} Equals `whole`: the thing stands for all of them; `at`: which of them it is, or -1 */

/** What is asked for at every step is read from a tape once. @type {WeakMap<Tape, Reader>} */
const known = new WeakMap();

class Reader {
  /** @param {Tape} tape */
  constructor(tape) {
    this.tape = tape;
    this.facts = readFacts(tape);
    /** The stack, loop or turn that a member is in. @type {Map<string, Fold>} */
    this.within = new Map();
    /** The first stack or loop that a thing stands for. @type {Map<string, Fold>} */
    this.standing = new Map();
    /** @type {Map<string, Equal[]>} */
    this.lists = new Map();
    for (const fold of this.facts.folds.values()) {
      if (fold.kind === "rest") continue;
      for (const member of fold.members) this.within.set(member, fold);
      if (fold.kind === "turn") continue;
      const thing = thingOf(tape, this.facts, fold);
      if (!this.standing.has(thing)) this.standing.set(thing, fold);
    }
  }

  /** A member that is a fold itself. @param {string} member */
  foldOf(member) {
    return this.facts.folds.get(this.facts.foldOf.get(member) ?? -1);
  }

  /** What stands at one place of every turn. @param {Fold} fold @param {number} place */
  list(fold, place) {
    const key = `${fold.id}:${place}`;
    let list = this.lists.get(key);
    if (!list) this.lists.set(key, (list = fold.members.map((member, i) => this.equal(fold, member, i, place))));
    return list;
  }

  /** @param {Fold} fold @param {string} member @param {number} turn @param {number} place @returns {Equal} */
  equal(fold, member, turn, place) {
    const { tape, facts } = this;
    const beads = this.foldOf(member)?.members ?? [member];
    const bead = beads[place] ?? beads[0];
    const inner = this.foldOf(bead);
    return {
      name: fold.kind === "loop" ? `t = ${turn}` : memberName(tape, facts, bead),
      thing: inner ? thingOf(tape, facts, inner) : bead,
    };
  }
}

/** Null where nothing repeats itself. @param {Tape} tape @param {string} thing `module:3`, `call:3`, `op:3` @returns {Equals | null} */
export function equalsOf(tape, thing) {
  let reader = known.get(tape);
  if (!reader) known.set(tape, (reader = new Reader(tape)));
  const own = reader.standing.get(thing);
  const inner = reader.within.get(thing);
  const turn = inner?.kind === "turn" ? inner : null;
  const fold = (turn ? reader.within.get(turn.name) : inner) ?? own;
  if (fold?.kind !== "stack" && fold?.kind !== "loop") return null;
  const equals = reader.list(fold, turn ? turn.members.indexOf(thing) : 0);
  return {
    kind: fold.kind,
    type: foldType(tape, reader.facts, fold),
    title: foldTitle(tape, reader.facts, fold),
    whole: own === fold && fold.kind === "stack" && thing.startsWith("module:"),
    at: equals.findIndex((each) => each.thing === thing),
    equals,
  };
}
