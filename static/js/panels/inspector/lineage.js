/** Where a thing comes from and where it goes, below its card: counts that unfold, and the lineage in the graph. */

import { html, useEffect, useState } from "../../../vendor/preact.js";
import { count, language, t } from "../../language/index.js";
import { grouped } from "../../tape/grouped.js";
import { lineage } from "../../tape/lineage.js";
import { nodeDetail, opDetail, tensorName } from "../../tape/words.js";
import { Icon } from "../../ui/icons.js";
import { isTraced, traced } from "../../ui/traced.js";
import { partWords } from "../lineage_words.js";
import { Link, Row } from "./parts.js";

/** @typedef {import("./parts.js").Tape} Tape */
/** @typedef {import("./parts.js").CardProps["model"]} Model */
/** @typedef {import("../../tape/lineage.js").Lineage} Lineage */
/** @typedef {import("../../tape/lineage_parts.js").PartName} PartName */

const MOST = 60;
/** While a tape plays, another thing is shown at every step; its lineage is read once it stays. */
const SETTLED = 150;

/** The thing once it has been shown for a moment; at once where it was chosen. @param {string} thing @param {boolean} chosen */
function useSettled(thing, chosen) {
  const [settled, settle] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => settle(thing), SETTLED);
    return () => clearTimeout(timer);
  }, [thing]);
  return chosen || settled === thing;
}

/** Whether a part of a lineage is lit in the graph, and what lights it or lets it go. @param {Model} model @param {string} thing @param {PartName} part @returns {[boolean, () => void]} */
function switchOf(model, thing, part) {
  const shown = isTraced(thing, part);
  return [
    shown,
    () => {
      if (!shown) model.select(thing);
      traced.value = shown ? null : { thing, part };
    },
  ];
}

/** @param {{model: Model, player: import("./parts.js").CardProps["player"], thing: string}} props */
export function LineageCard({ model, player: { tape }, thing }) {
  const settled = useSettled(thing, model.selection.value === thing);
  const found = settled ? lineage(tape, thing) : null;
  if (!found || found.before.length + found.after.length === 0) return null;
  const [shown, toggle] = switchOf(model, thing, "all");
  return html`<section class="card lineage" aria-label=${t("Lineage")}>
    <header><h4>${t("Lineage")}</h4><span class="spring"></span>
      <button type="button" class="button small" aria-pressed=${shown} title=${t("Dim everything else in the graph")} onClick=${toggle}><${Icon} name="path" size=${15} />${t("Show in the graph")}</button></header>
    ${found.of === "value" ? html`<${Values} model=${model} tape=${tape} found=${found} thing=${thing} />` : html`<${Gradients} model=${model} tape=${tape} found=${found} thing=${thing} />`}
  </section>`;
}

/** How many things there are, in a text for one and one for several; none is said as "no". @param {string} one @param {string} several @param {readonly string[]} things */
const many = (one, several, { length }) =>
  count(one, several, length, { n: length || language !== "en" ? grouped(length) : "no" });

/** @param {{model: Model, tape: Tape, found: Lineage, thing: string}} props */
function Values({ model, tape, found, thing }) {
  const { before, after, parameters } = found;
  /** @param {string} label @param {readonly string[]} things @param {PartName} part */
  const fold = (label, things, part) =>
    html`<${Fold} model=${model} tape=${tape} label=${label} things=${things} light=${{ thing, part, of: found.of }} />`;
  const fed = before.length + parameters.length > 0;
  return html`${!fed && html`<p class="muted">${t("nothing on the tape feeds it")}</p>`}
    ${fed && fold(many("fed by {n} parameter", "fed by {n} parameters", parameters), parameters, "parameters")}
    ${fed && fold(many("fed by {n} op", "fed by {n} ops", before), before, "before")}
    ${fold(many("feeds {n} op", "feeds {n} ops", after), after, "after")}
    <${ToTheLoss} model=${model} tape=${tape} found=${found} word="op" thing=${thing} />`;
}

/** @param {{model: Model, tape: Tape, found: Lineage, thing: string}} props */
function Gradients({ model, tape, found, thing }) {
  const { before, after, parameters } = found;
  /** @param {string} label @param {readonly string[]} things @param {PartName} part */
  const fold = (label, things, part) =>
    html`<${Fold} model=${model} tape=${tape} label=${label} things=${things} light=${{ thing, part, of: found.of }} />`;
  return html`${fold(many("gets its gradient through {n} node", "gets its gradient through {n} nodes", before), before, "before")}
    ${fold(many("sends it on through {n} node", "sends it on through {n} nodes", after), after, "after")}
    ${fold(many("reaches {n} parameter", "reaches {n} parameters", parameters), parameters, "parameters")}
    <${ToTheLoss} model=${model} tape=${tape} found=${found} word="node" thing=${thing} />`;
}

/** The shortest way to the tensor that backward was called on. @param {{model: Model, tape: Tape, found: Lineage, word: string, thing: string}} props */
function ToTheLoss({ model, tape, found: { of, path, loss, up }, word, thing }) {
  if (loss === null) return html`<p class="muted">${t("no way to a tensor that backward was called on")}</p>`;
  const name = tensorName(tape, Number(loss.slice(7)));
  if (path.length)
    return html`<${Fold} model=${model} tape=${tape} label=${word === "op" ? many("{n} op to the loss", "{n} ops to the loss", path) : many("{n} node to the loss", "{n} nodes to the loss", path)} note=${name === "loss" ? "" : name} things=${[...path, loss]} light=${{ thing, part: "path", of }} />`;
  return html`<p class="muted">${up.values().next().value === loss ? t("backward was called on it:") : t("backward was called on what it makes:")} <${Link} model=${model} tape=${tape} thing=${loss} /></p>`;
}

/** A count that unfolds into what it counts, and lights that in the graph. @param {{model: Model, tape: Tape, label: string, note?: string, things: readonly string[], light: {thing: string, part: PartName, of: Lineage["of"]}}} props */
function Fold({ model, tape, label, note = "", things, light }) {
  if (!things.length) return html`<p class="muted">${label}</p>`;
  const [shown, toggle] = switchOf(model, light.thing, light.part);
  const says = t("In the graph: {what}", { what: partWords(light.of, light.part) });
  return html`<div class="lit-fold"><details class="fold"><summary><${Icon} name="chevron" size=${14} />${label}${note && html` <code>${note}</code>`}</summary>
    ${things.slice(0, MOST).map((thing) => html`<${Row} key=${thing} label=${html`<${Link} model=${model} tape=${tape} thing=${thing} />`}><code class="clip">${detailOf(tape, thing)}</code></${Row}>`)}
    ${things.length > MOST && html`<p class="muted">${t("and {n} more", { n: grouped(things.length - MOST) })}</p>`}
  </details><button type="button" class="button icon-only small" aria-pressed=${shown} title=${says} aria-label=${says} onClick=${toggle}><${Icon} name="path" size=${14} /></button></div>`;
}

/** @param {Tape} tape @param {string} thing */
function detailOf(tape, thing) {
  const [kind, id] = thing.split(":");
  if (kind === "op") return opDetail(tape, Number(id));
  return kind === "node" ? nodeDetail(tape, Number(id)) : "";
}
