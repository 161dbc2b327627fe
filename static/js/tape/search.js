/** Finding things on a tape by words: names, types, shapes, lines, and what went wrong. */

import { t } from "../language/index.js";
import { searchIndex } from "./search_index.js";
import { flagged, isSpecial, specialSentence } from "./special_words.js";
import { formatShape } from "./words.js";

/** @typedef {import("./load.js").Tape} Tape */
/** @typedef {import("./search_index.js").Kind} Kind */
/** @typedef {import("./search_index.js").Index} Index */
/** @typedef {{text: string, kinds: readonly Kind[] | null, shape: string | null, line: number | null, special: import("./special_words.js").SpecialWord | null}} Word */
/** @typedef {{thing: string, kind: Kind, score: number}} Result */
/** @typedef {{words: Word[], results: Result[], count: number, notes: string[]}} Found `count`: how many there are, whether listed or not */

export const MOST = 200;

/** What a prefix narrows a search to, in the order in which they are offered. */
export const PREFIXES = /** @type {{prefix: string, hint: string, kinds: Kind[]}[]} */ ([
  { prefix: "op:", hint: t("forward ops"), kinds: ["op"] },
  { prefix: "node:", hint: t("autograd nodes"), kinds: ["node"] },
  { prefix: "tensor:", hint: t("tensors"), kinds: ["tensor", "parameter"] },
  { prefix: "param:", hint: t("parameters"), kinds: ["parameter"] },
  { prefix: "module:", hint: t("modules and their calls"), kinds: ["module", "call"] },
  { prefix: "hook:", hint: t("hooks"), kinds: ["hook"] },
]);

/** How well a word fits: exactly, at the start, or somewhere inside. */
const [EXACT, START, INSIDE] = [3, 2, 1];

/** The words of a search; a shape in brackets is one, whatever stands between them. @param {string} text @returns {Word[]} */
export function parseWords(text) {
  return (text.toLowerCase().match(/[^\s[]*\[[^\]]*\]?|\S+/g) ?? []).map(parseWord);
}

/** @param {string} word @returns {Word} */
function parseWord(word) {
  const prefix = PREFIXES.find((each) => word.startsWith(each.prefix));
  const text = prefix ? word.slice(prefix.prefix.length) : word;
  const line = /^(?:line:|l)(\d+)$/.exec(text);
  return {
    text,
    kinds: prefix?.kinds ?? null,
    shape: parseShape(text),
    line: line && Number(line[1]),
    special: !prefix && isSpecial(text) ? text : null,
  };
}

/** `64x128`, `64,128` and `[64, 128]` are `64×128`; half a shape is a shape, too. @param {string} text */
function parseShape(text) {
  if (/^\[\s*\]$/.test(text)) return formatShape([]);
  if (!/^(\[.*|\d+\s*[x×*,].*)$/.test(text) || !/^[\d\s[\]x×*,]+$/.test(text)) return null;
  return text.match(/\d+/g)?.join("×") ?? null;
}

/** The things that fit every word, best first, those that fit equally well in the order of the tape. @param {Tape} tape @param {string} text @returns {Found} */
export function search(tape, text) {
  const words = parseWords(text);
  if (!words.length) return { words, results: [], count: 0, notes: [] };
  const index = searchIndex(tape);
  const scores = words.map((word) => scoresOf(tape, index, word));
  /** @type {number[][]} entries by how well they fit */
  const ranks = Array.from({ length: 2 * EXACT * words.length + 1 }, () => []);
  let count = 0;
  for (let at = 0; at < index.entries.length; at += 1) {
    let sum = 0;
    for (const each of scores) {
      if (each[at] === 0) {
        sum = 0;
        break;
      }
      sum += each[at];
    }
    if (sum === 0) continue;
    count += 1;
    if (ranks[sum].length < MOST) ranks[sum].push(at);
  }
  const results = [];
  for (let score = ranks.length - 1; score > 0 && results.length < MOST; score -= 1)
    for (const at of ranks[score].slice(0, MOST - results.length)) results.push({ ...index.entries[at], score });
  const specials = new Set(words.flatMap(({ special }) => special ?? []));
  return { words, results, count, notes: [...specials].map((word) => specialSentence(tape, word)) };
}

/** How well each thing fits a word: twice the rank, one less where the word is only beside it. @param {Tape} tape @param {Index} index @param {Word} word */
function scoresOf(tape, index, word) {
  const { entries, order, terms, shapes, lines } = index;
  const scores = new Uint8Array(entries.length);
  /** @param {Iterable<number>} found @param {number} score */
  const raise = (found, score) => {
    for (const at of found) if (scores[at] < score) scores[at] = score;
  };
  if (word.special) {
    raise(
      [...flagged(tape, word.special)].map((thing) => order.get(thing) ?? 0),
      2 * EXACT,
    );
    return scores;
  }
  if (word.kinds && !word.text) scores.fill(2 * EXACT);
  for (const term of word.text ? terms : []) {
    const rank = rankOf(term.text, word.text);
    if (!rank) continue;
    raise(term.own, 2 * rank);
    raise(term.beside, 2 * rank - 1);
  }
  for (const each of word.shape ? shapes : []) {
    const rank = rankOfShape(each.text, word.shape ?? "");
    if (rank) raise(each.entries, 2 * rank - 1);
  }
  if (word.line !== null) raise(lines.get(word.line) ?? [], 2 * EXACT);
  const { kinds } = word;
  if (kinds) for (const [at, { kind }] of entries.entries()) if (!kinds.includes(kind)) scores[at] = 0;
  return scores;
}

/** @param {string} text @param {string} word */
function rankOf(text, word) {
  const at = text.indexOf(word);
  if (at !== 0) return at < 0 ? 0 : INSIDE;
  return text.length === word.length ? EXACT : START;
}

/** Inside a shape only whole lengths count: `4×128` is not in `64×128`. @param {string} text @param {string} word */
function rankOfShape(text, word) {
  if (text.startsWith(word)) return text === word ? EXACT : START;
  return `×${text}×`.includes(`×${word}×`) ? INSIDE : 0;
}

/**
 * A text in parts, those marked that a word matched.
 * @param {string} text @param {readonly Word[]} words @returns {{text: string, hit: boolean}[]}
 */
export function marked(text, words) {
  const lower = text.toLowerCase();
  // Lower case may be longer than the text; then nothing can be marked.
  const ranges = lower.length === text.length ? words.flatMap((word) => hits(lower, word)) : [];
  ranges.sort(([a], [b]) => a - b);
  const parts = [];
  let done = 0;
  for (const [from, to] of ranges) {
    const start = Math.max(from, done);
    if (to <= start) continue;
    if (start > done) parts.push({ text: text.slice(done, start), hit: false });
    parts.push({ text: text.slice(start, to), hit: true });
    done = to;
  }
  if (done < text.length) parts.push({ text: text.slice(done), hit: false });
  return parts;
}

/** Where a word first stands in a text, as itself or as a shape or a line. @param {string} text @param {Word} word @returns {[number, number][]} */
function hits(text, word) {
  if (word.special) return [];
  const needles = [
    word.text,
    word.shape,
    word.line === null ? null : t("line {line}", { line: word.line }).toLowerCase(),
  ];
  return needles.flatMap((needle) => {
    const at = needle ? text.indexOf(needle) : -1;
    return needle && at >= 0 ? [/** @type {[number, number]} */ ([at, at + needle.length])] : [];
  });
}
