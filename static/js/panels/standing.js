/** The line at the foot of the page: what confines the programs that are run here, and whether any can be. */

import { html, useEffect, useState } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { readiness } from "../ui/client.js";
import { Icon } from "../ui/icons.js";
import { standingText } from "../ui/standing.js";

/** @typedef {import("../ui/client.js").Readiness} Readiness */

const AGAIN_MS = 2000;

export function Standing() {
  const [told, setTold] = useState(/** @type {Readiness | null} */ (null));
  useEffect(() => {
    let timer = 0;
    const ask = async () => {
      const found = await readiness().catch(() => null);
      setTold(found);
      if (found?.status !== "ok") timer = window.setTimeout(ask, AGAIN_MS);
    };
    ask();
    return () => clearTimeout(timer);
  }, []);
  if (!told) return html`<aside class="standing" aria-label=${t("What confines programs")}></aside>`;
  const { tone, says, title, beside } = standingText(told);
  return html`<aside class=${`standing ${tone}`} aria-label=${t("What confines programs")} title=${title}>
    <${Icon} name=${tone ? "warning" : "shield"} size=${14} /><span>${says}</span>${beside && html`<span class="beside">${beside}</span>`}
  </aside>`;
}
