/** The switches that every page has: the theme, and the language, each in its own words so that whoever landed in the wrong one finds the way. */

import { html } from "../../vendor/preact.js";
import { LANGUAGES, language, speak, t } from "../language/index.js";
import { Icon } from "./icons.js";
import { nextTheme, theme } from "./theme.js";

const THEMES = /** @type {const} */ ({
  auto: ["auto", t("Theme: as the system says")],
  light: ["sun", t("Theme: light")],
  dark: ["moon", t("Theme: dark")],
});

export function ThemeSwitch() {
  const [icon, says] = THEMES[theme.value];
  return html`<button type="button" class="button icon-only" title=${says} aria-label=${says} onClick=${nextTheme}><${Icon} name=${icon} /></button>`;
}

export function LanguageSwitch() {
  const tags = /** @type {import("../language/index.js").Language[]} */ (Object.keys(LANGUAGES));
  const other = tags[(tags.indexOf(language) + 1) % tags.length];
  return html`<button type="button" class="button icon-only language" lang=${other} title=${LANGUAGES[other]} aria-label=${LANGUAGES[other]} onClick=${() => speak(other)}><b>${other === "en" ? "EN" : "中"}</b></button>`;
}
