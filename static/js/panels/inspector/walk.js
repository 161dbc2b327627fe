/** A walk over a module, played: what `named_modules()`, `parameters()`, `state_dict()` … give, one after another. */

import { html, useEffect, useState } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { apply, rewound } from "../../deck/transport.js";
import { relations } from "../../tape/relations.js";
import { DEDUPLICATES, MOST, WALKS, isNamed, steps } from "../../tape/walks.js";
import { formatDtype, formatShape, moduleTitle, tensorName, typeName } from "../../tape/words.js";
import { Icon } from "../../ui/icons.js";
import { Name } from "../../ui/name.js";
import { pointed } from "../../ui/pointed.js";
import { recall, remember } from "../../ui/remember.js";
import { Link } from "./parts.js";

/** @typedef {import("../../tape/walks.js").Item} Item */
/** @typedef {import("../../tape/walks.js").WalkName} WalkName */
/** @typedef {import("./parts.js").Tape} Tape */

const PACE = 650;
/** The most lines around the present one. */
const WINDOW = 120;

const PASSED = {
  none: t("None: passed over"),
  again: t("given already: passed over"),
  passing: t("not persistent: left out"),
};

/** A module or tensor in a few words. @param {Tape} tape @param {Item} item */
function inWords(tape, { thing }) {
  if (thing === null) return "None";
  const [kind, id] = thing.split(":");
  if (kind === "module") return typeName(tape.modules[Number(id)].type);
  const { shape, dtype } = tape.tensors[Number(id)];
  return `${formatShape(shape)} ${formatDtype(dtype)}`;
}

/** The name that a walk gives; `''` is the module itself. A walk without names shows where it is, more faintly. @param {Tape} tape @param {Item} item @param {WalkName} walk */
function nameOf(tape, { name, thing }, walk) {
  if (isNamed(walk)) return html`<b class="key"><${Name} text=${`'${name}'`} /></b>`;
  const [kind, id] = (thing ?? "").split(":");
  const path =
    kind === "module" ? moduleTitle(tape, Number(id)) : kind === "tensor" ? tensorName(tape, Number(id)) : name;
  return html`<span class="muted"><${Name} text=${path} /></span>`;
}

/** The module that an item is in, or is. @param {Item} item */
const moduleOf = ({ thing, module }) => (thing?.startsWith("module:") ? thing : `module:${module}`);

/** @param {import("./parts.js").CardProps} props */
export function Walk({ model, player: { tape, history }, id }) {
  const [walk, setWalk] = useState(recall("walk", /** @type {WalkName} */ ("named_parameters")));
  const [once, setOnce] = useState(true);
  const [position, setPosition] = useState(rewound());
  const items = steps(tape, id, walk, { step: model.step.value, removeDuplicate: once });
  const reel = { count: items.length, segments: [] };
  /** @param {import("../../deck/transport.js").Action} action */
  const send = (action) => setPosition((now) => apply(now, action, reel));
  const at = Math.min(position.step, items.length - 1);
  const item = items[at];

  useEffect(() => {
    if (!position.playing) return undefined;
    const timer = setTimeout(() => send({ type: "tick" }), PACE);
    return () => clearTimeout(timer);
  }, [position]);
  useEffect(() => {
    pointed.value = item ? moduleOf(item) : null;
  }, [item && moduleOf(item), position.step]);
  useEffect(() => () => void (pointed.value = null), []);

  const given = items.filter(({ passed }) => passed === null).length;
  const title = moduleTitle(tape, id);
  const says = item
    ? `${at + 1} / ${items.length}: ${item.name || title} – ${item.passed ? PASSED[item.passed] : inWords(tape, item)}`
    : "";
  /** @param {Event} event */
  const choose = (event) => {
    const chosen = /** @type {WalkName} */ (/** @type {HTMLSelectElement} */ (event.target).value);
    setWalk(chosen);
    remember("walk", chosen);
    setPosition(rewound());
  };
  return html`<section class="facts walk" aria-label=${t("Walks")}><h4>${t("Walks")} <span>${t("as torch goes")}</span></h4>
    <div class="walk-head">
      <code>${title}.</code><select class="small" aria-label=${t("Walk")} value=${walk} onChange=${choose}>${WALKS.map((name) => html`<option key=${name} value=${name} selected=${name === walk}>${name}()</option>`)}</select>
      ${
        DEDUPLICATES.has(walk) &&
        html`<label><input type="checkbox" checked=${once} onChange=${(/** @type {Event} */ event) => {
          setOnce(/** @type {HTMLInputElement} */ (event.target).checked);
          setPosition(rewound());
        }} /> <code>remove_duplicate</code></label>`
      }
    </div>
    <${Controls} position=${{ ...position, step: at }} length=${items.length} send=${send} />
    <p class="walk-says"><span>${t("gives {n}", { n: given })}${items.length > given ? t(", passes over {n}", { n: items.length - given }) : ""}${items.length >= MOST ? t("; more is not shown") : ""}</span><span class="hidden" role="status" aria-live=${position.playing ? "off" : "polite"}>${says}</span></p>
    <${Items} model=${model} tape=${tape} items=${items} walk=${walk} at=${at} choose=${(/** @type {number} */ step) => send({ type: "seek", step })} />
    ${walk === "state_dict" && hooked(tape, history.at(model.step.value), id) && html`<p class="aside">${t("A state_dict hook is registered below: what it adds, renames or removes does not stand here.")}</p>`}
  </section>`;
}

