/** How an equation reads: its terms in coloured letters, what is free, what is summed, where an output comes from that nobody wrote. */

import { html } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Icon } from "../../ui/icons.js";
import { operandName } from "./equation.js";
import { Marked } from "./form.js";
import { Letter, shown } from "./letters.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./equation.js").Equation} Equation */

/** Every index in the order in which it comes first. @param {Equation} equation */
export const allOf = ({ terms }) => [...new Set(terms.flatMap(({ indices }) => indices.map(({ label }) => label)))];

/** The terms and the output in letters. @param {{equation: Equation}} props */
function Letters({ equation }) {
  const all = allOf(equation);
  const letter = (/** @type {import("./equation.js").Index} */ { label }, /** @type {number} */ i) =>
    html`<${Letter} key=${i} label=${label} all=${all} summed=${equation.summed.includes(label)} />`;
  return html`<p class="ein-letters">${equation.terms.map(({ indices }, n) => html`<span key=${n} class="ein-term"><code>${operandName(n)}</code>${indices.length ? indices.map(letter) : html`<i>${t("scalar")}</i>`}</span>`)}
    <span class="ein-arrow" aria-label=${t("becomes")}>→</span><span class="ein-term"><code>y</code>${equation.output.length ? equation.output.map(letter) : html`<i>${t("scalar")}</i>`}</span></p>`;
}

/** @param {Equation} equation @param {readonly (readonly number[])[]} shapes */
function sentences({ output, implicit, sizes, summed, terms }, shapes) {
  const all = terms.flatMap(({ indices }) => indices.map(({ label }) => label));
  const list = (/** @type {string[]} */ labels) => labels.map(shown).join(", ");
  const letters = output.map(({ label }) => label).filter((label) => label[0] !== "…");
  const hidden = [...sizes.keys()].filter((label) => label[0] === "…");
  const twice = all.filter((label) => label[0] !== "…" && all.filter((each) => each === label).length > 1);
  const diagonal = terms.flatMap(({ indices }, n) =>
    indices
      .filter(({ label }, i) => indices.findIndex((each) => each.label === label) < i)
      .map(({ label }) => ({ label, name: operandName(n) })),
  );
  const told = [];
  if (implicit) {
    told.push(
      letters.length
        ? t("There is no arrow, so the output is what occurs exactly once, sorted: {labels}.", {
            labels: list(letters),
          })
        : t("There is no arrow, and no index occurs exactly once: the output is a scalar."),
    );
    if (twice.length)
      told.push(t("What occurs more than once is summed: {labels}.", { labels: list([...new Set(twice)]) }));
    if (hidden.length) told.push(t("The ellipsis comes first."));
  } else {
    told.push(
      summed.length
        ? t("Summed, because it is missing on the right: {labels}.", { labels: list(summed) })
        : t("Nothing is summed: every index stands on the right."),
    );
  }
  if (hidden.length)
    told.push(t("The ellipsis stands for {labels}, aligned from the right.", { labels: list(hidden) }));
  for (const { label, name } of diagonal)
    told.push(t("Operand {name} has {label} twice: only its diagonal is read.", { name, label }));
  terms.forEach(({ indices }, n) => {
    const thin = indices
      .map(({ label }) => label)
      .filter((label, dim) => shapes[n][dim] === 1 && sizes.get(label) !== 1);
    if (thin.length)
      told.push(
        t("Operand {name} has size 1 along {labels}: it is broadcast.", { name: operandName(n), labels: list(thin) }),
      );
  });
  return told;
}

/** @param {{model: Model}} props */
export function Reading({ model }) {
  const { equation, fault, text } = model.setup.value;
  const raised = model.seen.value?.raised;
  const id = model.recording.recorded.value?.entry.id;
  if (fault)
    return html`<section class="card ein-refused" role="alert" id="ein-fault">
      <p class="ein-letters bad"><${Marked} text=${text} fault=${fault} /></p>
      <div class="bar bad"><${Icon} name="error" /><p>${fault.message}</p></div>
      <p class="muted">${raised ? t("What torch says, recorded:") : t("torch is asked …")}</p>
      ${raised && html`<pre tabindex="0"><code>${raised.type}: ${raised.message}</code></pre>`}
      ${raised && id && html`<p><a class="button small" href=${`/t/${id}#step=${raised.step}`}><${Icon} name="play" size=${13} /> ${t("See it on the tape")}</a></p>`}
    </section>`;
  if (!equation) return null;
  const all = allOf(equation);
  return html`<section class="card ein-reading"><h2>${t("How it reads")}</h2>
    <${Letters} equation=${equation} />
    <ul class="ein-sizes">${all.map((label) => {
      const isSummed = equation.summed.includes(label);
      return html`<li key=${label}><${Letter} label=${label} all=${all} summed=${isSummed} /> <span>${isSummed ? t("summed, {n} times", { n: equation.sizes.get(label) ?? 1 }) : t("free, size {n}", { n: equation.sizes.get(label) ?? 1 })}</span></li>`;
    })}</ul>
    <p class="ein-why-text">${sentences(equation, model.setup.value.shapes).join(t(" "))}</p>
    ${raised && html`<div class="bar bad" role="alert"><${Icon} name="error" /><p><b>${t("torch refuses it:")}</b> <code>${raised.message}</code></p></div>`}
  </section>`;
}
