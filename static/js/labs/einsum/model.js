/** The einsum lab's state: what is set, what is recorded of it, which contraction is played, and where it stands. */

import { computed, effect, untracked } from "../../../vendor/preact.js";
import { createFields } from "../fields.js";
import { createRecording } from "../recording.js";
import { frameAt, keepPlace, whenSettled } from "../settled.js";
import { createTransport } from "../transport.js";
import { operandName } from "./equation.js";
import { turnAt, turns } from "./loops.js";
import { told } from "./read.js";
import { DEFAULTS, setupOf } from "./setup.js";

/** @typedef {ReturnType<typeof createModel>} Model */
/** @typedef {import("./loops.js").Contraction} Contraction */
/** @typedef {import("./setup.js").Setup} Setup */
/** @typedef {import("./read.js").Told} Told */

/** What is not recorded yet has no numbers. @param {number[] | null | undefined} data @param {readonly number[]} shape */
const known = (data, shape) => data ?? Array(shape.reduce((count, size) => count * size, 1)).fill(null);

/** @param {number} size */
const identity = (size) => Array.from({ length: size * size }, (_, i) => Number(Math.floor(i / size) === i % size));

/** @param {import("./equation.js").Index[]} indices */
const labelsOf = (indices) => indices.map(({ label }) => label);

/** The forward contraction, with the numbers of the tape. @param {Setup} setup @param {Told | null} seen @returns {Contraction | null} */
export function forwardOf({ equation, shapes }, seen) {
  if (!equation) return null;
  const { terms, output, sizes, free, summed } = equation;
  const shape = output.map(({ label }) => sizes.get(label) ?? 1);
  return {
    factors: terms.map(({ indices }, n) => ({
      name: operandName(n),
      labels: labelsOf(indices),
      shape: shapes[n],
      data: known(seen?.operands[n].data, shapes[n]),
    })),
    output: { name: "y", labels: labelsOf(output), shape, data: known(seen?.y.data, shape) },
    sizes,
    free,
    summed,
  };
}

/** The adjoint contraction of one operand. @param {Setup} setup @param {Told | null} seen @param {number} n @returns {Contraction | null} */
export function backwardOf(setup, seen, n) {
  const forward = forwardOf(setup, seen);
  const adjoint = setup.program?.lines.adjoints[n]?.adjoint;
  if (!forward || !adjoint) return null;
  const y = forward.output;
  const factors = adjoint.factors.map(({ name, labels, eye }) => {
    if (eye !== null) return { name, labels, shape: [eye, eye], data: identity(eye), eye: true };
    if (name === "g") return { ...y, name: "g", data: known(seen?.g, y.shape) };
    return /** @type {import("./loops.js").Tensor} */ (forward.factors.find((each) => each.name === name));
  });
  /** @type {Map<string, number>} */
  const sizes = new Map();
  for (const { labels, shape } of factors)
    labels.forEach((label, dim) => sizes.set(label, Math.max(shape[dim], sizes.get(label) ?? 1)));
  const shape = adjoint.labels.map((label) => sizes.get(label) ?? 1);
  const summed = [...sizes.keys()].filter((label) => !adjoint.labels.includes(label));
  const data = known(seen?.adjoints[n].contraction.data, shape);
  return {
    factors,
    output: { name: `${operandName(n)}_bar`, labels: adjoint.labels, shape, data },
    sizes,
    free: adjoint.labels,
    summed,
  };
}

export function createModel() {
  const fields = createFields("einsum", DEFAULTS, { of: "y", turn: "" });
  const recording = createRecording();
  const setup = computed(() => setupOf(fields.now.value));
  const seen = computed(() => {
    const { recorded } = recording;
    const { program } = setup.value;
    return program && recorded.value?.asked.source === program.source ? told(recorded.value.tape, program) : null;
  });
  /** Which contraction is looked at: −1 is the forward one. */
  const of = computed(() => {
    const n = setup.value.shapes.findIndex((_, i) => operandName(i) === fields.place.value.of);
    return setup.value.equation ? n : -1;
  });
  const contraction = computed(() =>
    of.value < 0 ? forwardOf(setup.value, seen.value) : backwardOf(setup.value, seen.value, of.value),
  );
  const transport = createTransport({
    dwellMs: 700,
    segments: () => [
      { from: 0, to: transport.count.value - 1, phase: of.value < 0 ? "forward" : "backward", label: "" },
    ],
  });
  const turn = computed(() =>
    contraction.value && transport.at.value >= 0 && transport.at.value < turns(contraction.value)
      ? turnAt(contraction.value, transport.at.value)
      : null,
  );

  const source = computed(() => setup.value.program?.source ?? "");
  const { pending, now: recordNow } = whenSettled(source, () => {
    const { program, text } = untracked(() => setup.value);
    if (!program || untracked(() => seen.value)) return;
    recording.record({ source: program.source, options: {}, title: `Einsum lab: ${text}`.slice(0, 80) });
  });
  // Another contraction, or another loop nest: it is shown as a whole, unless the address says where to stand.
  const nest = computed(() =>
    JSON.stringify([
      of.value,
      contraction.value?.free,
      contraction.value?.summed,
      [...(contraction.value?.sizes ?? [])],
    ]),
  );
  effect(() => {
    void nest.value;
    untracked(() => {
      const count = contraction.value ? turns(contraction.value) : 0;
      transport.load(count, frameAt(fields.place.value.turn, count));
    });
  });
  keepPlace(transport, (turn) => fields.go({ turn }));
  /** @param {string} name */
  const look = (name) => fields.go({ of: name, turn: "" });
  /** Nothing is there and nothing is coming. */
  const idle = computed(
    () =>
      Boolean(source.value) && !seen.value && !pending.value && !recording.running.value && !recording.trouble.value,
  );
  return { fields, recording, idle, setup, seen, of, contraction, transport, turn, look, recordNow };
}
