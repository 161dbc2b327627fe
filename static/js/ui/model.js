/** The page's state, as signals, and the few verbs that change it. Panels read it; only main.js makes it. */

import { batch, computed, signal } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { Deck } from "../deck/deck.js";
import { nextWhere, stepBy } from "../deck/stepping.js";
import { Problem, fetchTape } from "../tape/load.js";
import { segmentAt, segments } from "../tape/phases.js";
import { History } from "../tape/state.js";
import { parseThing, thingOf } from "../tape/things.js";
import { createBreakpoints } from "./breakpoints.js";
import * as client from "./client.js";
import { optionsFrom, problemOf, requestOf } from "./options.js";
import { recall, remember } from "./remember.js";
import { calm, troubleOf } from "./trouble.js";

/** @typedef {import("../tape/load.js").Tape} Tape */
/** @typedef {import("../tape/phases.js").Segment} Segment */
/** @typedef {import("../deck/deck.js").Position} Position */
/** @typedef {{tape: Tape, history: History, segments: Segment[], deck: Deck}} Player */
/** @typedef {{what: "waiting" | "recording" | "loading" | "uploading", events: number, bytes: number, line: number | null, position: number | null, since: number}} Running */
/** @typedef {{id: string, title: string, at: number}} Recent */
/** @typedef {ReturnType<typeof createModel>} Model */

const RECENT = 8;

/** @param {Running["what"]} what @param {number} [since] @returns {Running} */
const busy = (what, since = Date.now()) => ({ what, events: 0, bytes: 0, line: null, position: null, since });

