/** The frame of every lab: the top bar with the way home, to the other labs, to the other theme and language. */

import { html } from "../../vendor/preact.js";
import { t } from "../language/index.js";
import { LanguageSwitch, ThemeSwitch } from "../ui/switches.js";
import { LABS, labAddress, labNamed } from "./names.js";

/** @param {{name: string}} props */
function Header({ name }) {
  return html`<header class="topbar lab-bar">
    <a class="wordmark" href="/" title=${t("Tapedeck: start page")}><img src="/static/icon.svg" alt="" width="26" height="26" />Tapedeck</a>
    <nav class="lab-nav" aria-label=${t("Labs")}>
      ${LABS.map((each) => html`<a key=${each.name} href=${labAddress(each.name)} aria-current=${each.name === name ? "page" : undefined}>${each.title}</a>`)}
    </nav>
    <span class="spring"></span>
    <a class="button quiet" href="/learn">${t("Lessons")}</a>
    <${ThemeSwitch} /><${LanguageSwitch} />
  </header>`;
}

/** @param {{name: string, children: unknown}} props */
export function Shell({ name, children }) {
  const lab = labNamed(name);
  return html`<div class="lab-page">
    <${Header} name=${name} />
    <main class=${`lab ${name}`}>
      ${lab && html`<header class="lab-head"><h1>${lab.title}</h1><p>${lab.question}</p></header>`}
      ${children}
    </main>
  </div>`;
}

/** All labs, for who asks for none of them. */
export function AllLabs() {
  return html`<header class="lab-head"><h1>${t("Labs")}</h1><p>${t("Change what you like: PyTorch is recorded while it computes it, and every number comes from the tape.")}</p></header>
    <ul class="lab-list">${LABS.map((each) => html`<li key=${each.name}><a class="card" href=${labAddress(each.name)}><h2>${each.title}</h2><p>${each.question}</p></a></li>`)}</ul>`;
}
