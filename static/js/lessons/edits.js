/** Experiments: a control of a lesson edits the program's text; the twin of `server/tapedeck/lessons/edits.py`. */

/**
 * @typedef {{id: string, type: "choice" | "slider" | "text", label: string, notice: string, options: {label: string, code: string}[],
 *   template: string, min: number, max: number, step: number, whole: boolean}} Experiment
 */

const NUMBER = String.raw`(-?\d+(?:\.\d*)?(?:e-?\d+)?)`;
const TEXT = String.raw`([^"'\\\n]{0,80})`;

/** @param {string} text */
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** @param {Experiment} experiment */
function pattern({ type, template }) {
  const [before, after] = template.split("{}");
  return new RegExp(escaped(before) + (type === "slider" ? NUMBER : TEXT) + escaped(after));
}

/** What a control stands at in a program: an option's number, a number, a text; null where the program has no place for it. @param {string} source @param {Experiment} experiment @returns {number | string | null} */
export function standing(source, experiment) {
  if (experiment.type === "choice") {
    const there = experiment.options.flatMap(({ code }, number) => (source.includes(code) ? [number] : []));
    return there.sort((a, b) => experiment.options[b].code.length - experiment.options[a].code.length)[0] ?? null;
  }
  const found = pattern(experiment).exec(source);
  if (!found) return null;
  return experiment.type === "slider" ? Number(found[1]) : found[1];
}

/** The program with the control at a value; null where it has no place for it, or the value is none that the control takes. @param {string} source @param {Experiment} experiment @param {number | string} value */
export function edited(source, experiment, value) {
  if (experiment.type === "choice") {
    const now = standing(source, experiment);
    const option = experiment.options[Number(value)];
    if (now === null || !option) return null;
    return source.replace(experiment.options[Number(now)].code, () => option.code);
  }
  const found = pattern(experiment).exec(source);
  const text = written(experiment, value);
  if (!found || text === null) return null;
  const from = found.index + found[0].indexOf(found[1], experiment.template.indexOf("{}"));
  return source.slice(0, from) + text + source.slice(from + found[1].length);
}

/** @param {Experiment} experiment @param {number | string} value */
function written({ type, min, max, whole }, value) {
  if (type === "text") return new RegExp(`^${TEXT}$`).test(String(value)) ? String(value) : null;
  const number = Number(value);
  if (!(number >= min && number <= max)) return null;
  if (whole) return String(Math.round(number));
  return Number.isInteger(number) ? `${number}.0` : String(number);
}
