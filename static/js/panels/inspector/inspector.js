/** The inspector: the card of what is selected, or of what is happening. */

import { html } from "../../../vendor/preact.js";
import { equalsOf } from "../../graph/equals.js";
import { t } from "../../language/index.js";
import { parseThing } from "../../tape/things.js";
import { Icon } from "../../ui/icons.js";
import { narrow, togglePane } from "../../ui/panes.js";
import { HookCard } from "./hook.js";
import { LineageCard } from "./lineage.js";
import { CallCard, ModuleCard } from "./module.js";
import { NodeCard } from "./node.js";
import { OpCard } from "./op.js";
import { OptimizerCard } from "./optimizer.js";
import { Repeats } from "./repeats.js";
import { TensorCard } from "./tensor.js";

const CARDS = /** @type {const} */ ({
  op: OpCard,
  node: NodeCard,
  tensor: TensorCard,
  call: CallCard,
  module: ModuleCard,
  hook: HookCard,
  optimizer: OptimizerCard,
});

/** @param {{model: import("../../ui/model.js").Model}} props */
export function Inspector({ model }) {
  const player = model.player.value;
  const thing = player && parseThing(player.tape, model.shown.value);
  const name = thing ? `${thing.kind}:${thing.id}` : "";
  const equals = player && thing && equalsOf(player.tape, name);
  const repeats = equals && html`<${Repeats} model=${model} player=${player} thing=${name} found=${equals} />`;
  const chosen = model.selection.value !== null;
  const broken = model.breakpoints.value.some(({ id }) => id === model.shown.value);
  return html`
    <header class="pane-head">
      <h2>${chosen ? t("Selected") : t("Happening now")}</h2><span class="spring"></span>
      ${thing && html`<button type="button" class=${`button quiet small break-here${broken ? " on" : ""}`} title=${broken ? t("Remove the breakpoint (B)") : t("Stop the tape whenever it comes to this (B)")} aria-pressed=${broken} onClick=${() => model.toggleThing(model.shown.value)}><${Icon} name="breakpoint" size=${13} /> ${t("Break here")}</button>`}
      ${chosen && html`<button type="button" class="button quiet small" title=${t("Follow the tape again (Esc)")} onClick=${() => model.select(null)}>${t("Follow the tape")}</button>`}
      ${!narrow.value && html`<button type="button" class="button icon-only small" title=${t("Hide the details")} aria-label=${t("Hide the details")} onClick=${() => togglePane("details")}><${Icon} name="close" size=${14} /></button>`}
    </header>
    <div class="inspector" tabindex="0" role="region" aria-label=${t("Inspector")}>
      ${
        player && thing
          ? html`${equals?.whole && repeats}<${CARDS[thing.kind]} key=${name} model=${model} player=${player} id=${thing.id} />${!equals?.whole && repeats}<${LineageCard} model=${model} player=${player} thing=${name} />`
          : html`<p class="empty">${player ? t("Step on, or click anything in the graph: its numbers appear here.") : t("Details of what is selected appear here.")}</p>`
      }
    </div>`;
}
