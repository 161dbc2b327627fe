/** Sentences that the server makes, in another language: each is known by a template whose `{holes}` are what the server filled in. */

/** @typedef {import("./translate.js").Catalogue} Catalogue */

/** Holes for numbers: nothing else fills them. */
const COUNTED = new Set(["n", "line"]);

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * What stands in the holes of a template, or null where the text is another sentence. It looks for the words one after the
 * other and never goes back, so that a long text costs no more than its length.
 * @param {readonly string[]} words between the holes @param {string} text @returns {string[] | null}
 */
function fillings(words, text) {
  const last = words.length - 1;
  // A sentence begins with a capital where it stands alone, and with a small letter where it follows another's colon.
  if (capital(text.slice(0, words[0].length)) !== capital(words[0]) || !text.endsWith(words[last])) return null;
  if (!last) return text.length === words[0].length ? [] : null;
  const found = [];
  let at = words[0].length;
  for (const word of words.slice(1, last)) {
    const next = text.indexOf(word, at);
    if (next < 0) return null;
    found.push(text.slice(at, next));
    at = next + word.length;
  }
  const end = text.length - words[last].length;
  return end < at ? null : [...found, text.slice(at, end)];
}

/**
 * A function from the server's English to a catalogue's language; what the catalogue lacks (torch's own words, a program's) stays as it is.
 * What fills a hole may be a text of the catalogue, too: ` on line 3`, `its output`.
 * @param {Catalogue} catalogue
 */
export function hearing(catalogue) {
  const templates = Object.entries(catalogue)
    .map(([english, other]) => {
      const names = [...english.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const words = english.split(/\{\w+\}/);
      return { names, words, other, weight: words.join("").length };
    })
    .sort((one, two) => two.weight - one.weight);

  /** @param {string} text @returns {string} */
  const heard = (text) => {
    for (const { names, words, other } of templates) {
      const found = fillings(words, text);
      if (!found || names.some((name, i) => COUNTED.has(name) && !/^[\d,]+$/.test(found[i]))) continue;
      const values = Object.fromEntries(names.map((name, i) => [name, heard(found[i])]));
      return other.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
    }
    return text;
  };
  return heard;
}
