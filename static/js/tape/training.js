/** Whether a module is in training mode along a tape: its flag, as `train()`, `eval()` and direct writes set it. */

/** @typedef {import("./load.js").Tape} Tape */

/** The module's `training` flag after a step. @param {Tape} tape @param {number} id @param {number} step */
export function isTraining(tape, id, step) {
  const line = lineage(tape, id);
  for (let at = Math.min(step, tape.events.length - 1); at >= 0; at -= 1) {
    const event = tape.events[at];
    if (event.kind !== "mode" || event.name !== "training" || event.module === null) continue;
    // Without a place in the program the module's own flag was written, and nobody's below it.
    if (event.module === id || (event.span !== null && line.has(event.module))) return event.enabled;
  }
  return tape.modules[id].training;
}

/** A module and all that hold it. @param {Tape} tape @param {number} id */
function lineage(tape, id) {
  const line = new Set([id]);
  for (let at = tape.modules[id].parent; at !== null && !line.has(at); at = tape.modules[at].parent) line.add(at);
  return line;
}
