/** The page's icons, drawn on a 20 × 20 grid. */

import { html } from "../../vendor/preact.js";

const PATHS = /** @type {const} */ ({
  play: "M6 3.5v13l11-6.5z",
  pause: "M5 3.5h3.6v13H5zM11.4 3.5H15v13h-3.6z",
  next: "M6 4v12l9-6z",
  back: "M14 4v12l-9-6z",
  end: "M4 4v12l9-6zM14 4h2.2v12H14z",
  start: "M16 4v12l-9-6zM3.8 4H6v12H3.8z",
  nextPhase: "M3 5v10l6-5zM9.5 5v10l6-5zM16 5h1.8v10H16z",
  previousPhase: "M17 5v10l-6-5zM10.5 5v10l-6-5zM2.2 5H4v10H2.2z",
  playBack: "M14 3.5v13l-11-6.5z",
  grip: "M6 4.5h2.4v2.4H6zM11.6 4.5H14v2.4h-2.4zM6 8.8h2.4v2.4H6zM11.6 8.8H14v2.4h-2.4zM6 13.1h2.4v2.4H6zM11.6 13.1H14v2.4h-2.4z",
  breakpoint: "M10 5.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6z",
  nextBreakpoint: "M3.5 5.5v9l6.5-4.5zM14 6.4a3.6 3.6 0 1 0 0 7.2 3.6 3.6 0 0 0 0-7.2z",
  previousBreakpoint: "M16.5 5.5v9L10 10zM6 6.4a3.6 3.6 0 1 0 0 7.2 3.6 3.6 0 0 0 0-7.2z",
});
const STROKES = /** @type {const} */ ({
  close: "M5.5 5.5l9 9M14.5 5.5l-9 9",
  chevron: "M6 8l4 4 4-4",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M15.7 4.3l-1.4 1.4M5.7 14.3l-1.4 1.4",
  moon: "M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z",
  auto: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 3v14M10 6h4.5M10 10h7M10 14h4.5",
  left: "M3 4.5h14v11H3zM8 4.5v11",
  right: "M3 4.5h14v11H3zM12 4.5v11",
  legend: "M3.5 5h4v3h-4zM3.5 12h4v3h-4zM10.5 6.5h6M10.5 13.5h6",
  fit: "M3.5 7V3.5H7M13 3.5h3.5V7M16.5 13v3.5H13M7 16.5H3.5V13",
  info: "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM10 9.2v4.6M10 6.2v.2",
  warning: "M10 3.2l7.4 13.2H2.6zM10 8.2v4M10 14.2v.2",
  error: "M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4zM10 6v5M10 13.6v.2",
  again: "M15.5 10a5.5 5.5 0 1 1-1.8-4.1M15.6 3v3.4h-3.4",
  shield: "M10 2.8l6 2.2v4.6c0 3.7-2.5 6.3-6 7.6-3.5-1.3-6-3.9-6-7.6V5z",
  options: "M3.5 6h6M13.5 6h3M3.5 14h3M10.5 14h6M11.5 4v4M8.5 12v4",
  over: "M2.8 11.2a7.2 7.2 0 0 1 13.6-2M16.8 4.8v4.6h-4.6M10 12.9a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z",
  overBack: "M17.2 11.2a7.2 7.2 0 0 0-13.6-2M3.2 4.8v4.6h4.6M10 12.9a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z",
  out: "M5.2 11.6V9a3.4 3.4 0 0 1 3.4-3.4h8M13.2 2.2l3.4 3.4L13.2 9M5.2 13a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z",
  outBack:
    "M14.8 11.6V9a3.4 3.4 0 0 0-3.4-3.4h-8M6.8 2.2L3.4 5.6 6.8 9M14.8 13a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4",
  path: "M5 4.5v3a3 3 0 0 0 3 3h4a3 3 0 0 1 3 3v2M3 4.5h4M13 15.5h4",
  plus: "M10 4.5v11M4.5 10h11",
  up: "M10 16V4.5M5.2 9.3L10 4.5l4.8 4.8",
  down: "M10 4v11.5M5.2 10.7l4.8 4.8 4.8-4.8",
  copy: "M7.5 7.5h8.5v8.5H7.5zM12.5 7.5V4H4v8.5h3.5",
  take: "M10 3v9M6.5 8.5L10 12l3.5-3.5M3.5 13.5v3h13v-3",
  sides_both: "M3 4.5h6v11H3zM11 4.5h6v11h-6z",
  sides_forward: "M10 3.5v12.5M5.5 11.5L10 16l4.5-4.5",
  sides_backward: "M10 16.5V4M5.5 8.5L10 4l4.5 4.5",
  sides_overlay: "M3.5 3.5h9v9h-9zM7.5 7.5h9v9h-9z",
  eye: "M2.5 10S5.2 4.8 10 4.8 17.5 10 17.5 10 14.8 15.2 10 15.2 2.5 10 2.5 10zM10 7.9a2.1 2.1 0 1 0 0 4.2 2.1 2.1 0 0 0 0-4.2z",
  eyeOff:
    "M4.2 6.8C3.1 8.1 2.5 10 2.5 10S5.2 15.2 10 15.2c1.2 0 2.2-.3 3.1-.7M8 5.1A7 7 0 0 1 10 4.8c4.8 0 7.5 5.2 7.5 5.2s-.6 1.3-1.8 2.6M3.5 3.5l13 13",
  map: "M3 4h14v12H3zM10.5 9.5h4.5v4.5h-4.5z",
  focus: "M10 2.5v3.2M10 14.3v3.2M2.5 10h3.2M14.3 10h3.2M10 6.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6z",
  near: "M10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM8.5 8.5L5.8 5.8M11.5 8.5l2.7-2.7M8.5 11.5l-2.7 2.7M11.5 11.5l2.7 2.7M3.6 3.6h1.6v1.6H3.6zM14.8 3.6h1.6v1.6h-1.6zM3.6 14.8h1.6v1.6H3.6zM14.8 14.8h1.6v1.6h-1.6z",
  undo: "M5 7.5h7a4 4 0 0 1 0 8H8M8 4.5l-3 3 3 3",
});

/** @typedef {keyof typeof PATHS | keyof typeof STROKES} IconName */

/** @param {{name: IconName, size?: number}} props */
export function Icon({ name, size = 18 }) {
  const filled = /** @type {Record<string, string>} */ (PATHS)[name];
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 20 20" aria-hidden="true">
    ${
      filled
        ? html`<path d=${filled} fill="currentColor" />`
        : html`<path d=${/** @type {Record<string, string>} */ (STROKES)[name]} fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" />`
    }
  </svg>`;
}
