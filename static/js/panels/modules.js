/** The module tree: what gradients and activations are in each module at this step, as they build up. */

import { html, useEffect, useMemo, useRef, useState } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { levels, levelOf, moduleAt, shareOf } from "../tape/levels.js";
import { formatNumber, isSilent, moduleTitle, typeName } from "../tape/words.js";
import { recall, remember } from "../ui/remember.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("../tape/levels.js").Branch} Branch */
/** @typedef {import("../tape/levels.js").Metric} Metric */
/** @typedef {import("../tape/levels.js").Level} Level */

const ROW = 26;
/** @type {Record<Metric, {name: string, word: string, none: string, says: string}>} */
const METRICS = {
  gradients: {
    name: t("gradients"),
    word: "‖.grad‖",
    none: t("no gradient yet"),
    says: t("the L2 norm of the .grad of all its parameters"),
  },
  activations: {
    name: t("activations"),
    word: t("std of output"),
    none: t("not returned yet"),
    says: t("the standard deviation of what its last call returned"),
  },
};

/** What a row says in words. @param {Level} level @param {Metric} metric */
function inWords({ value, known, of, zeros }, metric) {
  if (metric === "gradients" && !of) return t("has no parameters that need a gradient");
  if (value === null) return METRICS[metric].none;
  const number = Number.isNaN(value) ? t("not finite") : formatNumber(value, 3);
  const part = metric === "gradients" && known < of ? t(", {known} of {of} parameters", { known, of }) : "";
  return `${METRICS[metric].word} ${number}${part}${zeros ? t(", {percent} % zeros", { percent: Math.round(100 * zeros) }) : ""}`;
}

/** @param {{model: Model, heading: unknown}} props */
export function Modules({ model, heading }) {
  const list = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [metric, setMetric] = useState(recall("modules", /** @type {Metric} */ ("gradients")));
  const [view, setView] = useState({ top: 0, height: 300 });
  const player = model.player.value;
  const tape = player?.tape;
  const parts = useMemo(() => (tape ? levels(tape) : null), [tape]);
  const state = player?.history.at(model.step.value);
  const here = tape && state ? moduleAt(tape, state) : null;
  const at = parts && here !== null ? parts.branches.findIndex(({ id }) => id === here) : -1;
  const count = parts?.branches.length ?? 0;

  useEffect(() => {
    const box = list.current;
    if (!box) return undefined;
    const watcher = new ResizeObserver(() => setView({ top: box.scrollTop, height: box.clientHeight }));
    watcher.observe(box);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => {
    const box = list.current;
    if (!box || at < 0) return;
    if (at * ROW < box.scrollTop || (at + 1) * ROW > box.scrollTop + box.clientHeight)
      box.scrollTop = Math.max(0, at * ROW - box.clientHeight / 2);
  }, [at, player]);

  const first = Math.max(0, Math.floor(view.top / ROW) - 4);
  const rows = parts?.branches.slice(first, first + Math.ceil(view.height / ROW) + 9) ?? [];
  const empty = !tape
    ? t("The modules of the program appear here.")
    : !count
      ? t("The program has no modules.")
      : isSilent(tape)
        ? t("This tape was recorded at level structure: it holds no numbers, only which modules there are.")
        : null;
  return html`
    <header class="pane-head">
      ${heading}<span class="spring"></span>
      <select class="small" aria-label=${t("What is shown of each module")} title=${METRICS[metric].says} value=${metric} onChange=${(
        /** @type {Event} */ event,
      ) => {
        const chosen = /** @type {Metric} */ (/** @type {HTMLSelectElement} */ (event.target).value);
        setMetric(chosen);
        remember("modules", chosen);
      }}>${Object.keys(METRICS).map((name) => html`<option key=${name} value=${name} selected=${name === metric}>${METRICS[/** @type {Metric} */ (name)].name}</option>`)}</select>
    </header>
    ${empty && html`<p class="empty">${empty}</p>`}
    <div class="modules" ref=${list} role=${count ? "list" : "group"} tabindex="0" aria-label=${t("Modules, with {what}", { what: METRICS[metric].says })}
      onScroll=${(/** @type {Event} */ event) => setView({ top: /** @type {HTMLElement} */ (event.target).scrollTop, height: view.height })}>
      <div class="modules-all" style=${{ height: `${count * ROW}px` }}>
        ${rows.map(
          (
            branch,
            i,
          ) => html`<div key=${branch.id} role="listitem" class="module-place" style=${{ transform: `translateY(${(first + i) * ROW}px)` }}>
          <${ModuleRow} model=${model} branch=${branch} metric=${metric} now=${branch.id === here} /></div>`,
        )}
      </div>
    </div>`;
}

/** `name`, `thing`: where it is not the module itself that is chosen. @param {{model: Model, branch: Branch, metric: Metric, now: boolean, name?: string, thing?: string}} props */
export function ModuleRow({ model, branch, metric, now, name, thing = `module:${branch.id}` }) {
  const player = model.player.value;
  if (!player) return null;
  const { tape, history } = player;
  const module = tape.modules[branch.id];
  const level = levelOf(tape, history.at(model.step.value), branch, metric);
  const range = levels(tape).ranges[metric];
  const says = inWords(level, metric);
  const wrong = level.value !== null && (Number.isNaN(level.value) || (metric === "gradients" && level.value === 0));
  return html`<button type="button" class=${`module-row ${metric}${branch.leaf ? " leaf" : ""}${wrong ? " wrong" : ""}`} style=${{ paddingLeft: `${12 + 12 * Math.min(branch.depth, 6)}px` }}
    title=${`${moduleTitle(tape, branch.id)}: ${says}`} aria-label=${`${moduleTitle(tape, branch.id)}, ${typeName(module.type)}: ${says}`} aria-current=${now ? "step" : undefined} aria-pressed=${model.selection.value === thing}
    onClick=${() => model.select(thing)}>
    <span class="module-name"><b>${name ?? module.name}</b><i>${typeName(module.type)}</i></span>
    <span class=${`module-bar${level.value === null ? " none" : ""}${level.known < level.of ? " part" : ""}`}>${
      level.value !== null && range && html`<span style=${{ width: `${100 * shareOf(level.value, range)}%` }}></span>`
    }</span>
    <span class="module-value">${level.value === null ? (metric === "gradients" && !level.of ? "" : "—") : Number.isNaN(level.value) ? "NaN/inf" : formatNumber(level.value, 3)}</span>
  </button>`;
}
