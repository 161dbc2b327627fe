/**
 * The language of the page. English stands in the code; `t` looks up its translation. The server writes the language
 * that was asked for (the cookie, then `Accept-Language`) into `<html lang>`; a catalogue is loaded before any module
 * that uses it runs, so that texts at the top of a module are translated too. Where there is no page (a worker, Node) it is English.
 */

import { hearing } from "./heard.js";
import { ordered, translator } from "./translate.js";

/** @typedef {import("./translate.js").Catalogue} Catalogue */

/** Every language, by its BCP 47 tag, in its own words. */
export const LANGUAGES = /** @type {const} */ ({ en: "English", "zh-Hans": "简体中文" });

/** @typedef {keyof typeof LANGUAGES} Language */

const COOKIE = "tapedeck_language";
const YEAR_S = 365 * 24 * 3600;

const asked = globalThis.document?.documentElement.lang ?? "en";

/** @type {Language} */
export const language = asked in LANGUAGES ? /** @type {Language} */ (asked) : "en";

/** @type {{default: Catalogue, sentences: Catalogue}} */
const book = language === "zh-Hans" ? await import("./zh.js") : { default: {}, sentences: {} };
const catalogue = book.default;

/** A text of ours in the language of the page, with its `{holes}` filled. */
export const t = translator(catalogue);

/** A sentence of the server's in the language of the page; what is not the server's own (torch's words, a program's) stays as it is. */
export const heard = hearing(book.sentences);

/** @type {WeakMap<readonly string[], (string | number)[]>} */
const known = new WeakMap();

/** The words of a template and the numbers of its holes, in the order of this language; looked up once for each template. @param {readonly string[]} words */
export function inOrder(words) {
  let parts = known.get(words);
  if (!parts) known.set(words, (parts = ordered(catalogue, words)));
  return parts;
}

/** A number of things: `count("{n} op", "{n} ops", 3)`; Chinese has one form, that of the plural. @param {string} one @param {string} many @param {number} n @param {Record<string, string | number>} [more] */
export const count = (one, many, n, more = {}) => t(n === 1 && language === "en" ? one : many, { n, ...more });

/** Shows the page in another language: the choice is kept, and the page comes again at the same place. @param {Language} to */
export function speak(to) {
  document.cookie = `${COOKIE}=${to}; path=/; max-age=${YEAR_S}; samesite=lax`;
  location.reload();
}
