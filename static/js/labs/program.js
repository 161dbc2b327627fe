/** The program that a lab has recorded, and the way to its tape in the player. */

import { html } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { Icon } from "../ui/icons.js";
import { writePlace } from "../ui/place.js";

/** The player, at a step of a tape. @param {string} id @param {number | null} [step] @param {string | null} [sel] */
export const playerAddress = (id, step = null, sel = null) =>
  `/t/${encodeURIComponent(id)}${writePlace({ step, sel, open: [] })}`;

/**
 * @param {{source: string, id: string | null, line?: number | null, step?: number | null, stale?: boolean, title?: string, open?: boolean}} props
 *   `line`: the one that the animation is at, from 1; `id`: the tape, once it is recorded; `stale`: the tape is of an earlier text
 */
export function Program({
  source,
  id,
  line = null,
  step = null,
  stale = false,
  title = t("The program"),
  open = true,
}) {
  const lines = source.replace(/\n$/, "").split("\n");
  return html`<section class="lab-program card" aria-label=${title}>
    <details open=${open}>
      <summary><h2>${title}</h2></summary>
      <pre tabindex="0" aria-label=${title}>${lines.map((each, i) => html`<code key=${i} class=${i + 1 === line ? "here" : undefined}>${each || " "}${"\n"}</code>`)}</pre>
    </details>
    ${id && !stale && html`<a class="button small" href=${playerAddress(id, step)}><${Icon} name="play" size=${13} /> ${t("Open this recording in the player")}</a>`}
  </section>`;
}
