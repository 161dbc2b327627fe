/** The described model as a picture: data flows down, branches stand side by side, shapes as the tape has them. */

import { html, useEffect, useRef } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { formatShape } from "../../tape/words.js";
import { boxPath, tagPath } from "../../graph/paths.js";
import { fieldId } from "./where.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./picture.js").PictureBox} PictureBox */

/** A picture that is too tall is drawn smaller, down to this; then it scrolls. */
const LEAST = 0.75;

/** @param {PictureBox} box */
function outline({ kind, w, h }) {
  if (kind === "input" || kind === "output") return tagPath(w, h);
  return boxPath(w, h, kind === "circle" ? h / 2 : 6);
}

/** A smooth path through points, each passed vertically. @param {readonly (readonly [number, number])[]} points */
function curve(points) {
  let [x, y] = points[0];
  let path = `M${x},${y}`;
  for (const [nx, ny] of points.slice(1)) {
    const middle = (y + ny) / 2;
    path += `C${x},${middle} ${nx},${middle} ${nx},${ny}`;
    [x, y] = [nx, ny];
  }
  return path;
}

/** @param {string} text @param {number} room in pixels @param {number} size */
const cut = (text, room, size) => {
  const letters = Math.floor(room / (size * 0.603));
  return text.length > letters ? `${text.slice(0, Math.max(1, letters - 1))}…` : text;
};

/** @param {{model: Model, box: PictureBox}} props */
function Box({ model, box }) {
  const { kind, part, at, title, detail, x, y, w, h } = box;
  const index = part === "layers" ? Number(at) : null;
  const facts = index === null ? null : model.facts.value[index];
  const { fault, failure } = model;
  const wrong =
    (fault.value?.place.part === part && fault.value.place.at === at) ||
    (failure.value?.part === part && failure.value.at === at);
  const classes = ["d-box", kind, facts?.shape ? "done" : "", wrong ? "wrong" : ""];
  if (index !== null && model.at.value === index) classes.push("here");
  if (index !== null && model.idle.value.has(index)) classes.push("idle");
  const go = () => {
    if (index !== null) model.at.value = index;
    model.focus.value =
      index === null ? fieldId(part, at, part === "loss" ? "type" : "") : fieldId("layers", index, "grip");
  };
  const up = kind === "input" ? -5 : kind === "output" ? -4 : 0;
  return html`<g class=${classes.join(" ")} transform=${`translate(${x},${y})`} onClick=${go}>
    ${(classes.includes("here") || wrong) && html`<path class="halo" d=${boxPath(w + 9, h + 9, kind === "circle" ? h : 10)} />`}
    <path class="shape" d=${outline(box)} />
    <text class="title" y=${up + (detail ? -4 : 5)}>${cut(title, w - 12, 13.5)}</text>
    ${detail && html`<text class="detail" y=${up + 12}>${cut(detail, w - 12, 11)}</text>`}
    ${facts?.shape && html`<${Chip} x=${8} y=${h / 2 + 15} text=${formatShape(facts.shape)} />`}
  </g>`;
}

/** @param {{x: number, y: number, text: string}} props beside the wire */
const Chip = ({ x, y, text }) =>
  html`<g class="d-chip" transform=${`translate(${x},${y})`}><rect x="0" y="-9" width=${12 + text.length * 6.7} height="18" rx="9" /><text x="6" y="4">${text}</text></g>`;

/** @param {{model: Model}} props */
export function Drawing({ model }) {
  const picture = model.picture.value;
  const frame = useRef(/** @type {HTMLElement | null} */ (null));
  const at = model.at.value;
  useEffect(() => {
    const [box, host] = [frame.current?.querySelector(".d-box.here"), frame.current];
    if (!box || !host) return;
    const [{ top, height }, whole] = [box.getBoundingClientRect(), host.getBoundingClientRect()];
    const away = top < whole.top || top + height > whole.bottom;
    if (away) host.scrollBy({ top: top + height / 2 - whole.top - whole.height / 2 });
  }, [at]);
  if (!picture) return null;
  const done = new Set(model.names.value.filter((_, i) => model.facts.value[i]?.shape));
  const inputs = new Set(Object.keys(model.spec.value?.inputs ?? {}));
  const last = model.last.value;
  const loss = model.fresh.value ? last?.facts.losses.at(-1) : undefined;
  const words = picture.wires.map(({ from, to }) =>
    `${from} → ${to}`.replaceAll(" target", "target").replaceAll(" end", t("end")),
  );
  return html`<div class="d-drawing" ref=${frame} tabindex="0" role="group" aria-label=${t("The model as a picture")}>
    <svg viewBox=${`0 0 ${picture.width} ${picture.height}`} width=${picture.width} height=${picture.height} style=${{ maxHeight: `max(100dvh - 480px, ${Math.round(picture.height * LEAST)}px)` }} role="img" aria-label=${t("The model as a picture: {wires}", { wires: words.join(", ") })}>
      <defs><marker id="d-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="10" orient="auto"><path d="M0,0.6L8,4L0,7.4Z" /></marker></defs>
      ${picture.wires.map(({ from, to, points }, i) => {
        const ran =
          done.has(from) ||
          (inputs.has(from) && (done.has(to) || to === " end")) ||
          (from === " target" && loss !== undefined);
        return html`<path key=${i} class=${`d-wire${ran ? " done" : ""}`} d=${curve(points)} marker-end="url(#d-arrow)" />`;
      })}
      ${picture.boxes.map((box) => html`<${Box} key=${box.id} model=${model} box=${box} />`)}
    </svg>
  </div>`;
}
