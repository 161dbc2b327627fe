/** What repeats itself: the equal modules of a stack with their gradients side by side, or the same thing in every turn of a loop. */

import { html, useEffect, useRef } from "../../../vendor/preact.js";
import { count, t } from "../../language/index.js";
import { levels } from "../../tape/levels.js";
import { parseThing } from "../../tape/things.js";
import { Name } from "../../ui/name.js";
import { ModuleRow } from "../modules.js";

/** @typedef {import("../../ui/model.js").Model} Model */
/** @typedef {import("../../ui/model.js").Player} Player */

/** More turns than these are not listed: the ones around the thing are. */
const MOST = 60;

/** @param {{model: Model, player: Player, thing: string, found: import("../../graph/equals.js").Equals}} props */
export function Repeats({ model, player, thing, found }) {
  const list = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => {
    const row = /** @type {HTMLElement | null | undefined} */ (list.current?.querySelector("[data-at]"));
    if (row && list.current) list.current.scrollTop = row.offsetTop - list.current.clientHeight / 2;
  }, [thing]);
  const { at, equals, kind, title, type } = found;
  const first = Math.max(0, Math.min(at - MOST / 2, equals.length - MOST));
  const shown = equals.slice(first, first + MOST);
  const says =
    kind === "stack"
      ? t("equal in structure, each with its ‖.grad‖")
      : t("the same modules and lines, turn after turn");
  return html`<article class="card module repeats" aria-label=${t("What repeats itself")}>
    <header><h3>${type}</h3><p><${Name} text=${title} />: ${says}</p></header>
    <div class="repeats-all" ref=${list} role="list">
      ${first > 0 && html`<p class="muted">${count("{n} turn before", "{n} turns before", first)}</p>`}
      ${shown.map(
        (each, i) =>
          html`<div key=${each.thing} role="listitem" data-at=${first + i === at || undefined}><${Member} model=${model} player=${player} each=${each} here=${first + i === at} distinct=${kind === "stack"} /></div>`,
      )}
      ${first + MOST < equals.length && html`<p class="muted">${count("{n} turn after", "{n} turns after", equals.length - first - MOST)}</p>`}
    </div>
  </article>`;
}

/** A module of its own has its gradient beside it. @param {{model: Model, player: Player, each: import("../../graph/equals.js").Equal, here: boolean, distinct: boolean}} props */
function Member({ model, player, each, here, distinct }) {
  const { tape } = player;
  const of = parseThing(tape, each.thing);
  const module = of?.kind === "call" ? tape.calls[of.id].module : of?.kind === "module" ? of.id : null;
  const branch = distinct && module !== null ? levels(tape).branchOf.get(module) : undefined;
  if (branch)
    return html`<${ModuleRow} model=${model} branch=${{ ...branch, depth: 0 }} metric="gradients" now=${here} name=${each.name} thing=${each.thing} />`;
  return html`<button type="button" class="module-row leaf" aria-current=${here ? "step" : undefined} onClick=${() => model.select(each.thing)}><span class="module-name"><b>${each.name}</b></span></button>`;
}
