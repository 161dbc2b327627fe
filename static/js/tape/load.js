/** A tape in the browser: its tables, its events with what the file omits filled in, and how it is fetched. */

import { heard, t } from "../language/index.js";
import { DEFAULTS, ROWS } from "./defaults.js";
import { mayHide, parseVisible } from "./visible.js";

/** @typedef {import("./format.js").Tables} Tables */
/** @typedef {import("./format.js").TapeEvent} TapeEvent */

/** An event as the file has it → with every field. @param {{kind: string}} event @returns {TapeEvent} */
export function fill(event) {
  return /** @type {TapeEvent} */ (/** @type {unknown} */ ({ ...DEFAULTS[event.kind], ...event }));
}

/**
 * The rows of one table with every field; a file of an older minor version may lack the table.
 * @template {keyof typeof ROWS & keyof Tables} K
 * @param {Tables} tables @param {K} name @returns {Tables[K]}
 */
function rows(tables, name) {
  const given = /** @type {unknown[]} */ (/** @type {unknown} */ (tables[name] ?? []));
  const filled = given.map((row) => ({ ...ROWS[name], .../** @type {object} */ (row) }));
  return /** @type {Tables[K]} */ (/** @type {unknown} */ (filled));
}

/** A recorded program: immutable tables and events. */
export class Tape {
  /** @param {Tables} tables @param {TapeEvent[]} events @param {string} [id] what the server calls it */
  constructor(tables, events, id = "") {
    this.id = id;
    this.header = tables.header;
    this.sources = rows(tables, "sources");
    this.spans = rows(tables, "spans");
    this.modules = rows(tables, "modules");
    this.tensors = rows(tables, "tensors");
    this.ops = rows(tables, "ops");
    this.nodes = rows(tables, "nodes");
    this.calls = rows(tables, "calls");
    this.hooks = rows(tables, "hooks");
    this.optimizers = rows(tables, "optimizers");
    this.storages = rows(tables, "storages");
    this.aten = rows(tables, "aten");
    this.values = rows(tables, "values");
    this.events = events;
  }

  /** @param {Tables} tables @param {string} lines `events.jsonl` @param {string} [id] */
  static parse(tables, lines, id = "") {
    const read = mayHide(lines) ? (/** @type {string} */ line) => parseVisible(line) : JSON.parse;
    const events = lines
      .split("\n")
      .filter(Boolean)
      .map((line) => fill(read(line)));
    return new Tape(tables, events, id);
  }

  /** Every tensor an op wrote: its outputs, then what it changed without returning it. @param {number} op */
  writes(op) {
    const { outputs, mutates } = this.ops[op];
    return mutates.length ? [...outputs, ...mutates.filter((t) => !outputs.includes(t))] : outputs;
  }
}

/** What the server says in its problem documents. */
export class Problem extends Error {
  /** @param {{type?: string, title?: string, status?: number, detail?: string, where?: unknown}} document */
  constructor(document) {
    super(heard(document.detail || document.title || "") || t("The server did not answer."));
    this.type = document.type ?? "about:blank";
    this.title = document.title ? heard(document.title) : t("Something went wrong");
    this.status = document.status ?? 0;
    this.where = document.where ?? null;
    /** Seconds to wait before the next try, where the server says so. @type {number | null} */
    this.retryAfter = null;
  }

  /** @param {Response} response */
  static async of(response) {
    const body = await response.json().catch(() => ({}));
    const problem = new Problem({ title: response.statusText, status: response.status, ...body });
    problem.retryAfter = Number(response.headers.get("retry-after")) || null;
    return problem;
  }
}

/** Asks the server; what it refuses, and that it does not answer at all, is a Problem. @param {string} url @param {RequestInit} [init] */
export async function ask(url, init) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw new Problem({ title: t("The server does not answer"), detail: t("Is it still running?") });
  }
  if (!response.ok) throw await Problem.of(response);
  return response;
}

/** @param {string} url @param {AbortSignal | undefined} signal @param {(bytes: number) => void} onBytes */
async function text(url, signal, onBytes) {
  const response = await ask(url, { signal, headers: { accept: "application/json, application/x-ndjson" } });
  if (!response.body) return response.text();
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let whole = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    onBytes(part.value.length);
    whole += decoder.decode(part.value, { stream: true });
  }
  return whole + decoder.decode();
}

/**
 * Fetches a tape from the server.
 * @param {string} base `/api/v1/tapes/{id}`
 * @param {{onProgress?: (bytes: number) => void, signal?: AbortSignal}} [options]
 */
export async function fetchTape(base, { onProgress = () => {}, signal } = {}) {
  let loaded = 0;
  const count = (/** @type {number} */ bytes) => onProgress((loaded += bytes));
  const [tables, lines] = await Promise.all([
    text(`${base}/tape`, signal, count),
    text(`${base}/events`, signal, count),
  ]);
  // The editor shows the program as it is.
  return Tape.parse(parseVisible(tables, ["text"]), lines, base.slice(base.lastIndexOf("/") + 1));
}
