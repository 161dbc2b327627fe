/** How a program is to be recorded, as the page asks for it: plain data, what is wrong with it, and the request it becomes. */

import { t } from "../language/index.js";

/** @typedef {"full" | "summary" | "structure"} Values */
/** @typedef {{values: Values, forward: boolean, wrt: string, aten: boolean, fake: boolean}} RecordOptions `wrt`: names with commas between them */

/** @type {RecordOptions} */
export const PLAIN = Object.freeze({ values: "full", forward: false, wrt: "", aten: false, fake: false });
export const LEVELS = /** @type {Record<Values, string>} */ ({
  full: t("every number"),
  summary: t("statistics"),
  structure: t("no numbers"),
});

/** As many as forward mode follows. */
const MOST_NAMES = 16;
const NAME = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}\p{N}_]+)*$/u;

/** @param {string} wrt */
const names = (wrt) => wrt.split(/[\s,]+/).filter(Boolean);

/** Options as they were remembered, or as a recording was made; whatever is unknown is as plain as can be. @param {unknown} given @returns {RecordOptions} */
export function optionsFrom(given) {
  const { values, forward, mode, wrt, aten, fake } = /** @type {Record<string, unknown>} */ (given ?? {});
  return {
    values: typeof values === "string" && values in LEVELS ? /** @type {Values} */ (values) : PLAIN.values,
    forward: forward === true || mode === "forward",
    wrt: Array.isArray(wrt) ? wrt.join(", ") : typeof wrt === "string" ? wrt : "",
    aten: aten === true,
    fake: fake === true,
  };
}

/** What is wrong with the options, in a sentence, or null. @param {RecordOptions} options */
export function problemOf({ values, forward, wrt, fake }) {
  if (!forward) return null;
  if (fake) return t("Fake tensors have no numbers, so forward mode has no tangents to follow.");
  if (values === "structure")
    return t("Without numbers there are no tangents to follow: choose statistics or every number.");
  const asked = names(wrt);
  const odd = asked.find((name) => !NAME.test(name));
  if (odd !== undefined)
    return t("{odd} is no name of a tensor: write a variable (x1) or a module's path (net.fc.weight).", { odd });
  const twice = asked.find((name, i) => asked.indexOf(name) < i);
  if (twice !== undefined) return t("{twice} is named twice.", { twice });
  return asked.length > MOST_NAMES ? t("Forward mode follows at most {n} tensors.", { n: MOST_NAMES }) : null;
}

/** The fields of a request; what is left out is the service's default. @param {RecordOptions} options @returns {Record<string, unknown>} */
export function requestOf({ values, forward, wrt, aten, fake }) {
  const asked = names(wrt);
  return {
    ...(values === PLAIN.values ? {} : { values }),
    ...(forward ? { mode: "forward" } : {}),
    ...(forward && asked.length ? { wrt: asked } : {}),
    ...(aten ? { aten } : {}),
    ...(fake ? { fake } : {}),
  };
}

/** What is out of the ordinary, in a few words; empty for plain options. @param {RecordOptions} options */
export function summaryOf({ values, forward, wrt, aten, fake }) {
  const asked = names(wrt);
  return [
    values === PLAIN.values ? "" : LEVELS[values],
    forward ? t("tangents of {names}", { names: asked.length ? asked.join(", ") : t("every leaf") }) : "",
    aten ? "ATen ops" : "",
    fake ? t("fake tensors") : "",
  ]
    .filter(Boolean)
    .join(" · ");
}
