/** Formulas of what moves, copies or picks numbers without changing them. */

import { t } from "../language/index.js";

/** @typedef {import("./formulas_scope.js").Entry} Entry */
/** @typedef {import("./formulas_scope.js").Scope} Scope */

/** The gradient takes the same way back: `y = f(x)`, `x̄ += g(ȳ)`. @param {string[]} ops @param {string[]} nodes @param {string} forward @param {string} backward @param {Partial<Entry>} [more] @returns {Entry} */
const moved = (ops, nodes, forward, backward, more = {}) => ({
  ops,
  nodes,
  forward,
  backward: { x: backward },
  ...more,
});

/** `slice(1, 3, None)` → `1:3`: an index as a program writes it. @param {string} text */
function pythonic(text) {
  const part = (/** @type {string} */ each) => (each === "None" ? "" : each);
  return text
    .replace(
      /slice\(([^,]+), ([^,]+), ([^)]+)\)/g,
      (_, from, to, by) => `${part(from)}:${part(to)}${by === "None" ? "" : `:${by}`}`,
    )
    .replace(/Ellipsis/g, "...")
    .replace(/^\((.*?),?\)$/, "$1");
}

/** What an op picks out, as Python's indexing; `…` where only a node is known. @param {Scope} s */
function picked(s) {
  if (s.argument("i") !== null) return "$i";
  const text = s.constant("i");
  return text !== null && isWhole(text) ? pythonic(text) : "…";
}

