/** How much the graph lays out, and what it says instead of what would be too much. */

import { t } from "../language/index.js";
import { grouped } from "../tape/grouped.js";

/** @typedef {import("./types.js").Facts} Facts */

export const MOST = 20_000;
/** Scenes larger than this are laid out in a worker. */
export const LARGE = 2500;

/** Why the open levels are not drawn, or null if they are. @param {Facts} facts @param {ReadonlySet<number>} open */
export function refusal(facts, open) {
  let total = 0;
  let largest = 0;
  let ops = 0;
  /** @type {(number | null)[]} */
  const calls = [null];
  for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
    const units = facts.byCall.get(call) ?? [];
    const children = facts.children.get(call) ?? [];
    const size = units.length + children.length;
    total += size;
    if (size > largest) [largest, ops] = [size, units.filter((unit) => unit.kind === "op").length];
    for (const child of children) if (open.has(child)) calls.push(child);
  }
  if (total <= MOST) return null;
  const [what, limit] = [grouped(largest > MOST && ops > MOST ? ops : total), grouped(MOST)];
  return largest > MOST
    ? ops > MOST
      ? t(
          "This level has {what} ops; the graph shows up to {limit}. The event list and the inspector still show everything.",
          { what, limit },
        )
      : t(
          "This level has {what} things; the graph shows up to {limit}. The event list and the inspector still show everything.",
          { what, limit },
        )
    : t(
        "The open levels have {what} things; the graph shows up to {limit}. Close some to see the others; the event list and the inspector show everything.",
        { what, limit },
      );
}

/** @param {number} size */
export function working(size) {
  return t("Laying out {n} things…", { n: grouped(size) });
}
