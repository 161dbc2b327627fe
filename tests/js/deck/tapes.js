/** Tapes for the tests of stepping and breakpoints: recorded ones, and lists of events written by hand. */

import { readFileSync } from "node:fs";

import { Tape, fill } from "../../../static/js/tape/load.js";

const CASES = new URL("../../data/at_cases.json", import.meta.url);

/** The recorded tapes that Python and JavaScript share. @returns {{name: string, tape: Tape}[]} */
export function recorded() {
  return JSON.parse(readFileSync(CASES, "utf8")).map(({ name, tables, events }) => ({
    name,
    tape: Tape.parse(
      tables,
      typeof events === "string" ? events : events.map((event) => JSON.stringify(event)).join("\n"),
    ),
  }));
}

/** The recorded tape of a name. @param {string} name */
export const tapeOf = (name) => recorded().find((each) => each.name === name).tape;

const WORDS = {
  call: (call) => ({ kind: "call_enter", call }),
  "/call": (call) => ({ kind: "call_exit", call }),
  node: (node) => ({ kind: "node_enter", node }),
  "/node": (node) => ({ kind: "node_exit", node }),
  pass: (index) => ({ kind: "backward_start", index, tensors: [], roots: [], values: [] }),
  "/pass": (index) => ({ kind: "backward_end", index }),
  hook: (hook) => ({ kind: "hook_fire", hook }),
  op: (op) => ({ kind: "op", op }),
  to: (node) => ({ kind: "contribution", node }),
  print: (span) => ({ kind: "print", text: "", span }),
};

const SPAN = { source: 0, line: 1, column: 0, end_line: 1, end_column: 3, function: "<module>" };

/**
 * A tape of events in short: `call 0, op 1, /call 0`; `2:op 1` runs in thread 2. Op 9 is hook 0's own; span 1 lies in its function.
 * @param {string} text
 */
export function played(text) {
  const events = text.split(",").map((word) => {
    const [, thread, kind, id] = /^(?:(\d):)?(\S+) (\d+)$/.exec(word.trim());
    return fill({ ...WORDS[kind](Number(id)), thread: Number(thread ?? 0) });
  });
  const rows = (make) => Array.from({ length: 10 }, (_, id) => ({ id, ...make(id) }));
  const tables = {
    header: { title: "test", values: "full" },
    sources: [{ id: 0, name: "main.py", text: "one\ntwo\n" }],
    spans: [
      { id: 0, ...SPAN },
      { id: 1, ...SPAN, line: 2, end_line: 2, function: "h" },
    ],
    ops: rows((id) => ({ label: "op", inputs: [], outputs: [], mutates: [], span: 0, hook: id === 9 ? 0 : null })),
    nodes: rows(() => ({ name: "Node", op: null, inputs: [], next_functions: [], variable: null })),
    calls: rows(() => ({ module: 0, span: 0, inputs: [], outputs: [] })),
    modules: [{ id: 0, path: "net", type: "Net" }],
    hooks: rows(() => ({ kind: "tensor", tensor: null, name: "h", span: 1 })),
    values: [],
  };
  return new Tape(tables, events);
}
