/** The breakpoints of the program that plays: which there are, where they stop its tape, and that they are kept. */

import { computed, signal } from "../../vendor/preact.js";
import { hits, lineMeant, onLine, onThing } from "../deck/breakpoints.js";
import { carried, programKey, readBreakpoints } from "../deck/keeping.js";
import { nearest } from "../deck/stepping.js";
import { lastAt } from "../tape/state.js";
import { recall, remember } from "./remember.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../deck/breakpoints.js").Breakpoint} Breakpoint */

const KEY = "breakpoints";
/** The programs whose breakpoints are kept. */
const PROGRAMS = 30;

/** @returns {Record<string, unknown>} */
function stored() {
  const all = recall(KEY, /** @type {unknown} */ ({}));
  return all && typeof all === "object" ? /** @type {Record<string, unknown>} */ (all) : {};
}

/** @param {{value: {tape: Tape} | null}} player */
export function createBreakpoints(player) {
  const breakpoints = signal(/** @type {Breakpoint[]} */ ([]));
  /** The step at which playing was stopped by a breakpoint, until the tape moves on. */
  const halted = signal(/** @type {number | null} */ (null));
  const stops = computed(() => (player.value ? hits(player.value.tape, breakpoints.value) : []));
  const steps = computed(() => stops.value.map(({ step }) => step));
  /** @param {number} step */
  const stopAt = (step) => {
    const at = lastAt(steps.value, step);
    return at >= 0 && steps.value[at] === step ? stops.value[at] : null;
  };

  /** @param {Breakpoint[]} now */
  function keep(now) {
    breakpoints.value = now;
    const { tape } = player.value ?? {};
    if (!tape) return;
    const key = programKey(tape);
    const others = Object.entries(stored()).filter(([program]) => program !== key);
    const all = [...others, ...(now.length ? [[key, now]] : [])].slice(-PROGRAMS);
    remember(KEY, all.length ? Object.fromEntries(all) : null);
  }

  const verbs = {
    /** @param {Breakpoint} added */
    addBreakpoint: (added) => {
      keep([...breakpoints.value.filter(({ id }) => id !== added.id), added]);
    },
    /** @param {string} id */
    removeBreakpoint: (id) => keep(breakpoints.value.filter((each) => each.id !== id)),
    /** @param {string} id @param {boolean} on */
    switchBreakpoint: (id, on) => keep(breakpoints.value.map((each) => (each.id === id ? { ...each, on } : each))),
    /** Sets the breakpoint, or removes it where there is one. @param {Breakpoint} wanted */
    toggleBreakpoint: (wanted) => {
      if (breakpoints.value.some(({ id }) => id === wanted.id)) verbs.removeBreakpoint(wanted.id);
      else verbs.addBreakpoint(wanted);
    },
    /** @param {number} line */
    toggleLine: (line) => {
      const { tape } = player.value ?? {};
      if (!tape) return;
      const there = breakpoints.value.some((each) => each.what === "line" && each.line === line);
      verbs.toggleBreakpoint(onLine(tape, there ? line : lineMeant(tape, line)));
    },
    /** @param {string | null} thing */
    toggleThing: (thing) => {
      if (player.value && thing) verbs.toggleBreakpoint(onThing(player.value.tape, thing));
    },
  };
  return {
    breakpoints,
    stops,
    halted,
    stopAt,
    /** The next (or previous) step at which a breakpoint stops the tape. @param {number} step @param {1 | -1} direction */
    nextStop: (step, direction) => nearest(steps.value, step, direction),
    /** Takes up what was kept for a program; after an edit, what there is now. @param {Tape} tape the one that plays now @param {boolean} edited */
    adopt: (tape, edited) => {
      halted.value = null;
      if (edited && breakpoints.value.length) keep(carried(tape, breakpoints.value));
      else breakpoints.value = readBreakpoints(stored()[programKey(tape)]);
    },
    verbs,
  };
}
