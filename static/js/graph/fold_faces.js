/** What stands on a fold: its names, how many of what it puts together, and how large it is. */

import { count, t } from "../language/index.js";
import { middle } from "../tape/short.js";
import { shorten, typeName } from "../tape/words.js";
import { DETAIL, TITLE, monoWidth, rowWidth } from "./measure.js";

/** @typedef {import("./types.js").Tape} Tape */
/** @typedef {import("./types.js").Facts} Facts */
/** @typedef {import("./types.js").Fold} Fold */

/** A row of names, one of shapes and costs, a piece for each member, and the edges of the cards below. */
const STACKED = 68;
const ROW = 32;
/** A turn has its time above and its count below, to be narrow: many stand side by side. */
const TURN = 46;
const NARROW = 104;
/** The longest name of a module in a fold. */
const NAME = 24;

/** @param {Tape} tape @param {Facts} facts @param {Fold} fold @param {boolean} open */
export function foldGroup(tape, facts, fold, open) {
  const counts = facts.counts.get(fold.id) ?? { ops: 0, nodes: 0, parameters: 0, saved: 0 };
  const title = foldTitle(tape, facts, fold);
  const type = foldType(tape, facts, fold);
  const now = nowText(tape, facts, fold, fold.times - 1, fold.times);
  /** @param {string} count */
  const face = (count) => {
    if (isNarrow(facts, fold)) {
      const words = fold.kind === "turn" ? monoWidth(count, DETAIL) + 32 : monoWidth(now, DETAIL + 0.5) + 50;
      const least = Math.max(monoWidth(title, TITLE) + 44, words);
      const height = fold.kind === "turn" ? TURN : STACKED;
      return { width: Math.round(Math.max(NARROW, least)), height, title, detail: type };
    }
    const longest = fold.kind === "turn" || count.length > now.length ? count : now;
    const width = rowWidth(title, type, longest, counts.parameters > 0);
    return { width, height: fold.kind === "turn" ? ROW : STACKED, title, detail: type };
  };
  return {
    id: fold.name,
    kind: /** @type {const} */ ("group"),
    call: null,
    home: fold.parent,
    op: null,
    node: null,
    tensor: null,
    shape: /** @type {const} */ ("group"),
    forward: counts.ops ? face(count("{n} op", "{n} ops", counts.ops)) : null,
    backward: counts.nodes ? face(count("{n} node", "{n} nodes", counts.nodes)) : null,
    counts,
    fold: { ...fold, narrow: isNarrow(facts, fold), stands: [thingOf(tape, facts, fold)] },
    hooks: [],
    saved: "",
    retains: false,
    store: false,
    hooked: false,
    again: null,
    time: null,
    stacked: false,
    open,
  };
}

/** `h.0 – h.11`, `t = 0 – 199`, `t = 3`, `… 195 more …`. @param {Tape} tape @param {Facts} facts @param {Fold} fold */
export function foldTitle(tape, facts, fold) {
  const { kind, times, first, members } = fold;
  if (kind === "rest") return t("… {n} more …", { n: times });
  if (kind === "loop") return `t = 0 – ${times - 1}`;
  if (kind === "turn" && isInTime(facts, fold)) return `t = ${first}`;
  const from = memberName(tape, facts, members[0]);
  const to = memberName(tape, facts, members[members.length - 1], -1);
  return kind === "turn" || from === to ? from : `${from} – ${to}`;
}

