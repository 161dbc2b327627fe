/** The chain rule of an op or a node: formula and backward, with the program's names, and beneath them this step's numbers and shapes. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { chainRule } from "../../tape/formulas.js";
import { Formula } from "./formula.js";
import { Section } from "./parts.js";

/** @typedef {import("../../tape/formulas_rule.js").Line} RuleLine */

/** @param {{line: RuleLine}} props */
function Line({ line }) {
  const { way, formula, numbers, shapes, notes, spoken, standing } = line;
  return html`<li class=${`${way === "forward" ? "rule-ahead" : "rule-back"} at-${standing}`} aria-current=${standing === "now" ? "step" : undefined}>
    <div class="formula" role="math" aria-label=${spoken}><${Formula} set=${formula} /></div>
    ${numbers && html`<div class="formula worked" aria-hidden="true"><${Formula} set=${numbers} /></div>`}
    ${shapes && html`<p class="shapes"><span class="hidden">${t("shapes: ")}</span>${shapes}</p>`}
    ${notes.map((note) => html`<p class="note" key=${note}>${note}</p>`)}
    ${standing === "now" && html`<span class="tag">${t("now")}</span>`}
  </li>`;
}

/** Nothing where there is no formula. @param {{player: import("./parts.js").CardProps["player"], step: number, kind: "op" | "node", id: number}} props */
export function ChainRule({ player, step, kind, id }) {
  const rule = chainRule(player.history, step, kind, id);
  if (!rule) return null;
  return html`<${Section} title=${t("Chain rule")}><div class="chain">
    <ol>${rule.lines.map((line) => html`<${Line} key=${line.key} line=${line} />`)}</ol>
    ${
      rule.where.length > 0 &&
      html`<div class="where"><span>${t("where")}</span><div>${rule.where.map((set, i) => html`<div class="formula" key=${i}><${Formula} set=${set} /></div>`)}</div></div>`
    }
    ${rule.notes.map((note) => html`<p class="note" key=${note}>${note}</p>`)}
  </div></${Section}>`;
}
