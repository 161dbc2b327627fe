/** What is equal to a thing: the modules of the stack it is in, or the same call or op in every turn of its loop. */

import { foldTitle, foldType, memberName, thingOf } from "./fold_faces.js";
import { readFacts } from "./facts.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Fold} Fold */
/** @typedef {{name: string, thing: string}} Equal */
/** @typedef {{kind: Fold["kind"], type: string, title: string, whole: boolean, at: number, equals: Equal[]}} Equals `whole`: the thing stands for all of them; `at`: which of them it is, or -1 */
/** @typedef {{facts: Facts, within: ReadonlyMap<string, Fold>}} Found `within`: the stack, loop or turn that a member is in */

/** @type {WeakMap<Tape, Found>} */
const found = new WeakMap();

/** @param {Tape} tape @returns {Found} */
function read(tape) {
  let known = found.get(tape);
  if (!known) {
    const facts = readFacts(tape);
    const within = new Map();
    for (const fold of facts.folds.values())
      if (fold.kind !== "rest") for (const member of fold.members) within.set(member, fold);
    found.set(tape, (known = { facts, within }));
  }
  return known;
}

/** Null where nothing repeats itself. @param {Tape} tape @param {string} thing `module:3`, `call:3`, `op:3` @returns {Equals | null} */
export function equalsOf(tape, thing) {
  const { facts, within } = read(tape);
  if (!facts.folds.size) return null;
  const own = [...facts.folds.values()].find(
    (fold) => (fold.kind === "stack" || fold.kind === "loop") && thingOf(tape, facts, fold) === thing,
  );
  const inner = within.get(thing);
  const place = inner?.kind === "turn" ? inner.members.indexOf(thing) : 0;
  const fold = inner?.kind === "turn" ? within.get(inner.name) : inner;
  const shown = fold ?? own;
  if (!shown || (shown.kind !== "stack" && shown.kind !== "loop")) return null;
  const equals = shown.members.map((member, i) => {
    const turn = facts.folds.get(facts.foldOf.get(member) ?? -1);
    const bead = turn ? (turn.members[place] ?? turn.members[0]) : member;
    const standing = facts.folds.get(facts.foldOf.get(bead) ?? -1);
    return {
      name: shown.kind === "loop" ? `t = ${i}` : memberName(tape, facts, bead),
      thing: standing ? thingOf(tape, facts, standing) : bead,
    };
  });
  return {
    kind: shown.kind,
    type: foldType(tape, facts, shown),
    title: foldTitle(tape, facts, shown),
    whole: own === shown && shown.kind === "stack" && thing.startsWith("module:"),
    at: equals.findIndex((each) => each.thing === thing),
    equals,
  };
}