/** `12 × GPT2Block`, `200 × (getitem, LSTMCell)`, `t = 3 – 197`. @param {Tape} tape @param {Facts} facts @param {Fold} fold */
export function foldType(tape, facts, fold) {
  const { kind, times, first, members } = fold;
  if (kind === "rest") return `t = ${first} – ${first + times - 1}`;
  const labels = kind === "turn" ? members : (facts.folds.get(facts.foldOf.get(members[0]) ?? -1)?.members ?? members);
  const words = [...new Set(kind === "turn" || labels !== members ? labels.map(word) : [word(members[0])])];
  const body = words.length > 3 ? `${words.slice(0, 2).join(", ")}, …` : words.join(", ");
  if (kind === "turn") return isInTime(facts, fold) ? "" : `(${body})`;
  return t("{n} × {what}", { n: times, what: words.length > 1 ? `(${body})` : body });

  /** @param {string} member */
  function word(member) {
    const id = Number(member.slice(member.indexOf(":") + 1));
    if (member.startsWith("call:")) return middle(typeName(tape.modules[tape.calls[id].module].type), NAME);
    return shorten(tape.ops[id].label, 18);
  }
}

/** What a fold stands for among the things of a tape: the module that its modules make up, else the first of them. @param {Tape} tape @param {Facts} facts @param {Fold} fold @returns {string} */
export function thingOf(tape, facts, { kind, members }) {
  const inner = facts.folds.get(facts.foldOf.get(members[0]) ?? -1);
  if (inner) return thingOf(tape, facts, inner);
  const calls = members.filter((member) => member.startsWith("call:")).map((member) => Number(member.slice(5)));
  if (!calls.length) return members[members.length - 1];
  const modules = calls.map((call) => tape.calls[call].module);
  const { parent } = tape.modules[modules[0]];
  const whole = parent !== null && tape.modules[parent].children.join() === modules.join();
  return kind === "stack" && whole ? `module:${parent}` : `call:${calls[0]}`;
}

/** Whether a fold stands among the turns of a loop. @param {Facts} facts @param {Fold} fold */
export const isNarrow = (facts, fold) => fold.kind === "rest" || (fold.kind === "turn" && isInTime(facts, fold));

/** Turns of one op or one call have no title of their own that says when. @param {readonly import("./types.js").SceneUnit[]} units @param {Fold} fold */
export function timeTurns(units, { members, first }) {
  const times = new Map(members.map((member, i) => [member, first + i]));
  for (const unit of units) if (!unit.fold) unit.time = times.get(unit.id) ?? null;
}

/** @param {Facts} facts @param {Fold} fold */
export function isInTime(facts, { parent }) {
  return ["loop", "rest"].includes(facts.folds.get(parent ?? -1)?.kind ?? "");
}

/** A member's own name, as seen from the module that the fold is in. @param {Tape} tape @param {Facts} facts @param {string} member @param {0 | -1} [end] of a turn of several, the first or the last @returns {string} */
export function memberName(tape, facts, member, end = 0) {
  const fold = facts.folds.get(facts.foldOf.get(member) ?? -1);
  if (fold && isInTime(facts, fold)) return `t = ${fold.first}`;
  if (fold) {
    const calls = fold.members.filter((each) => !each.startsWith("op:"));
    return memberName(tape, facts, calls.at(end) ?? fold.members[0], end);
  }
  if (!member.startsWith("call:")) return tape.ops[Number(member.slice(3))].label;
  return middle(callName(tape, Number(member.slice(5))), NAME);
}

/** A module's name as seen from the module it is in: `blocks.0`. @param {Tape} tape @param {number} call */
export function callName({ calls, modules }, call) {
  const { path, name } = modules[calls[call].module];
  const { parent } = calls[call];
  const above = parent === null ? "" : `${modules[calls[parent].module].path}.`;
  return (above && path.startsWith(above) ? path.slice(above.length) : parent === null ? path : name) || path;
}

/** Which member is at work, and how many have been: `h.6 · 7 of 12`. @param {Tape} tape @param {Facts} facts @param {Fold} fold @param {number} index @param {number} begun */
export function nowText(tape, facts, fold, index, begun) {
  const name = fold.kind === "stack" ? memberName(tape, facts, fold.members[index]) : `t = ${fold.first + index}`;
  return t("{name} · {n} of {all}", { name, n: begun, all: fold.times });
}
