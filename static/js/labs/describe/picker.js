/** The list of everything that a layer can be, in groups, searched while one types. */

import { html, useEffect, useMemo, useRef, useState } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Icon } from "../../ui/icons.js";
import { valueOf } from "./field.js";
import { groupsOf, searched } from "./groups.js";

/** @typedef {import("./groups.js").Choice} Choice */

const optionId = (/** @type {number} */ i) => `d-option-${i}`;

/** As soon as it is there, so that no letter is lost. @param {HTMLElement | null} field */
function takeFocus(field) {
  field?.focus({ preventScroll: true });
  field?.closest(".d-picker")?.scrollIntoView({ block: "nearest" });
}

/** @param {{table: import("./reading.js").Table, label: string, pick: (choice: Choice) => void, close: () => void}} props */
export function Picker({ table, label, pick, close }) {
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const groups = useMemo(() => groupsOf(table), [table]);
  const found = searched(groups, query);
  const all = found.flatMap(({ choices }) => choices);
  const at = Math.min(active, all.length - 1);
  useEffect(() => {
    document.getElementById(optionId(at))?.scrollIntoView({ block: "nearest" });
  }, [at, query]);
  const move = (/** @type {number} */ by) => setActive((at + by + all.length) % Math.max(1, all.length));
  const keys = /** @type {Record<string, () => void>} */ ({
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    PageDown: () => setActive(Math.min(all.length - 1, at + 10)),
    PageUp: () => setActive(Math.max(0, at - 10)),
    Enter: () => all[at] && pick(all[at]),
    Escape: close,
  });
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (!keys[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  };
  let i = -1;
  return html`<div class="d-picker" onKeyDown=${pressed}>
    <div class="d-search"><${Icon} name="search" size=${16} /><input ref=${takeFocus} role="combobox" aria-expanded="true" aria-controls="d-options" aria-autocomplete="list" aria-activedescendant=${all.length ? optionId(at) : undefined} aria-label=${label} placeholder=${t("Search, for example conv, relu, add")} value=${query} autocomplete="off" spellcheck="false"
      onInput=${(/** @type {Event} */ event) => {
        setQuery(valueOf(event));
        setActive(0);
      }} /><button type="button" class="button icon-only small" title=${t("Close (Esc)")} aria-label=${t("Close")} onClick=${close}><${Icon} name="close" size=${16} /></button></div>
    <div class="d-options" id="d-options" role="listbox" aria-label=${label} ref=${list} tabindex="-1">
      ${found.map(
        (
          group,
        ) => html`<div key=${group.title} role="group" aria-label=${group.title}><h3 aria-hidden="true">${group.title}</h3>
          ${group.choices.map((choice) => {
            i += 1;
            return html`<div key=${choice.kind} id=${optionId(i)} class=${`d-option${choice.isFunction ? " function" : ""}`} role="option" aria-selected=${i === at} onClick=${() => pick(choice)}><b>${choice.kind}</b>${choice.needs && html` <span>${choice.needs}</span>`}</div>`;
          })}</div>`,
      )}
    </div>
    ${!all.length && html`<p class="muted d-nothing" role="status">${t("Nothing is called like that.")}</p>`}
  </div>`;
}
