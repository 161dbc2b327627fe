/** Search: a field in the top bar that finds anything on the tape, by keyboard or by hand. */

import { html, signal, useEffect, useMemo, useRef, useState } from "../../vendor/preact.js";
import { count, t } from "../language/index.js";
import { firstStep } from "../tape/first.js";
import { grouped } from "../tape/grouped.js";
import { MOST, search } from "../tape/search.js";
import { searchIndex } from "../tape/search_index.js";
import { Icon } from "../ui/icons.js";
import { narrow, tab } from "../ui/panes.js";
import { recall, remember } from "../ui/remember.js";
import { SearchList, choicesOf, hintsOf, optionId } from "./search_list.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("./search_list.js").Option} Option */

const RECENT = 5;

/** Whether the search is open. */
export const searching = signal(false);

/** @param {{model: Model, reveal: (thing: string) => boolean}} props `reveal` brings a thing onto the screen, where the graph can */
export function Search({ model, reveal }) {
  useEffect(() => {
    /** Ctrl-K and ⌘-K work in the editor, too, unless it has a use for them. @param {KeyboardEvent} event */
    const pressed = (event) => {
      if (event.defaultPrevented || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      searching.value = true;
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  return html`<div class="search" role="search">
    <button type="button" class="search-opener" title=${t("Find anything on the tape ( / )")} aria-label=${t("Search")} aria-keyshortcuts="/ Control+K Meta+K"
      aria-expanded=${searching.value} onClick=${() => (searching.value = true)}><${Icon} name="search" size=${16} /><span>${t("Search")}</span><kbd>/</kbd></button>
    ${searching.value && html`<${Finder} model=${model} reveal=${reveal} />`}
  </div>`;
}

/** Goes to a thing: selects it, shows it in the graph and, if asked, the step where it first happened. @param {Model} model @param {(thing: string) => boolean} reveal @param {string} thing @param {boolean} travel */
function goTo(model, reveal, thing, travel) {
  const tape = model.player.value?.tape;
  const step = tape && travel ? firstStep(tape, thing) : null;
  if (step !== null && step !== undefined) model.deck({ type: "seek", step });
  model.select(thing);
  // What the graph has no place for is shown by its card.
  tab.value = reveal(thing) ? "graph" : "details";
}

/** The field takes the focus as soon as it is there, so that no letter is lost. @param {HTMLElement | null} field */
const takeFocus = (field) => field?.focus();

/** @param {string} text */
function keep(text) {
  const before = recall("searches", /** @type {string[]} */ ([]));
  remember("searches", [text, ...before.filter((each) => each !== text)].slice(0, RECENT));
}

/** @param {{model: Model, reveal: (thing: string) => boolean}} props */
function Finder({ model, reveal }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const before = useMemo(() => document.activeElement, []);
  const [text, setText] = useState("");
  const [at, setAt] = useState(-1);
  const tape = model.player.value?.tape ?? null;
  const found = useMemo(() => (tape ? search(tape, text) : null), [tape, text]);
  const groups = useMemo(
    () =>
      tape && found?.words.length
        ? choicesOf(tape, found)
        : hintsOf(tape, recall("searches", /** @type {string[]} */ ([]))),
    [tape, found],
  );
  const options = groups.flatMap((group) => group.options);
  /** @param {string} words */
  const ask = (words) => {
    setText(words);
    setAt(words.trim() ? 0 : -1);
  };
  const close = () => (searching.value = false);
  /** @param {Option | undefined} option @param {boolean} travel */
  const choose = (option, travel) => {
    if (!option) return;
    if (option.fill !== null) {
      ask(option.fill);
    } else if (option.thing !== null) {
      keep(text.trim());
      close();
      goTo(model, reveal, option.thing, travel);
    }
  };

  useEffect(() => {
    /** @param {Event} event */
    const elsewhere = (event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) close();
    };
    document.addEventListener("pointerdown", elsewhere);
    return () => {
      document.removeEventListener("pointerdown", elsewhere);
      const left = document.activeElement === document.body || document.activeElement === null;
      if (left && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  // What the first letter needs is read before it is typed.
  useEffect(() => {
    const timer = setTimeout(() => tape && searchIndex(tape));
    return () => clearTimeout(timer);
  }, [tape]);
  useEffect(() => {
    document.getElementById(optionId(at))?.scrollIntoView({ block: "nearest" });
  }, [at, text]);

  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    const typing = event.target instanceof HTMLInputElement && !event.isComposing;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") close();
    else if (typing && event.key === "Enter") choose(options[at], event.altKey);
    else if (typing && by && options.length)
      setAt(at < 0 && by < 0 ? options.length - 1 : (at + by + options.length) % options.length);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  /** @param {FocusEvent} event */
  const left = (event) => {
    if (event.relatedTarget instanceof Node && !box.current?.contains(event.relatedTarget)) close();
  };
  const all = found?.count ?? 0;
  const says = !tape
    ? t("No tape is open yet.")
    : !found?.words.length
      ? ""
      : all > MOST
        ? t("The best {most} of {all} things: one more word narrows it down", {
            most: MOST,
            all: grouped(all),
          })
        : all
          ? count("{n} thing found", "{n} things found", all)
          : t("No things found");
  return html`<div class="finder" ref=${box} onKeyDown=${pressed} onFocusOut=${left}>
    <div class="finder-field">
      <${Icon} name="search" size=${16} />
      <input ref=${takeFocus} type="text" role="combobox" aria-label=${t("Search the tape")} aria-expanded=${options.length > 0} aria-controls="found" aria-autocomplete="list"
        aria-activedescendant=${at >= 0 && options.length ? optionId(at) : undefined} autocomplete="off" autocapitalize="off" spellcheck=${false}
        placeholder=${narrow.value ? t("Name, type, shape or line") : t("Name, op, node, module, shape or line")} value=${text} onInput=${(/** @type {Event} */ event) => ask(/** @type {HTMLInputElement} */ (event.target).value)} />
      <button type="button" class="button icon-only small" title=${t("Close (Esc)")} aria-label=${t("Close the search")} onClick=${close}><${Icon} name="close" size=${14} /></button>
    </div>
    <div class="finder-drop" onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()}>
      ${found?.notes.map((note) => html`<p key=${note} class="finder-note"><${Icon} name="info" size=${16} /><span>${note}</span></p>`)}
      <${SearchList} tape=${tape} words=${found?.words ?? []} groups=${groups} at=${at} choose=${choose} />
      <div class="finder-foot"><p role="status">${says}</p><span class="spring"></span>${!narrow.value && html`<span class="finder-keys"><kbd>Enter</kbd> ${t("shows it")} <kbd>Alt Enter</kbd> ${t("goes to its step, too")}</span>`}</div>
    </div>
  </div>`;
}
