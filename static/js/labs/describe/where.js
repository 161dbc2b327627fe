/** The place that the server names (`body.spec.layers[1].args.bias`), as a part of the form and a field of it. No DOM. */

/** @typedef {"inputs" | "layers" | "target" | "loss" | "optimizer" | "output" | "steps" | "mode" | ""} PartOfForm */
/** @typedef {{part: PartOfForm, at: number | string | null, field: string, path: (string | number)[]}} Place `at`: which layer, or which input */

const PARTS = new Set(["inputs", "layers", "target", "loss", "optimizer", "output", "steps", "mode"]);

/** @param {string} text `args.bias`, `inputs[0]` @returns {(string | number)[]} */
const steps = (text) =>
  [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, number, key]) => (number === undefined ? key : Number(number)));

/** @param {string | null | undefined} where @param {readonly string[]} inputs the names of the spec's inputs, which may hold a dot @returns {Place} */
export function placeOf(where, inputs) {
  const text = (where ?? "").replace(/^body\.spec\.?/, "");
  const [, part = "", rest = ""] = /^([a-z]+)\.?(.*)$/s.exec(text) ?? [];
  if (!PARTS.has(part)) return { part: "", at: null, field: text, path: steps(text) };
  if (part === "layers") {
    const [, number, field = ""] = /^\[(\d+)\]\.?(.*)$/s.exec(rest) ?? [];
    const at = number === undefined ? null : Number(number);
    return { part, at, field, path: at === null ? [part] : [part, at, ...pathOf(field)] };
  }
  if (part === "inputs") {
    const fits = inputs.filter((name) => rest === name || rest.startsWith(`${name}.`));
    const at = fits.sort((a, b) => b.length - a.length)[0] ?? null;
    const field = at === null ? "" : rest.slice(at.length + 1);
    return { part, at, field, path: at === null ? [part] : [part, at, ...pathOf(field)] };
  }
  return { part: /** @type {PartOfForm} */ (part), at: null, field: rest, path: [part, ...pathOf(rest)] };
}

/** The name of an argument may be anything: it is one key. @param {string} field @returns {(string | number)[]} */
const pathOf = (field) => (field.startsWith("args.") ? ["args", field.slice(5)] : steps(field));

/** The id of a field in the page. @param {PartOfForm} part @param {number | string | null} at @param {string} field */
export const fieldId = (part, at, field) =>
  ["d", part, at, field].filter((each) => each !== null && each !== "").join("-");

/** Whether a fault stands at this field. @param {{place: Place} | null} fault @param {PartOfForm} part @param {number | string | null} at @param {string} field */
export const isAt = (fault, part, at, field) =>
  fault !== null && fault.place.part === part && fault.place.at === at && fault.place.field === field;

/** Fields of a layer that the form has, beside its arguments. */
const LAYER_KEYS = new Set(["layer", "function", "name", "args", "inputs"]);
const FILLED_KEYS = new Set(["shape", "fill", "values", "classes", "requires_grad"]);

/** Whether nothing but leaving it out helps: a key or an argument that there is not. @param {Place} place @param {readonly string[]} known the arguments that there are */
export function isForeign({ part, field, path }, known) {
  const last = String(path.at(-1) ?? "");
  if (part === "") return field !== "";
  if (field.startsWith("args.")) return !known.includes(last);
  if (part === "layers") return field !== "" && !LAYER_KEYS.has(String(path[2]));
  if (part === "inputs") return field !== "" && !FILLED_KEYS.has(last);
  if (part === "target") return field !== "" && !FILLED_KEYS.has(last);
  return (part === "loss" || part === "optimizer") && field !== "" && field !== "type" && field !== "args";
}
