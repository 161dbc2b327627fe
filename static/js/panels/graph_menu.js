/** The graph's menu for one thing (right click, Shift F10): look closer, where it comes from and goes to, stop the tape there. */

import { html, useEffect, useRef } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { lineage } from "../tape/lineage.js";
import { partsOf } from "../tape/lineage_parts.js";
import { thingTitle } from "../tape/things.js";
import { useAway } from "../ui/away.js";
import { Icon } from "../ui/icons.js";
import { Name } from "../ui/name.js";
import { traced } from "../ui/traced.js";
import { partWords } from "./lineage_words.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {{thing: string, group: string | null, x: number, y: number}} Asked */
/** @typedef {{focus: (thing: string) => void, near: (thing: string) => void, toggle: (thing: string) => void}} Acts */
/** @typedef {{label: string, icon?: import("../ui/icons.js").IconName, key?: string, does: () => void}} Entry */

/** @param {Model} model @param {Asked} asked @param {Acts} acts @returns {Entry[][]} */
function entriesOf(model, { thing, group }, acts) {
  const tape = model.player.value?.tape;
  if (!tape) return [];
  const found = lineage(tape, thing);
  const broken = model.breakpoints.value.some(({ id }) => id === thing);
  const parts = found && found.before.length + found.after.length > 0 ? partsOf(found) : [];
  /** @type {Entry[][]} */
  const entries = [
    [
      ...(group ? [{ label: t("Open or close"), key: "Enter", does: () => acts.toggle(group) }] : []),
      { label: t("Bring it to the middle"), icon: "focus", key: "G", does: () => acts.focus(thing) },
      { label: t("Its neighbours only"), icon: "near", key: "H", does: () => acts.near(thing) },
    ],
    parts.map((part) => ({
      label: t("Show {what}", { what: partWords(found?.of ?? "value", part) }),
      icon: "path",
      does: () => (traced.value = { thing, part }),
    })),
    [
      {
        label: broken ? t("Remove the breakpoint") : t("Stop the tape here"),
        icon: "breakpoint",
        key: "B",
        does: () => model.toggleThing(thing),
      },
      { label: t("Next event about it"), key: ".", does: () => model.runTo(1, { thing }) },
      { label: t("Previous event about it"), key: ",", does: () => model.runTo(-1, { thing }) },
    ],
  ];
  return entries.filter(({ length }) => length > 0);
}

/** @param {{model: Model, asked: Asked, acts: Acts, close: () => void}} props */
export function GraphMenu({ model, asked, acts, close }) {
  const menu = useRef(/** @type {HTMLDivElement | null} */ (null));
  const before = useRef(/** @type {Element | null} */ (null));
  const tape = model.player.value?.tape;
  const leave = (/** @type {boolean} */ back) => {
    close();
    const { current } = before;
    if (back && (current instanceof HTMLElement || current instanceof SVGElement))
      current.focus({ preventScroll: true });
  };
  useAway(menu, true, leave);
  useEffect(() => {
    before.current = document.activeElement;
    inside(menu.current);
    menu.current?.querySelector("button")?.focus();
  }, [asked]);
  if (!tape) return null;
  /** @param {KeyboardEvent} event */
  const move = (event) => {
    const buttons = [...(menu.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Tab") leave(true);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    buttons.at(to % buttons.length)?.focus();
  };
  /** @param {Entry} entry */
  const choose = (entry) => () => {
    leave(true);
    model.select(asked.thing);
    entry.does();
  };
  return html`<div class="graph-menu" role="menu" aria-label=${thingTitle(tape, asked.thing)} ref=${menu} style=${{ left: `${asked.x}px`, top: `${asked.y}px` }} onKeyDown=${move}>
    <p aria-hidden="true"><${Name} text=${thingTitle(tape, asked.thing)} /></p>
    ${entriesOf(model, asked, acts).map(
      (entries, i) =>
        html`<div key=${i} role="group">${entries.map(
          (entry) =>
            html`<button key=${entry.label} type="button" role="menuitem" tabindex="-1" onClick=${choose(entry)}>${entry.icon ? html`<${Icon} name=${entry.icon} size=${15} />` : html`<i></i>`}<span>${entry.label}</span>${entry.key && html`<kbd>${entry.key}</kbd>`}</button>`,
        )}</div>`,
    )}
  </div>`;
}

/** Moves what would hang over the edge of its pane back inside. @param {HTMLElement | null} menu */
function inside(menu) {
  const pane = menu?.parentElement;
  if (!menu || !pane) return;
  const [x, y] = [menu.offsetLeft, menu.offsetTop];
  menu.style.left = `${Math.max(6, Math.min(x, pane.clientWidth - menu.offsetWidth - 6))}px`;
  menu.style.top = `${Math.max(6, Math.min(y, pane.clientHeight - menu.offsetHeight - 6))}px`;
}
