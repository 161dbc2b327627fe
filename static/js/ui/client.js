/** The server's REST interface, as the page uses it. */

import { language } from "../language/index.js";
import { ask } from "../tape/load.js";
import { parseVisible } from "../tape/visible.js";

export const API = "/api/v1";

/** @typedef {{source?: string, line: number, column: number, end_line: number, end_column: number, expression: string}} Where */
/** @typedef {{status: string, detail?: string, where?: Where | null, code?: number | null, signal?: string | null}} Outcome */
/** @typedef {{slug: string, chapter: string, title: string, summary: string, question: string}} LessonLine */
/** @typedef {{chapters: {id: string, title: string, lessons: string[]}[], lessons: LessonLine[]}} Gallery */
/** @typedef {import("./learning.js").Lesson} Lesson */
/** @typedef {{status?: string, position?: number | null, events?: number | null, line?: number | null}} Progress */
/**
 * @typedef {{id: string, status: string, title?: string, source?: string, lesson?: string | null, outcome?: Outcome | null,
 *   origin?: string, options?: Record<string, unknown>, header?: unknown, counts?: Record<string, number>, progress?: Progress | null, links?: Record<string, string>}} Entry
 */
/** @typedef {{status: "ok" | "warming_up" | "unavailable", detail: string, standing: string, sandbox: string[], trust: boolean, access: "loopback" | "token" | "proxy" | "public"}} Readiness */
/** @typedef {{rule: string, severity: "error" | "warning" | "notice", sentence: string, step: number, thing: string | null, where: Where | null}} Finding */

/** What is shown of an answer; a program's source is not shown but edited. @param {Response} response */
const read = async (response) => parseVisible(await response.text(), ["source"]);

/** @param {string} path @param {RequestInit} [init] */
async function call(path, init) {
  const response = await ask(API + path, init);
  return response.status === 204 ? null : read(response);
}

/** @param {{source?: string, lesson?: string, options?: Record<string, unknown>}} request @returns {Promise<Entry>} */
export function startRecording(request) {
  return call("/tapes", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
}

/** Keeps a tape that was recorded elsewhere. @param {Blob} file @param {AbortSignal} signal @returns {Promise<Entry>} */
export const upload = (file, signal) =>
  call("/tapes", {
    method: "PUT",
    headers: { "content-type": "application/vnd.tapedeck.tape+zip" },
    body: file,
    signal,
  });

/** What the doctor finds on a tape; a server that has no doctor finds nothing. @param {Entry} entry @returns {Promise<Finding[]>} */
export async function findings({ links }) {
  return links?.findings ? (await read(await ask(links.findings))).findings : [];
}

/** Where the tape can be downloaded. @param {string} id */
export const fileAddress = (id) => `${API}/tapes/${encodeURIComponent(id)}/file`;

/** @param {string} id @returns {Promise<Entry>} */
export const status = (id) => call(`/tapes/${encodeURIComponent(id)}`);

/** @param {string} id */
export const cancelRecording = (id) => call(`/tapes/${encodeURIComponent(id)}`, { method: "DELETE" });

/** @returns {Promise<Gallery>} */
export const gallery = () => call(`/lessons?language=${language}`);

/** @param {string} slug @returns {Promise<Lesson>} */
export const lesson = (slug) => call(`/lessons/${encodeURIComponent(slug)}?language=${language}`);

/** Whether the service can record, and what confines programs; `tell` spares the page a failure while it warms up. @returns {Promise<Readiness>} */
export const readiness = async () => (await fetch("/readyz?tell=true")).json();

/** Numbers of a value that are not inline. @param {string} id @param {number} value @param {string} slice @returns {Promise<{shape: number[], data: (number | boolean | string)[]}>} */
export const numbers = (id, value, slice) =>
  call(`/tapes/${encodeURIComponent(id)}/values/${value}?slice=${encodeURIComponent(slice)}`);

/**
 * Follows a recording until it has ended; the status is asked for when the stream breaks.
 * @param {string} id
 * @param {{onProgress: (progress: Progress) => void, signal: AbortSignal}} options
 * @returns {Promise<Entry>}
 */
export function follow(id, { onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const stream = new EventSource(`${API}/tapes/${encodeURIComponent(id)}/stream`);
    let tries = 0;
    const stop = () => stream.close();
    const finish = () => {
      stop();
      status(id).then(resolve, reject);
    };
    signal.addEventListener("abort", () => {
      stop();
      reject(signal.reason);
    });
    stream.addEventListener("progress", (event) => {
      tries = 0;
      onProgress(JSON.parse(event.data));
    });
    // The events come in the stream too, once all is recorded; the page fetches them compressed instead.
    stream.addEventListener("events", finish);
    stream.addEventListener("outcome", finish);
    stream.addEventListener("error", () => {
      status(id).then(
        (entry) => {
          if (entry.outcome || (tries += 1) > 20) {
            stop();
            resolve(entry);
          }
        },
        (error) => {
          stop();
          reject(error);
        },
      );
    });
  });
}
