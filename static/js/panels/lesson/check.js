/** A question with its choices: the answer is revealed once one is chosen, and one may choose again. */

import { html, useState } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { marked } from "./marked.js";

/** @typedef {import("../../ui/learning.js").Learning} Learning */

/** @param {{learning: Learning}} props */
export function Check({ learning }) {
  const [chosen, setChosen] = useState(/** @type {number | null} */ (null));
  const { check } = /** @type {import("../../ui/learning.js").Lesson} */ (learning.lesson.value);
  /** @param {number} choice */
  const choose = (choice) => {
    setChosen(choice);
    if (choice === check.right) learning.pass();
  };
  return html`<section class="lesson-check" aria-labelledby="lesson-check"><h3 id="lesson-check">${t("Check")}</h3>
    <p>${marked(check.question)}</p>
    <${Choices} name="lesson-check" choices=${check.choices} chosen=${chosen} right=${check.right} choose=${choose} />
    <div aria-live="polite">${chosen !== null && chosen !== check.right && html`<p class="answer bad">${t("Not this one. Choose again.")}</p>`}
    ${chosen === check.right && html`<p class="answer good"><b>${t("Right.")}</b> ${marked(check.answer)}</p>`}</div>
  </section>`;
}

/** Choices of which the chosen one says whether it is right, by a sign and by its colour. @param {{name: string, choices: string[], chosen: number | null, right: number, choose: (choice: number) => void}} props */
export function Choices({ name, choices, chosen, right, choose }) {
  return html`<div class="choices" role="radiogroup" aria-label=${t("Choices")}>${choices.map((choice, i) => {
    const state = chosen !== i ? "" : i === right ? "right" : "wrong";
    return html`<label key=${choice} class=${state}><input type="radio" name=${name} checked=${chosen === i} onChange=${() => choose(i)} /><span>${marked(choice)}</span>${state && html`<b aria-hidden="true">${state === "right" ? "✓" : "✗"}</b>`}</label>`;
  })}</div>`;
}
