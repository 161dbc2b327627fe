/** The event list as a table: a row an event, as it can be taken into a spreadsheet. */

import { narrate } from "./narrate.js";

/** @typedef {import("./state.js").History} History */
/** @typedef {import("./phases.js").Segment} Segment */

/** @param {History} history @param {readonly Segment[]} segments @returns {(string | number)[][]} */
export function eventTable(history, segments) {
  /** @type {(string | number)[][]} */
  const rows = [["step", "phase", "kind", "thread", "sentence"]];
  let at = 0;
  history.tape.events.forEach((event, step) => {
    while (at < segments.length - 1 && step > segments[at].to) at += 1;
    rows.push([step + 1, segments[at]?.label ?? "", event.kind, event.thread, narrate(history, step)]);
  });
  return rows;
}