/** Whether all brackets of a text are closed: what the tape has cut off is no index. @param {string} text */
function isWhole(text) {
  let depth = 0;
  for (const letter of text) {
    depth += "([".includes(letter) ? 1 : ")]".includes(letter) ? -1 : 0;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** The place along a dimension: `:, 0:3`. @param {string | null} dim @param {string} place @param {number} rank */
function along(dim, place, rank) {
  const at = Number(dim ?? 0);
  const before = at < 0 ? rank + at : at;
  return Number.isInteger(before) && before >= 0 ? `${":, ".repeat(before)}${place}` : null;
}

const MANY = Array.from({ length: 16 }, (_, i) => i);

/** The part of a `cat` that one of its inputs is. @param {Scope} s @param {number} i */
function part(s, i) {
  const rank = s.shape("y")?.length ?? 0;
  const dim = s.constant("dim");
  const at = Number(dim ?? 0) < 0 ? rank + Number(dim) : Number(dim ?? 0);
  let from = 0;
  for (let k = 0; k < i; k += 1) {
    const length = s.shape(`x${k}`)?.[at];
    if (length === undefined) return null;
    from += length;
  }
  const place = along(dim, `${from}:${from + (s.shape(`x${i}`)?.[at] ?? 0)}`, rank);
  return place === null ? null : `~y[${place}]`;
}

/** @param {Scope} s @param {string} name @param {string} prefix @param {number} count */
const several = (s, name, prefix, count) =>
  count > MANY.length
    ? null
    : `"${name}"(${MANY.slice(0, count)
        .map((i) => `${prefix}${i}`)
        .join(", ")})`;

/** @param {(s: Scope, i: number) => string | null} sent @returns {Entry["backward"]} */
const each = (sent) =>
  Object.fromEntries(MANY.map((i) => [`x${i}`, (/** @type {Scope} */ s) => (s.has(`x${i}`) ? sent(s, i) : null)]));

const JOINED = {
  roles: Object.fromEntries(MANY.map((i) => [`x${i}`, [`tensors[${i}]`]])),
  edges: () => MANY.map((i) => `x${i}`),
};

/** @param {Scope} s */
const dimension = (s) =>
  s.constant("dim") === null ? [] : [t("Along dimension {dim}.", { dim: s.constant("dim") ?? "" })];

/** @type {Entry[]} */
const SHAPES = [
  moved(
    ["view", "reshape", "flatten", "unflatten", "view_as", "reshape_as", "ravel"],
    ["View", "UnsafeView", "ReshapeAlias"],
    '"reshape"(x)',
    '"reshape"(~y)',
  ),
  moved(["squeeze"], ["Squeeze"], '"squeeze"(x)', '"unsqueeze"(~y)'),
  moved(["unsqueeze"], ["Unsqueeze"], '"unsqueeze"(x)', '"squeeze"(~y)'),
  moved(["t", "T", "mT", "adjoint"], ["T"], "x'", "~y'"),
  moved(["transpose", "swapaxes", "swapdims"], ["Transpose"], '"transpose"(x)', '"transpose"(~y)', {
    notes: (s) =>
      s.constant("dim0") === null
        ? []
        : [
            t("Dimensions {a} and {b} change places, and change back.", {
              a: s.constant("dim0") ?? "",
              b: s.constant("dim1") ?? "",
            }),
          ],
  }),
  moved(["permute", "movedim", "moveaxis"], ["Permute"], '"permute"(x)', '"permute"(~y)', {
    notes: () => [t("Backward undoes the permutation.")],
  }),
  moved(["expand", "expand_as", "broadcast_to"], ["Expand"], '"expand"(x)', "~y", { broadcast: true }),
  moved(["repeat", "tile"], ["Repeat"], '"repeat"(x)', "Σ_{copies}(~y)"),
  moved(["clone"], ["Clone"], '"clone"(x)', "~y"),
  moved(["contiguous"], ["Clone"], '"contiguous"(x)', "~y", { own: true }),
  {
    ops: ["detach"],
    nodes: [],
    forward: '"detach"(x)',
    backward: {},
    notes: () => [t("The graph ends here: no node, so no gradient goes back.")],
  },
  moved(
    ["to", "double", "float", "half", "bfloat16", "type", "cpu", "cuda", "type_as"],
    ["ToCopy"],
    '"to"(x)',
    '"to"(~y)',
    { notes: (s) => [t("{from} → {to}, and back.", { from: s.dtype("x") ?? "", to: s.dtype("y") ?? "" })] },
  ),
  {
    ops: ["copy"],
    nodes: ["Copy", "CopyBackwards"],
    own: true,
    roles: { o: ["src"], x: ["self", "input"] },
    edges: () => ["x", "o"],
    forward: "o",
    backward: { o: "~y" },
    broadcast: true,
  },
  moved(["flip"], ["Flip"], '"flip"(x)', '"flip"(~y)'),
  moved(["triu"], ["Triu"], '"triu"(x)', '"triu"(~y)'),
  moved(["tril"], ["Tril"], '"tril"(x)', '"tril"(~y)'),
];

/** @type {Entry[]} */
const PARTS = [
  {
    ...JOINED,
    ops: ["cat", "concat", "concatenate"],
    nodes: ["Cat"],
    own: true,
    roles: { ...JOINED.roles, dim: ["dim"] },
    forward: (s) => several(s, "cat", "x", s.inputs),
    backward: each(part),
    notes: dimension,
  },
  {
    ...JOINED,
    ops: ["stack"],
    nodes: ["Stack"],
    own: true,
    forward: (s) => several(s, "stack", "x", s.inputs),
    backward: each((s, i) => {
      const place = along(s.constant("dim"), String(i), s.shape("y")?.length ?? 0);
      return place === null ? null : `~y[${place}]`;
    }),
    notes: dimension,
  },
  {
    ops: ["split", "chunk", "tensor_split", "unbind", "split_with_sizes"],
    nodes: ["Split", "SplitWithSizes", "Unbind", "Chunk"],
    own: true,
    forward: (s) => `"${s.op}"(x)`,
    backward: { x: (s) => several(s, s.op === "unbind" ? "stack" : "cat", "~y", s.writes) },
    notes: (s) => [...dimension(s), t("A part without a gradient counts as 0.")],
  },
  {
    ops: ["getitem"],
    nodes: ["Select", "Slice", "Index", "Unsqueeze", "Alias"],
    own: true,
    roles: { i: ["idx"] },
    forward: (s) => `x[${picked(s)}]`,
    backward: { x: (s) => `~x[${picked(s)}] += ~y` },
    notes: () => [t("What was not picked gets 0; what was picked twice gets both.")],
  },
  {
    ops: ["select"],
    nodes: ["Select"],
    roles: { i: ["index"] },
    forward: (s) => place(s, "x", "y = "),
    backward: { x: (s) => place(s, "~x", "", " += ~y") },
    notes: () => [t("What was not picked gets 0.")],
  },
  {
    ops: ["narrow", "slice"],
    nodes: ["Slice"],
    forward: (s) => slice(s, "x", "y = "),
    backward: { x: (s) => slice(s, "~x", "", " += ~y") },
    notes: () => [t("What was not picked gets 0.")],
  },
  {
    ops: ["index_select", "gather"],
    nodes: ["IndexSelect", "Gather"],
    own: true,
    roles: { i: ["index"] },
    forward: (s) => `"${s.op}"(x, i)`,
    backward: { x: (s) => (s.op === "gather" ? '"scatter_add"(i, ~y)' : '"index_add"(i, ~y)') },
    notes: (s) => [...dimension(s), t("What was picked twice gets both gradients, what was not picked gets 0.")],
  },
];

/** @param {Scope} s @param {string} of @param {string} before @param {string} [after] */
function place(s, of, before, after = "") {
  const index = s.constant("i");
  const at = index !== null && isWhole(index) ? along(s.constant("dim"), index, s.shape("x")?.length ?? 0) : null;
  return `${before}${of}[${at ?? "…"}]${after}`;
}

/** @param {Scope} s @param {string} of @param {string} before @param {string} [after] */
function slice(s, of, before, after = "") {
  const [from, length] = [s.constant("start"), s.constant("length")].map((text) =>
    text === null ? NaN : Number(text),
  );
  const at = Number.isInteger(from + length)
    ? along(s.constant("dim"), `${from}:${from + length}`, s.shape("x")?.length ?? 0)
    : null;
  return `${before}${of}[${at ?? "…"}]${after}`;
}

export const MOVING = [...SHAPES, ...PARTS];
