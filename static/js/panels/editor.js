/** CodeMirror as the source pane uses it: Python, our colours, a mark on the current expression, problems at their line. */

import {
  Decoration,
  EditorState,
  EditorView,
  GutterMarker,
  HighlightStyle,
  Prec,
  RangeSet,
  StateEffect,
  StateField,
  basicSetup,
  gutter,
  indentUnit,
  indentWithTab,
  keymap,
  lineNumbers,
  python,
  setDiagnostics,
  syntaxHighlighting,
  tags,
  undo,
} from "../../vendor/codemirror.js";
import { t } from "../language/index.js";

/** @typedef {{from: number, to: number, tone: string}} Mark */
/** @typedef {{line: number, on: boolean}} LineStop a breakpoint on a line */
/** @typedef {{from: number, to: number, severity: "error" | "warning", message: string}} Fault */
/** @typedef {ReturnType<typeof createEditor>} Editor */

const markEffect = /** @type {typeof StateEffect.define<Mark | null>} */ (StateEffect.define)();

const markField = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    let now = marks.map(transaction.changes);
    for (const effect of transaction.effects)
      if (effect.is(markEffect)) now = decorate(transaction.state, effect.value);
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** @param {EditorState} state @param {Mark | null} mark */
function decorate(state, mark) {
  if (!mark || mark.from >= mark.to || mark.to > state.doc.length) return Decoration.none;
  const line = state.doc.lineAt(mark.from);
  return Decoration.set([
    Decoration.line({ class: `tape-line tape-line-${mark.tone}` }).range(line.from),
    Decoration.mark({ class: `tape-mark tape-mark-${mark.tone}` }).range(mark.from, mark.to),
  ]);
}

/** The dot beside a line that has a breakpoint; a ring where it is switched off. */
class Dot extends GutterMarker {
  /** @param {boolean} on */
  constructor(on) {
    super();
    this.on = on;
  }

  /** @override @param {Dot} other */
  eq(other) {
    return other.on === this.on;
  }

  /** @override */
  toDOM() {
    const dot = document.createElement("span");
    dot.className = this.on ? "line-stop" : "line-stop off";
    dot.title = this.on ? t("Breakpoint") : t("Breakpoint, off");
    return dot;
  }
}

const stopsEffect = /** @type {typeof StateEffect.define<readonly LineStop[]>} */ (StateEffect.define)();

const stopsField = StateField.define({
  create: () => /** @type {RangeSet<GutterMarker>} */ (RangeSet.empty),
  update(dots, transaction) {
    let now = dots.map(transaction.changes);
    for (const effect of transaction.effects)
      if (effect.is(stopsEffect)) {
        const { doc } = transaction.state;
        const there = effect.value.filter(({ line }) => line >= 1 && line <= doc.lines);
        now = RangeSet.of(
          there.map(({ line, on }) => new Dot(on).range(doc.line(line).from)),
          true,
        );
      }
    return now;
  },
});

/** The margin left of the line numbers: a click sets or removes a breakpoint. @param {(line: number) => void} onBreak */
const margin = (onBreak) => [
  stopsField,
  gutter({
    class: "stops-gutter",
    renderEmptyElements: true,
    markers: (view) => view.state.field(stopsField),
    domEventHandlers: {
      mousedown: (editor, block) => handled(() => onBreak(editor.state.doc.lineAt(block.from).number)),
    },
  }),
];

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self], class: "code-keyword" },
  { tag: [tags.string, tags.special(tags.string)], class: "code-string" },
  { tag: [tags.number, tags.bool, tags.null], class: "code-number" },
  { tag: [tags.comment, tags.docString], class: "code-comment" },
  {
    tag: [
      tags.function(tags.variableName),
      tags.function(tags.propertyName),
      tags.definition(tags.className),
      tags.className,
    ],
    class: "code-function",
  },
  { tag: [tags.meta, tags.annotation], class: "code-meta" },
  { tag: tags.invalid, class: "code-invalid" },
]);

/**
 * Chromium carries the colour of text that is typed over along as an inline style, which the page's policy blocks and reports. So what
 * is typed over a selection goes through the editor's own state instead. @param {InputEvent} event @param {EditorView} view
 */
function typeOver(event, view) {
  const { data } = event;
  const { from, to, empty } = view.state.selection.main;
  if (event.inputType !== "insertText" || data === null || empty || view.composing) return false;
  const insert = () =>
    view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
  if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, data, insert)))
    view.dispatch(insert());
  event.preventDefault();
  return true;
}

/** Do it, and tell CodeMirror that the event is dealt with. @param {() => void} act */
function handled(act) {
  act();
  return true;
}

/**
 * @param {HTMLElement} host
 * @param {{text: string, nonce: string, onEdit: (text: string) => void, onRun: () => void, onLine: (line: number) => void, onBreak: (line: number) => void}} options
 */
export function createEditor(host, { text, nonce, onEdit, onRun, onLine, onBreak }) {
  const run = { key: "Mod-Enter", preventDefault: true, run: () => handled(onRun) };
  const stop = {
    key: "F9",
    preventDefault: true,
    run: (/** @type {EditorView} */ { state }) =>
      handled(() => onBreak(state.doc.lineAt(state.selection.main.head).number)),
  };
  // Text that is put there by the page is not an edit.
  let quiet = false;
  // Tab indents for who clicked or typed here; whom Tab itself brought here, it leads on.
  let working = false;
  const indent = {
    key: "Tab",
    run: (/** @type {EditorView} */ editor) => working && Boolean(indentWithTab.run?.(editor)),
    shift: (/** @type {EditorView} */ editor) => working && Boolean(indentWithTab.shift?.(editor)),
  };
  const view = new EditorView({
    parent: host,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(nonce),
        Prec.highest(keymap.of([run, stop])),
        margin(onBreak),
        lineNumbers({
          domEventHandlers: {
            click: (editor, block) => handled(() => onLine(editor.state.doc.lineAt(block.from).number)),
          },
        }),
        basicSetup,
        keymap.of([indent]),
        indentUnit.of("    "),
        python(),
        syntaxHighlighting(colours),
        markField,
        Prec.highest(EditorView.domEventHandlers({ beforeinput: typeOver })),
        EditorView.domEventHandlers({
          pointerdown: () => void (working = true),
          blur: () => void (working = false),
        }),
        EditorView.contentAttributes.of({ "aria-label": t("Program"), tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged || quiet) return;
          working = true;
          onEdit(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    /** @param {string} whole */
    setText(whole) {
      if (whole === view.state.doc.toString()) return;
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: whole } });
      quiet = false;
    },
    /** @param {Mark | null} mark @param {boolean} follow scroll to it although somebody is typing */
    mark(mark, follow) {
      view.dispatch({ effects: markEffect.of(mark) });
      if (!mark || (view.hasFocus && !follow)) return;
      // The editor scrolls once it has measured itself, which matters on a page that opens at a step.
      const effects = EditorView.scrollIntoView(Math.min(mark.from, view.state.doc.length), {
        y: "nearest",
        yMargin: 48,
      });
      view.dispatch({ effects });
    },
    /** @param {readonly LineStop[]} stops */
    breakpoints(stops) {
      view.dispatch({ effects: stopsEffect.of(stops) });
    },
    /** @param {Fault[]} faults */
    faults(faults) {
      const { length } = view.state.doc;
      const found = faults.map((fault) => ({
        ...fault,
        from: Math.min(fault.from, length),
        to: Math.min(Math.max(fault.to, fault.from + 1), length),
      }));
      view.dispatch(setDiagnostics(view.state, found));
    },
    undo: () => undo(view),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
