/** What can be added, in groups, and how it is searched. No DOM. */

import { t } from "../../language/index.js";

/** @typedef {import("./reading.js").Table} Table */
/** @typedef {{kind: string, isFunction: boolean, needs: string}} Choice `needs`: what it must be told, or how many tensors it takes */
/** @typedef {{title: string, choices: Choice[]}} Group */

/** The first that fits. @type {readonly [key: string, RegExp][]} */
const RULES = [
  ["convolution", /Conv/],
  ["pooling", /Pool/],
  ["normalisation", /Norm|LocalResponse/],
  ["padding", /Pad\dd$/],
  ["dropout", /Dropout/],
  ["recurrent", /^(LSTM|GRU|RNN)/],
  ["attention", /Attention|Transformer/],
  ["shape", /Flatten|Unflatten|Fold|Shuffle|Upsampl|Identity/],
  ["distance", /Distance|Similarity/],
  ["linear", /Linear|Embedding/],
];

const titles = () =>
  /** @type {Record<string, string>} */ ({
    linear: t("Linear and embedding"),
    convolution: t("Convolution"),
    pooling: t("Pooling"),
    normalisation: t("Normalisation"),
    activation: t("Activation"),
    dropout: t("Dropout"),
    recurrent: t("Recurrent"),
    attention: t("Attention"),
    join: t("Functions that join branches"),
    function: t("Functions of one tensor"),
    shape: t("Shape"),
    padding: t("Padding"),
    distance: t("Distance"),
  });

/** @param {string} layer */
export function groupOf(layer) {
  if (layer === "Bilinear") return "linear";
  // `Softmin`, `Tanhshrink` and the like have no word in common.
  return RULES.find(([, rule]) => rule.test(layer))?.[0] ?? "activation";
}

/** @param {Table} table @returns {Group[]} */
export function groupsOf(table) {
  /** @type {Record<string, Choice[]>} */
  const found = Object.fromEntries(Object.keys(titles()).map((key) => [key, []]));
  for (const [kind, args] of Object.entries(table.layers)) {
    const needs = args.filter(({ required }) => required).map(({ name }) => name);
    found[groupOf(kind)].push({ kind, isFunction: false, needs: needs.join(", ") });
  }
  for (const [kind, { least, most }] of Object.entries(table.functions)) {
    const needs = least === most ? "" : t("{least} to {most} tensors", { least, most });
    found[most > 1 ? "join" : "function"].push({ kind, isFunction: true, needs });
  }
  // What torch sizes itself stands last; what is common has a short name.
  for (const choices of Object.values(found))
    choices.sort((a, b) => Number(isLazy(a)) - Number(isLazy(b)) || a.kind.length - b.kind.length);
  return Object.entries(titles()).map(([key, title]) => ({ title, choices: found[key] }));
}

/** @param {Choice} choice */
const isLazy = ({ kind }) => kind.startsWith("Lazy");

/** Smaller is nearer; null where it does not fit. @param {string} kind @param {string} title @param {string} query */
function distance(kind, title, query) {
  const name = kind.toLowerCase();
  if (name === query) return 0;
  if (name.startsWith(query)) return 1;
  if (name.includes(query)) return 2;
  if (title.toLowerCase().includes(query)) return 3;
  let from = 0;
  for (const letter of query) {
    from = name.indexOf(letter, from) + 1;
    if (!from) return null;
  }
  return 4;
}

/** The groups with what fits a query, the nearest first. @param {readonly Group[]} groups @param {string} text @returns {Group[]} */
export function searched(groups, text) {
  const query = text.trim().toLowerCase().replace(/^nn\./, "");
  if (!query) return groups.filter(({ choices }) => choices.length);
  const near = groups.flatMap(({ title, choices }) => {
    const fits = choices.flatMap((choice) => {
      const far = distance(choice.kind, title, query);
      return far === null ? [] : [{ choice, far }];
    });
    fits.sort((a, b) => a.far - b.far);
    return fits.length ? [{ title, choices: fits.map(({ choice }) => choice), far: fits[0].far }] : [];
  });
  const best = Math.min(...near.map(({ far }) => far));
  // Letters in between are asked only when nothing has the word itself.
  return near.filter(({ far }) => far < 4 || best === 4).sort((a, b) => a.far - b.far);
}
