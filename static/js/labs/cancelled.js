/** What stands where a recording was cancelled: that it was, and the way to record it after all. */

import { html } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { Icon } from "../ui/icons.js";

/** @param {{again: () => void}} props */
export function Cancelled({ again }) {
  return html`<div class="bar" role="status"><${Icon} name="info" />
    <p>${t("The recording was cancelled; what you see is of an earlier one, if anything.")}</p>
    <button type="button" class="button small" onClick=${again}>${t("Record it")}</button></div>`;
}
