/** What the program said up to now; what it will say later stands there, but pale. */

import { html, useEffect, useRef } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { STOPPED } from "../tape/narrate.js";
import { spanText } from "../tape/words.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {{step: number, tone: string, text: string}} Line */

/** @type {WeakMap<Tape, Line[]>} */
const known = new WeakMap();

/** @param {Tape} tape @returns {Line[]} */
function linesOf(tape) {
  let lines = known.get(tape);
  if (!lines) {
    lines = tape.events.flatMap((event, step) => {
      if (event.kind === "print") return [{ step, tone: event.stream, text: event.text.replace(/\n$/, "") }];
      if (event.kind === "warning") return [{ step, tone: "warning", text: `${event.category}: ${event.text}` }];
      if (event.kind === "raise") return [{ step, tone: "raise", text: traceback(tape, event) }];
      return [];
    });
    known.set(tape, lines);
  }
  return lines;
}

/** @param {Tape} tape @param {import("../tape/format.js").Raise} event */
function traceback(tape, event) {
  const frames = event.frames.map((id) => {
    const span = tape.spans[id];
    return `  ${tape.sources[span.source].name}, line ${span.line}, in ${span.function}\n    ${spanText(tape, id)}`;
  });
  const last = STOPPED[event.type]
    ? t("Stopped: {why}.", { why: STOPPED[event.type] })
    : `${event.type}: ${event.message}`;
  return [...(frames.length ? ["Traceback (most recent call last):"] : []), ...frames, last].join("\n");
}

/** @param {{model: Model}} props */
export function Console({ model }) {
  const host = useRef(/** @type {HTMLOListElement | null} */ (null));
  const { tape } = model.player.value ?? {};
  const step = model.step.value;
  const lines = tape ? linesOf(tape) : [];
  const said = lines.filter((line) => line.step <= step).length;
  useEffect(() => {
    const latest = host.current?.children[said - 1];
    if (latest && host.current)
      host.current.scrollTop =
        /** @type {HTMLElement} */ (latest).offsetTop + latest.clientHeight - host.current.clientHeight + 6;
  }, [said]);
  return html`
    <header class="pane-head"><h2>${t("Console")}</h2><span class="muted">${lines.length ? t("{said} of {all}", { said, all: lines.length }) : ""}</span></header>
    <ol class="console" ref=${host} aria-label=${t("What the program printed")}>
      ${lines.map(
        (line) => html`<li key=${line.step} class=${`${line.tone}${line.step > step ? " later" : ""}`}>
        <button type="button" title=${t("Go to step {step}", { step: line.step + 1 })} onClick=${() => model.deck({ type: "seek", step: line.step })}>${line.text || " "}</button></li>`,
      )}
      ${!lines.length && html`<li class="empty">${tape ? t("The program printed nothing.") : t("What the program prints appears here.")}</li>`}
    </ol>`;
}
