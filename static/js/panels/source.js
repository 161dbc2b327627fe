/** The source pane: the program, the expression that is happening, Run. */

import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { heard, t } from "../language/index.js";
import { markAt, offsets, stepFromLine } from "../tape/source.js";
import { afterDrawing } from "../ui/after_drawing.js";
import { Icon } from "../ui/icons.js";
import { narrow, togglePane } from "../ui/panes.js";
import { Options } from "./options.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("./editor.js").Editor} Editor */

/** The editor comes after the graph: it takes a third of the page's time. Where the graph takes long, it does not wait. */
const LONGEST_WAIT_MS = 1000;

/** @param {{model: Model, nonce: string, run: () => void}} props */
export function SourcePane({ model, nonce, run }) {
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [editor, setEditor] = useState(/** @type {Editor | null} */ (null));
  const [lost, setLost] = useState(false);
  /** The end of the editor, once its making has begun. */
  const begun = useRef(/** @type {(() => void) | null} */ (null));
  const [asking, setAsking] = useState(false);

  const due = model.player.value !== null || model.trouble.value !== null;
  useEffect(() => {
    if (begun.current) return undefined;
    const timer = setTimeout(() => afterDrawing(begin), due ? 0 : LONGEST_WAIT_MS);
    return () => clearTimeout(timer);
  }, [due]);
  useEffect(() => () => begun.current?.(), []);

  function begin() {
    if (begun.current || !host.current) return;
    let gone = false;
    /** @type {Editor | null} */
    let made = null;
    /** @param {number} line */
    const onLine = (line) => {
      const { tape } = model.player.value ?? {};
      const step = tape && !model.stale.value ? stepFromLine(tape, 0, line, model.step.value) : null;
      if (step !== null) model.deck({ type: "seek", step });
    };
    import("./editor.js").then(
      ({ createEditor }) => {
        if (gone || !host.current) return;
        const onBreak = (/** @type {number} */ line) => {
          if (!model.stale.value) model.toggleLine(line);
        };
        const { text, edit: onEdit } = model;
        made = createEditor(host.current, { text: text.value, nonce, onEdit, onRun: run, onLine, onBreak });
        setEditor(made);
      },
      () => setLost(true),
    );
    begun.current = () => {
      gone = true;
      made?.destroy();
    };
  }

  useEffect(() => editor?.setText(model.text.value), [editor, model.text.value]);
  useEffect(
    () => editor?.mark(markFor(model), model.position.value.playing),
    [editor, model.player.value, model.step.value, model.stale.value],
  );
  useEffect(() => editor?.breakpoints(stopsFor(model)), [editor, model.breakpoints.value, model.stale.value]);
  useEffect(
    () => editor?.faults(faultsFor(model)),
    [editor, model.outcome.value, model.trouble.value, model.findings.value, model.stale.value, model.text.value],
  );

  const busy = model.running.value !== null;
  const ask = () => setAsking(!asking);
  return html`
    <header class="pane-head">
      <h2>${t("Source")}</h2>
      <span class="spring"></span>
      <button type="button" class="button icon-only small" title=${t("How it is recorded")} aria-label=${t("Recording options")} aria-pressed=${asking} aria-expanded=${asking} onClick=${ask}><${Icon} name="options" size=${16} /></button>
      <button type="button" class="button icon-only small" title=${t("Undo")} aria-label=${t("Undo")} onClick=${() => editor?.undo()}><${Icon} name="undo" size=${16} /></button>
      <button type="button" class="button primary small" title=${t("Record the program (Ctrl or ⌘ Enter)")} disabled=${busy} onClick=${run}><${Icon} name="play" size=${13} /> ${t("Run")}</button>
      ${!narrow.value && html`<button type="button" class="button icon-only small" title=${t("Hide the source")} aria-label=${t("Hide the source")} onClick=${() => togglePane("source")}><${Icon} name="close" size=${14} /></button>`}
    </header>
    <${Options} model=${model} open=${asking} toggle=${ask} />
    ${
      model.stale.value &&
      html`<p class="stale" role="status"><span>${t("edited — run to re-record")}</span>
      <button type="button" class="button quiet small" title=${t("Back to the program as it was recorded")} onClick=${() => model.edit(model.recorded.value ?? "")}>${t("Reset")}</button></p>`
    }
    <div class="editor" ref=${host}>
      ${
        lost &&
        html`<textarea class="plain-editor" spellcheck="false" aria-label=${t("Program")} value=${model.text.value}
        onInput=${(/** @type {Event} */ event) => model.edit(/** @type {HTMLTextAreaElement} */ (event.target).value)}></textarea>`
      }
      ${!lost && !editor && html`<pre class="waiting-code" tabindex="0">${model.text.value}</pre>`}
    </div>`;
}

/** @param {Model} model */
function markFor(model) {
  const { tape } = model.player.value ?? {};
  if (!tape || model.stale.value) return null;
  const mark = markAt(tape, model.step.value);
  const span = mark && tape.spans[mark.span];
  if (!mark || !span || span.source !== 0) return null;
  return { ...offsets(tape.sources[0].text, span), tone: mark.tone };
}

/** The lines with a breakpoint; in a program that was edited since its recording there are none yet. @param {Model} model */
function stopsFor(model) {
  if (model.stale.value) return [];
  return model.breakpoints.value.flatMap((each) => (each.what === "line" ? [{ line: each.line, on: each.on }] : []));
}

/** Where the program failed, as the outcome or the refusal says it, and where the doctor found something. @param {Model} model */
function faultsFor(model) {
  const { trouble, outcome, stale, findings } = model;
  const failed = stale.value ? trouble.value : (trouble.value ?? outcome.value);
  return [
    ...faultAt(model.text.value, failed?.where, "error", heard(failed?.detail ?? "")),
    // The doctor looked at the program as it was recorded.
    ...(stale.value
      ? []
      : findings.value.flatMap(({ where, sentence }) => faultAt(model.text.value, where, "warning", heard(sentence)))),
  ];
}

/**
 * @param {string} text @param {import("../ui/client.js").Where | null | undefined} where @param {"error" | "warning"} severity @param {string} message
 * @returns {import("./editor.js").Fault[]}
 */
function faultAt(text, where, severity, message) {
  if (!where || typeof where.line !== "number") return [];
  const span = {
    line: where.line,
    column: where.column ?? 0,
    end_line: where.end_line ?? where.line,
    end_column: where.end_column ?? 1e6,
  };
  return [{ ...offsets(text, span), severity, message }];
}
