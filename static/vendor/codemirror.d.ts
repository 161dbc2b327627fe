// codemirror: made by tools/vendor.mjs; licences in codemirror.LICENSE.txt
export { basicSetup, minimalSetup } from "codemirror";
export { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
export { defaultKeymap, history, historyKeymap, indentLess, indentMore, indentWithTab, redo, undo } from "@codemirror/commands";
export { python, pythonLanguage } from "@codemirror/lang-python";
export { HighlightStyle, bracketMatching, defaultHighlightStyle, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting, syntaxTree } from "@codemirror/language";
export { forceLinting, lintGutter, lintKeymap, linter, setDiagnostics } from "@codemirror/lint";
export { Annotation, Compartment, EditorSelection, EditorState, Facet, Prec, RangeSet, RangeSetBuilder, StateEffect, StateField, Text, Transaction } from "@codemirror/state";
export { Decoration, EditorView, GutterMarker, ViewPlugin, WidgetType, drawSelection, gutter, gutterLineClass, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, hoverTooltip, keymap, lineNumbers, placeholder, showTooltip, tooltips } from "@codemirror/view";
export { tags } from "@lezer/highlight";
export type { Diagnostic } from "@codemirror/lint";
export type { Extension, Range, TransactionSpec } from "@codemirror/state";
export type { Command, DecorationSet, KeyBinding, Tooltip, ViewUpdate } from "@codemirror/view";
