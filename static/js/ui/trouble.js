/** What the page says when the server refuses or does not answer: what happened, in plain words, and whether trying again may help. */

import { t } from "../language/index.js";

/** @typedef {import("../tape/load.js").Problem} Problem */
/**
 * @typedef {{title: string, detail: string, where: import("./client.js").Where | null, calm: boolean, retryAt: number,
 *   retry: (() => void) | null}} Trouble `retryAt`: when the server takes another try, in ms since the epoch
 */

const TITLES = /** @type {Record<number, string>} */ ({
  0: t("The server does not answer"),
  404: t("Nothing is kept under this address"),
  413: t("This is more than the server takes"),
  429: t("Too many programs are waiting"),
});

const NAMED = /** @type {Record<string, string>} */ ({
  "urn:tapedeck:problem:source-too-large": t("The program is too long"),
  "urn:tapedeck:problem:not-a-tape": t("This file cannot be opened"),
});

const HINTS = /** @type {Record<number, string>} */ ({
  0: t("Your program is still in the editor."),
  429: t("Yours is still in the editor."),
});

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {Partial<Problem>} problem @returns {string} */
function titleOf({ type = "", status = -1, title = "" }) {
  return NAMED[type] ?? TITLES[status] ?? (status >= 500 ? t("The server failed") : title || t("Something went wrong"));
}

/** @param {unknown} error @param {(() => void) | null} retry what was being done @param {number} [now] @returns {Trouble} */
export function troubleOf(error, retry, now = Date.now()) {
  const problem = /** @type {Partial<Problem>} */ (error);
  const status = problem.status ?? -1;
  // What the server has looked at and refused, it will refuse again.
  const final = status >= 400 && status < 500 && status !== 429;
  return {
    title: titleOf(problem),
    detail: [capital(problem.message ?? String(error)), HINTS[status] ?? ""].filter(Boolean).join(" "),
    where: typeof problem.where === "object" ? /** @type {Trouble["where"]} */ (problem.where) : null,
    calm: false,
    retryAt: problem.retryAfter ? now + problem.retryAfter * 1000 : 0,
    retry: final ? null : retry,
  };
}

/** @param {string} title @param {string} detail @param {(() => void) | null} retry @returns {Trouble} something that was wanted, and is only said */
export const calm = (title, detail, retry) => ({ title, detail, where: null, calm: true, retryAt: 0, retry });

/** A sentence without the line that is said beside it. @param {string} sentence @param {import("./client.js").Where | null} where */
export function withoutPlace(sentence, where) {
  if (!where) return sentence;
  return sentence
    .replace(` (line ${where.line})`, "")
    .replace(`; it was stopped on line ${where.line}.`, "; it was stopped.")
    .replace(` on line ${where.line}.`, ".");
}
