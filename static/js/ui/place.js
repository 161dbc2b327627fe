/** Where the reader is, in the address: `#step=12&sel=node:3&open=call:1,call:4&view=overlay`, or `#note=product` in a lesson. */

/** @typedef {{step: number | null, sel: string | null, open: string[], view?: string, note?: string | null}} Place `note`: of a lesson, in place of a step; `view`: what of the graph is shown */

/** @param {string} hash @returns {Place} */
export function readPlace(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const step = fields.get("step");
  return {
    step: step !== null && /^-?\d+$/.test(step) ? Number(step) : null,
    sel: fields.get("sel"),
    open: (fields.get("open") ?? "").split(",").filter(Boolean),
    view: fields.get("view") ?? "",
    note: fields.get("note"),
  };
}

/** @param {Place} place */
export function writePlace({ step, sel, open, view, note }) {
  const fields = [];
  if (note) fields.push(`note=${encodeURIComponent(note)}`);
  else if (step !== null) fields.push(`step=${step}`);
  if (sel) fields.push(`sel=${sel}`);
  if (open.length) fields.push(`open=${open.map(encodeURIComponent).join(",")}`);
  if (view) fields.push(`view=${view}`);
  return fields.length ? `#${fields.join("&")}` : "";
}

/** Runs the latest of many calls, at most once in `ms`. @param {() => void} run @param {number} ms */
export function debounced(run, ms) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(run, ms);
  };
}
