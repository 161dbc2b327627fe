/** Light, dark, or as the system says. The page's head applies the remembered choice before the first paint. */

import { signal } from "../../vendor/preact.js";

/** @typedef {"auto" | "light" | "dark"} Theme */

const KEY = "tapedeck.theme";
const NEXT = /** @type {Record<Theme, Theme>} */ ({ auto: "light", light: "dark", dark: "auto" });

/** The head's script reads it as plain text, so it is not stored as JSON. @returns {Theme} */
function stored() {
  try {
    const text = localStorage.getItem(KEY);
    return text === "light" || text === "dark" ? text : "auto";
  } catch {
    return "auto";
  }
}

export const theme = signal(stored());

export function nextTheme() {
  const next = NEXT[theme.value];
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  theme.value = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // It then holds for this visit only.
  }
}

/** Calls back when the colours change, by choice or by the system. @param {() => void} changed @returns {() => void} */
export function onThemeChange(changed) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", changed);
  const stop = theme.subscribe(() => changed());
  return () => {
    system.removeEventListener("change", changed);
    stop();
  };
}

/** A colour of theme.css as the canvas wants it. @param {HTMLElement} probe any element of the page @param {string} name */
export function colour(probe, name) {
  const before = probe.style.color;
  probe.style.color = `var(${name})`;
  const computed = getComputedStyle(probe).color;
  probe.style.color = before;
  return computed;
}

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
