// Builds static/vendor: each browser library as one whole minified ES module, with its types, licences and hashes.
//
//   node tools/vendor.mjs           build from node_modules (as package-lock.json pins it) and write MANIFEST.json
//   node tools/vendor.mjs --check   verify the committed files against MANIFEST.json; builds nothing, needs no node_modules
//
// The same lockfile gives the same bytes, so a difference in static/vendor is always somebody's decision.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const VENDOR = join(ROOT, "static", "vendor");
const MANIFEST = join(VENDOR, "MANIFEST.json");

/**
 * `source` is what the file exports; it is at once the bundle's entry and the file's types. `code` and `types` are the
 * parts that JavaScript and TypeScript have to say differently.
 */
const LIBRARIES = [
  {
    name: "d3",
    source: `
export { create, select } from "d3-selection";
export { zoom, zoomIdentity } from "d3-zoom";`,
  },
  {
    name: "preact",
    source: `
export { Component, Fragment, cloneElement, createContext, createRef, h, hydrate, isValidElement, options, render, toChildArray } from "preact";
export { useCallback, useContext, useEffect, useErrorBoundary, useId, useImperativeHandle, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
export { Signal, batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from "@preact/signals";
export { For, Show } from "@preact/signals/utils";`,
    code: `
import htm from "htm";
import { h } from "preact";
export const html = htm.bind(h);`,
    types: `
export type { ComponentChild, ComponentChildren, ComponentType, FunctionComponent, RefObject, VNode } from "preact";
export type { ReadonlySignal } from "@preact/signals";
import type { VNode } from "preact";
/** One root gives one node; write a Fragment around several. */
export declare function html(strings: TemplateStringsArray, ...values: unknown[]): VNode;`,
  },
  {
    name: "codemirror",
    source: `
export { basicSetup, minimalSetup } from "codemirror";
export { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
export { defaultKeymap, history, historyKeymap, indentLess, indentMore, indentWithTab, redo, undo } from "@codemirror/commands";
export { python, pythonLanguage } from "@codemirror/lang-python";
export { HighlightStyle, bracketMatching, defaultHighlightStyle, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting, syntaxTree } from "@codemirror/language";
export { forceLinting, lintGutter, lintKeymap, linter, setDiagnostics } from "@codemirror/lint";
export { Annotation, Compartment, EditorSelection, EditorState, Facet, Prec, RangeSet, RangeSetBuilder, StateEffect, StateField, Text, Transaction } from "@codemirror/state";
export { Decoration, EditorView, GutterMarker, ViewPlugin, WidgetType, drawSelection, gutter, gutterLineClass, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, hoverTooltip, keymap, lineNumbers, placeholder, showTooltip, tooltips } from "@codemirror/view";
export { tags } from "@lezer/highlight";`,
    types: `
export type { Diagnostic } from "@codemirror/lint";
export type { Extension, Range, TransactionSpec } from "@codemirror/state";
export type { Command, DecorationSet, KeyBinding, Tooltip, ViewUpdate } from "@codemirror/view";`,
  },
];

/** @param {string | Uint8Array} content */
const sha256 = (content) => createHash("sha256").update(content).digest("hex");

/** @param {string} path */
const readJson = async (path) => JSON.parse(await readFile(path, "utf8"));

/** The folder under node_modules that an input of the bundle came from. @param {string} input */
function packageOf(input) {
  const parts = input.split("/");
  const at = parts.lastIndexOf("node_modules") + 1;
  return parts.slice(0, at + (parts[at].startsWith("@") ? 2 : 1)).join("/");
}

/** What a package says about itself. @param {string} folder */
async function describePackage(folder) {
  const { name, version, license } = await readJson(join(ROOT, folder, "package.json"));
  const file = (await readdir(join(ROOT, folder))).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  if (!license || !file) throw new Error(`${name} ${version} comes without a licence; it cannot be vendored`);
  return { name, version, license, text: (await readFile(join(ROOT, folder, file), "utf8")).trim() };
}

/** @param {{name: string, source: string, code?: string, types?: string}} library */
async function bundle(library) {
  const esbuild = await import("esbuild");
  const built = await esbuild.build({
    stdin: { contents: library.source + (library.code ?? ""), resolveDir: ROOT, sourcefile: `${library.name}.js` },
    absWorkingDir: ROOT,
    bundle: true,
    define: { "process.env.NODE_ENV": '"production"' },
    format: "esm",
    legalComments: "none",
    metafile: true,
    minify: true,
    target: "es2022",
    write: false,
  });
  const folders = Object.keys(built.metafile.inputs)
    .filter((input) => input.includes("node_modules/"))
    .map(packageOf);
  const packages = await Promise.all([...new Set(folders)].sort().map(describePackage));
  const made = `made by tools/vendor.mjs; licences in ${library.name}.LICENSE.txt`;
  return {
    packages,
    files: {
      [`${library.name}.js`]: `/* ${library.name}: ${made} */\n${built.outputFiles[0].text}`,
      [`${library.name}.d.ts`]: `${`// ${library.name}: ${made}\n${library.source.trim()}\n${library.types?.trimStart() ?? ""}`.trimEnd()}\n`,
      [`${library.name}.LICENSE.txt`]: packages
        .map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`)
        .join(`\n${"-".repeat(80)}\n\n`),
    },
  };
}

async function build() {
  await rm(VENDOR, { recursive: true, force: true });
  await mkdir(VENDOR, { recursive: true });
  const manifest = { files: {}, packages: {} };
  for (const library of LIBRARIES) {
    const { files, packages } = await bundle(library);
    for (const [file, content] of Object.entries(files)) {
      await writeFile(join(VENDOR, file), content);
      manifest.files[file] = { bytes: Buffer.byteLength(content), sha256: sha256(content) };
    }
    manifest.packages[library.name] = Object.fromEntries(packages.map(({ name, version }) => [name, version]));
    console.log(`${library.name}.js  ${Math.round(manifest.files[`${library.name}.js`].bytes / 1000)} kB`);
  }
  await writeFile(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Every file present, unchanged and accounted for; every version the one the lockfile names. */
async function findFaults() {
  if (!existsSync(MANIFEST)) return ["static/vendor/MANIFEST.json is missing"];
  const manifest = await readJson(MANIFEST);
  const lock = await readJson(join(ROOT, "package-lock.json"));
  const faults = [];

  const present = (await readdir(VENDOR, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(VENDOR, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((file) => file !== "MANIFEST.json");
  for (const file of present) if (!(file in manifest.files)) faults.push(`${file} is not in MANIFEST.json`);
  for (const [file, { sha256: expected }] of Object.entries(manifest.files)) {
    if (!present.includes(file)) faults.push(`${file} is missing`);
    else if (sha256(await readFile(join(VENDOR, file))) !== expected) faults.push(`${file} is not what was built`);
  }
  for (const [library, packages] of Object.entries(manifest.packages)) {
    for (const [name, version] of Object.entries(packages)) {
      const locked = lock.packages[`node_modules/${name}`]?.version;
      if (locked !== version)
        faults.push(`${library} holds ${name} ${version}, package-lock.json says ${locked ?? "nothing"}`);
    }
  }
  return faults;
}

if (process.argv.includes("--check")) {
  const faults = await findFaults();
  for (const fault of faults) console.error(`static/vendor: ${fault}`);
  if (faults.length) console.error("Run `make vendor`, look at what changed, and commit it.");
  else console.log("static/vendor: every file is what was built");
  process.exitCode = faults.length ? 1 : 0;
} else {
  await build();
}
