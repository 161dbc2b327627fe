/** From one view of a graph to another: what it would show, why it cannot, and which view shows a thing. */

import { t } from "../language/index.js";
import { isGroup } from "./nesting.js";
import { shownOf } from "./shown.js";
import { PLAIN, kindOf, sameView } from "./view.js";

/** @typedef {import("./index.js").Graph} Graph */
/** @typedef {import("./view.js").View} View */
/** @typedef {import("./shown.js").Shown} Shown */

/** What a view shows with the groups that are open. @param {Graph} graph @param {View} view @returns {Shown} */
export function shownIn(graph, view) {
  const place = view.near && graph.placeOf(view.near.thing);
  return shownOf(graph.tape, graph.facts, view, graph.open, place ? [place.unit] : []);
}

/** Why a view cannot be shown, in a sentence; null where it can. @param {Graph} graph @param {View} view */
export function whyNot(graph, view) {
  const found = shownIn(graph, view);
  if ("refused" in found) return t("Too many wires would lead past what is hidden: hide less, or open fewer modules.");
  if (view.near && !found.census.near?.boxes)
    return t("Nothing in the graph stands for it, so it has no neighbours here.");
  return null;
}

/** The view in which a unit is shown: as it is, if it is shown now. @param {Graph} graph @param {string} unit @returns {View} */
export function showing({ tape, facts, shown, view }, unit) {
  if (isGroup(unit) ? !view.near : shown.units.has(unit)) return view;
  const found = facts.units.get(unit);
  const kind = found ? kindOf(tape, found) : null;
  const next = { ...view, hidden: view.hidden.filter((each) => each !== kind), near: null };
  return sameView(next, view) ? PLAIN : next;
}

/** Whether things stand elsewhere in one view than in the other, so that the screen has to be placed anew. @param {View} a @param {View} b */
export const isElsewhere = (a, b) => !sameView({ ...a, hidden: [] }, { ...b, hidden: [] });