export function createModel() {
  const player = signal(/** @type {Player | null} */ (null));
  const position = signal(
    /** @type {Position} */ ({ step: -1, playing: false, direction: 1, speed: recall("speed", 1) }),
  );
  const selection = signal(/** @type {string | null} */ (null));
  const open = signal(/** @type {string[]} */ ([]));
  /** What of the graph is shown, as it stands in the address. */
  const view = signal("");
  const lessons = signal(/** @type {import("./client.js").LessonLine[]} */ ([]));
  /** Where playing stops beside breakpoints: at the notes of a lesson. */
  const pauses = signal(/** @type {{has: (step: number) => boolean}} */ (new Set()));
  const lesson = signal(/** @type {string | null} */ (null));
  const title = signal("");
  const recorded = signal(/** @type {string | null} */ (null));
  const text = signal("");
  const options = signal(optionsFrom(recall("options", {})));
  const running = signal(/** @type {Running | null} */ (null));
  const trouble = signal(/** @type {import("./trouble.js").Trouble | null} */ (null));
  const outcome = signal(/** @type {import("./client.js").Outcome | null} */ (null));
  const findings = signal(/** @type {import("./client.js").Finding[]} */ ([]));
  const recent = signal(recall("recent", /** @type {Recent[]} */ ([])));
  const stale = computed(() => recorded.value !== null && text.value !== recorded.value);

  const step = computed(() => position.value.step);
  const segment = computed(() =>
    player.value && step.value >= 0 ? segmentAt(player.value.segments, step.value) : null,
  );
  /** The thing the latest event is about; events about nothing leave the one before. */
  const current = computed(() => {
    const events = player.value?.tape.events ?? [];
    for (let at = Math.min(step.value, events.length - 1); at >= 0; at -= 1) {
      const thing = thingOf(events[at]);
      if (thing) return thing;
    }
    return null;
  });
  const shown = computed(() => selection.value ?? current.value);
  const points = createBreakpoints(player);

  /** @type {AbortController | null} */
  let task = null;
  /** @type {string | null} */
  let recordingId = null;

  /** @param {Tape} tape @param {{step?: number | null, sel?: string | null, open?: string[], view?: string}} place */
  function insert(tape, place) {
    player.value?.deck.close();
    const parts = segments(tape);
    // A program that failed before it did anything is shown where it failed.
    const opening = tape.ops.length || tape.events.length > 1 ? -1 : 0;
    const at = Math.max(-1, Math.min(tape.events.length - 1, place.step ?? opening));
    const deck = new Deck(tape.events, parts, {
      position: { step: at, speed: position.value.speed },
      stopsAt: (step) => points.stopAt(step) !== null || pauses.value.has(step),
    });
    batch(() => {
      position.value = deck.position;
      selection.value = parseThing(tape, place.sel ?? null) ? (place.sel ?? null) : null;
      open.value = place.open ?? [];
      view.value = place.view ?? "";
      player.value = { tape, history: new History(tape), segments: parts, deck };
      findings.value = [];
      points.adopt(tape, revised);
    });
    deck.subscribe((now, _, before) => {
      const ran = before.playing && !now.playing && now.step !== before.step;
      batch(() => {
        position.value = now;
        if (now.step !== before.step) points.halted.value = ran && points.stopAt(now.step) ? now.step : null;
      });
    });
  }

  /** @param {string} id @param {{step?: number | null, sel?: string | null, open?: string[], view?: string}} place @param {AbortSignal} signal */
  async function load(id, place, signal) {
    const entry = await client.status(id);
    const ended = entry.outcome ? entry : await follow(id, signal);
    outcome.value = ended.outcome ?? null;
    const program = ended.source ?? null;
    if (!ended.header) {
      player.value?.deck.close();
      batch(() => {
        player.value = null;
        findings.value = [];
        adopt(ended, program);
      });
      return;
    }
    running.value = busy("loading");
    const tape = await fetchTape(`${client.API}/tapes/${id}`, {
      signal,
      onProgress: (bytes) => {
        if (running.value) running.value = { ...running.value, bytes };
      },
    });
    batch(() => {
      adopt(ended, program ?? tape.sources[0]?.text ?? "", tape.header.title);
      insert(tape, place);
    });
    recent.value = [{ id, title: title.value, at: Date.now() }, ...recent.value.filter((each) => each.id !== id)].slice(
      0,
      RECENT,
    );
    remember("recent", recent.value);
    // The tape plays before the doctor has looked at it; a doctor that fails is no trouble of the reader's.
    client.findings(ended).then(
      (found) => {
        if (player.value?.tape === tape)
          findings.value = found.filter(({ step: at }) => at >= 0 && at < tape.events.length);
      },
      () => {},
    );
  }

  /** Takes over a recording's program into the editor. @param {import("./client.js").Entry} entry @param {string | null} program @param {string} [name] */
  function adopt(entry, program, name) {
    lesson.value = entry.lesson ?? null;
    title.value = entry.title || name || "program";
    if (entry.origin === "program") options.value = optionsFrom(entry.options);
    if (program === null) return;
    recorded.value = program;
    const draft = recall("draft", /** @type {{of: string, text: string} | null} */ (null));
    if (!kept) text.value = draft?.of === entry.id ? draft.text : program;
    kept = false;
  }
  let kept = false;
  /** The tape that comes is of the program in the editor, which may have been edited. */
  let revised = false;
  /** Records what was last recorded once more. */
  let repeat = () => {};

  /** @param {string} id @param {AbortSignal} signal */
  function follow(id, signal) {
    running.value = busy("waiting", running.value?.since);
    return client.follow(id, {
      signal,
      onProgress: (progress) => {
        if (!running.value) return;
        const { events, line } = running.value;
        const what = progress.status === "queued" ? "waiting" : "recording";
        running.value = {
          ...running.value,
          what,
          position: progress.position ?? null,
          events: progress.events ?? events,
          line: progress.line ?? line,
        };
      },
    });
  }

  /** Runs one task at a time: a new one ends the one before. @param {(signal: AbortSignal) => Promise<void>} work @param {() => void} again does the same once more */
  async function only(work, again) {
    task?.abort();
    revised = false;
    const mine = (task = new AbortController());
    trouble.value = null;
    running.value = busy("waiting");
    try {
      await work(mine.signal);
    } catch (error) {
      if (task !== mine) return;
      kept = false;
      if (!(error instanceof DOMException && error.name === "AbortError")) trouble.value = troubleOf(error, again);
    } finally {
      if (task === mine) {
        running.value = null;
        recordingId = null;
      }
    }
  }

  /** An edited program keeps its name, and says that it was edited. */
  const named = () =>
    !title.value || title.value === "program"
      ? {}
      : {
          title:
            stale.value && !title.value.endsWith(t("{title} (edited)", { title: "" }))
              ? t("{title} (edited)", { title: title.value })
              : title.value,
        };

  /** What is recorded next, and how; raises a Problem where the options do not fit together. */
  const asked = () => {
    const detail = problemOf(options.value);
    if (detail) throw new Problem({ title: t("The options do not fit together"), status: 422, detail });
    return { source: text.value, ...named(), options: requestOf(options.value) };
  };

  const verbs = {
    /** Opens a tape that the server has. @param {string} id @param {{step?: number | null, sel?: string | null, open?: string[], view?: string}} [place] @returns {Promise<void>} */
    openTape: (id, place = {}) =>
      only(
        (signal) => load(id, place, signal),
        () => verbs.openTape(id, place),
      ),

    /** Gives the server a .tape file and opens it. @param {Blob} file @param {(id: string) => void} onOpened @returns {Promise<void>} */
    openFile: (file, onOpened) =>
      only(
        async (signal) => {
          running.value = busy("uploading");
          const { id } = await client.upload(file, signal);
          await load(id, {}, signal);
          onOpened(id);
        },
        () => verbs.openFile(file, onOpened),
      ),

    /** Records the program in the editor and opens its tape. @param {{onRecorded?: (id: string) => void, autoplay?: boolean, lesson?: string | null, place?: {step?: number | null, sel?: string | null, open?: string[], view?: string}}} [options] `lesson`: the text is this built-in program's own @returns {Promise<void>} */
    run: ({ onRecorded = () => {}, autoplay = true, lesson: slug = null, place = {} } = {}) =>
      only(
        async (signal) => {
          player.value?.deck.send({ type: "pause" });
          const { id } = await client.startRecording(slug ? { lesson: slug } : asked());
          recordingId = id;
          // What is typed while it records stays in the editor, as a draft on the new tape.
          kept = true;
          revised = !slug;
          await load(id, place, signal);
          remember("draft", stale.value ? { of: id, text: text.value } : null);
          onRecorded(id);
          if (autoplay) verbs.play();
        },
        (repeat = () => verbs.run({ onRecorded, autoplay, lesson: slug, place })),
      ),

    /** Plays from where the tape stands; from the start, past the building of the model, which is long and dull. */
    play: () => {
      const { deck, segments: parts } = player.value ?? {};
      const opening = parts?.[0];
      if (deck?.position.step === -1 && opening?.phase === "build" && parts && parts.length > 1)
        deck.send({ type: "seek", step: opening.to });
      deck?.send({ type: "play" });
    },

    /** Something the page asked for did not come. @param {unknown} error */
    fail: (error) => {
      trouble.value = troubleOf(error, () => location.reload());
    },

    /** Cancels what is being recorded or loaded. */
    cancel: async () => {
      const id = recordingId;
      task?.abort();
      running.value = null;
      kept = false;
      if (!id) return;
      trouble.value = calm(t("The recording was cancelled"), t("The program is still in the editor."), repeat);
      await client.cancelRecording(id).catch(() => {});
    },

    /** @param {string} program */
    edit: (program) => {
      text.value = program;
      const id = player.value?.tape.id;
      if (id) remember("draft", stale.value ? { of: id, text: program } : null);
    },

    /** How the next run is recorded. @param {Partial<import("./options.js").RecordOptions>} change */
    setOptions: (change) => {
      options.value = { ...options.value, ...change };
      remember("options", options.value);
    },

    /** @param {import("../deck/deck.js").Action} action */
    deck: (action) => {
      player.value?.deck.send(action);
      if (action.type === "speed") remember("speed", action.speed);
    },

    /** Steps as a debugger does. @param {import("../deck/stepping.js").Verb} verb */
    stepBy: (verb) => {
      const { tape } = player.value ?? {};
      if (tape) verbs.deck({ type: "seek", step: stepBy(tape, step.value, verb) });
    },

    /** Runs to the next (or previous) step at which a breakpoint stops the tape. @param {1 | -1} direction */
    runToStop: (direction) => {
      const to = points.nextStop(step.value, direction);
      if (to === null) return;
      verbs.deck({ type: "seek", step: to });
      points.halted.value = to;
    },

    /** Runs to the next (or previous) event that is asked for. @param {1 | -1} direction @param {import("../deck/steps.js").Where} where */
    runTo: (direction, where) => {
      const { tape } = player.value ?? {};
      const to = tape ? nextWhere(tape, step.value, direction, where) : null;
      if (to !== null) verbs.deck({ type: "seek", step: to });
    },

    /** @param {string | null} thing */
    select: (thing) => {
      selection.value = thing;
    },

    /** Shows a finding: the tape where it happened, the thing it happened to. @param {import("./client.js").Finding} finding */
    goTo: ({ step: at, thing }) => {
      verbs.deck({ type: "seek", step: at });
      const tape = player.value?.tape;
      if (tape && parseThing(tape, thing)) selection.value = thing;
    },
  };
  return {
    player,
    position,
    step,
    segment,
    selection,
    current,
    shown,
    open,
    view,
    lessons,
    lesson,
    pauses,
    title,
    recorded,
    text,
    options,
    running,
    trouble,
    outcome,
    findings,
    recent,
    stale,
    breakpoints: points.breakpoints,
    stops: points.stops,
    halted: points.halted,
    stopAt: points.stopAt,
    nextStop: points.nextStop,
    ...points.verbs,
    ...verbs,
  };
}
