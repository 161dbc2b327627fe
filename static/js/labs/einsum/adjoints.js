/** The adjoint contractions: what the output's cotangent sends to each operand, as an equation, in words, in numbers; and the backward nodes that did it. */

import { html } from "../../../vendor/preact.js";
import { count, t } from "../../language/index.js";
import { playerAddress } from "../program.js";
import { operandName } from "./equation.js";
import { brief } from "./grid.js";
import { shown } from "./letters.js";
import { apart } from "./read.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./adjoint.js").Adjoint} Adjoint */

/** a with a bar. @param {number} n */
export const bar = (n) => `${operandName(n)}\u0304`.normalize("NFC");

/** @param {Adjoint} adjoint @param {(string | undefined)[]} summed indices of the contraction that are not in it */
function reasons({ operand, repeated, broadcast, diagonal, stretched, spelled }, summed) {
  const name = operandName(operand);
  const list = (/** @type {string[]} */ labels) => labels.map(shown).join(", ");
  const told = [
    t("The operand trades places with the output: g comes in its stead, and {name}’s own indices are what is left.", {
      name,
    }),
  ];
  if (summed.length) told.push(t("Summed: {labels}.", { labels: list(/** @type {string[]} */ (summed)) }));
  if (repeated.length)
    told.push(
      t("Only {name} has {labels}: every place along it gets the same gradient, so the result is repeated (expand).", {
        name,
        labels: list(repeated),
      }),
    );
  if (broadcast.length)
    told.push(
      t("{name} has size 1 along {labels} and was broadcast: its gradient is the sum along it.", {
        name,
        labels: list(broadcast),
      }),
    );
  if (diagonal.length)
    told.push(
      t("{name} has {labels} twice: the gradient lies on the diagonal, everything beside it is 0 (eye).", {
        name,
        labels: list(diagonal),
      }),
    );
  for (const [label, letter] of spelled) told.push(t("{letter} stands for {label}.", { letter, label: shown(label) }));
  if (stretched.length)
    told.push(
      t("All other factors have size 1 along {labels}: the result is repeated along it (expand).", {
        labels: list(stretched),
      }),
    );
  return told;
}

/** @param {{model: Model, n: number}} props */
function AdjointCard({ model, n }) {
  const { program } = model.setup.value;
  const told = model.seen.value?.adjoints[n];
  const found = program?.lines.adjoints[n];
  if (!found) return null;
  const { adjoint } = found;
  const rest = [...new Set(adjoint.factors.flatMap(({ labels }) => labels))].filter(
    (label) => !adjoint.labels.includes(label),
  );
  const difference = apart(told?.whole ?? null, told?.grad ?? null);
  const factors = adjoint.factors.map(({ name, eye }) => (eye === null ? name : `eye(${eye})`)).join(", ");
  const looked = model.of.value === n;
  return html`<li class=${`ein-adjoint${looked ? " on" : ""}`}>
    <p class="ein-rule"><b>${bar(n)}</b> = einsum(<code>"${adjoint.equation}"</code>, ${factors})${adjoint.inserted.map(({ dim }) => `.unsqueeze(${dim})`).join("")}${adjoint.expanded ? `.expand_as(${operandName(n)})` : ""}</p>
    <p>${reasons(adjoint, rest).join(t(" "))}</p>
    ${
      told?.grad &&
      html`<p class="ein-check"><span>${operandName(n)}.grad</span><code>${told.grad.slice(0, 16).map(brief).join("  ")}${told.grad.length > 16 ? " …" : ""}</code>
      <span class="muted">${difference === null ? "" : t("Largest difference from the contraction: {n}.", { n: brief(difference) })}</span></p>`
    }
    <button type="button" class="button small" aria-pressed=${looked} onClick=${() => model.look(looked ? "y" : operandName(n))}>${looked ? t("Back to the forward loops") : t("Play these loops")}</button>
  </li>`;
}

/** @param {{model: Model}} props */
export function Adjoints({ model }) {
  const { program, shapes, equation } = model.setup.value;
  if (!program || !equation) return null;
  return html`<section class="card ein-adjoints"><h2>${t("What goes back: each adjoint is a contraction, too")}</h2>
    <ul>${shapes.map((_, n) => html`<${AdjointCard} key=${n} model=${model} n=${n} />`)}</ul></section>`;
}

/** @param {{model: Model}} props */
export function Nodes({ model }) {
  const nodes = model.seen.value?.nodes ?? [];
  const id = model.recording.recorded.value?.entry.id;
  if (!nodes.length || !id) return null;
  return html`<section class="card ein-nodes"><h2>${t("The same on the tape: what the engine ran")} <span class="muted">${count("{n} node", "{n} nodes", nodes.length)}</span></h2>
    <p class="muted">${t("torch builds einsum from simpler ops, and each of them has a node. In the engine’s order; a click opens the player there.")}</p>
    <ol>${nodes.map(({ step, node, name, towards }, i) => html`<li key=${i}><a class=${`ein-node${name === "AccumulateGrad" ? " acc" : ""}`} href=${playerAddress(id, step, `node:${node}`)}><b>${name}</b>${towards.length > 0 && html`<span>→ ${towards.map((n) => `${operandName(n)}.grad`).join(", ")}</span>`}</a></li>`)}</ol>
  </section>`;
}