/** Whether a hook may change what `state_dict()` gives. @param {Tape} tape @param {import("../../tape/state.js").State} state @param {number} id */
const hooked = (tape, state, id) =>
  steps(tape, id, "modules", { step: state.step }).some(({ thing }) =>
    (relations(tape).hooksOn.get(thing ?? "") ?? []).some(
      (hook) => tape.hooks[hook].kind.startsWith("state_dict") && state.hook(hook).registered,
    ),
  );

/** Keys that move the walk's slider are not the player's. @param {KeyboardEvent} event */
const keep = (event) => {
  if (/^(Arrow|Home|End|Page)/.test(event.key)) event.stopPropagation();
};

/** @param {{position: import("../../deck/transport.js").Position, length: number, send: (action: import("../../deck/transport.js").Action) => void}} props */
function Controls({ position: { step, playing }, length, send }) {
  const [atStart, atEnd] = [step < 0, step >= length - 1];
  /** @param {import("../../ui/icons.js").IconName} name @param {string} label @param {boolean} off @param {import("../../deck/transport.js").Action} action */
  const button = (name, label, off, action) =>
    html`<button type="button" class="button icon-only small" title=${label} aria-label=${label} disabled=${off} onClick=${() => send(action)}><${Icon} name=${name} size=${15} /></button>`;
  return html`<div class="walk-controls" role="group" aria-label=${t("Controls of the walk")}>
    ${button("start", t("Walk: to the start"), atStart, { type: "start" })}
    ${button("back", t("Walk: back"), atStart, { type: "back" })}
    ${button(playing ? "pause" : "play", playing ? t("Walk: pause") : t("Walk: play"), !length, { type: "toggle" })}
    ${button("next", t("Walk: next"), atEnd, { type: "next" })}
    <input type="range" min="-1" max=${Math.max(-1, length - 1)} value=${step} disabled=${!length} aria-label=${t("Position in the walk")} onKeyDown=${keep} onInput=${(
      /** @type {Event} */ event,
    ) => send({ type: "seek", step: Number(/** @type {HTMLInputElement} */ (event.target).value) })} />
  </div>`;
}

/** Before the first step everything stands there; from then on what has not come yet is faint. @param {{model: import("./parts.js").CardProps["model"], tape: Tape, items: readonly Item[], walk: WalkName, at: number, choose: (step: number) => void}} props */
function Items({ model, tape, items, walk, at, choose }) {
  const from = Math.max(0, Math.min(at - WINDOW / 2, items.length - WINDOW));
  const shown = items.slice(from, from + WINDOW);
  return html`<ol class="walk-items" start=${from + 1}>${shown.map((item, i) => {
    const index = from + i;
    const state = at < 0 ? "" : index === at ? " now" : index > at ? " later" : "";
    return html`<li key=${index} class=${`${item.passed ? "passed" : "given"}${state}`} aria-current=${index === at ? "step" : undefined} style=${{ paddingLeft: `${6 + 10 * Math.min(item.depth, 5)}px` }}
      onClick=${() => choose(index)}>
      <span>${nameOf(tape, item, walk)} ${index === at && item.thing ? html`<${Link} model=${model} tape=${tape} thing=${item.thing}>${inWords(tape, item)}</${Link}>` : html`<code>${inWords(tape, item)}</code>`}</span>${item.passed && html`<small>${PASSED[item.passed]}</small>`}</li>`;
  })}${items.length > from + WINDOW && html`<li class="later">${t("and {n} more", { n: items.length - from - WINDOW })}</li>`}</ol>`;
}
