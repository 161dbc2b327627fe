/** A canvas that is painted again whenever what it shows, or the theme, has changed. */

import { useEffect, useRef } from "../../vendor/preact.js";
import { onThemeChange } from "./theme.js";

/** The canvas's ref. @param {(pen: CanvasRenderingContext2D, board: HTMLCanvasElement) => void} paint @param {unknown[]} shown what it is painted of */
export function usePainted(paint, shown) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(
    () =>
      onThemeChange(() => {
        const pen = canvas.current?.getContext("2d");
        if (pen && canvas.current) paint(pen, canvas.current);
      }),
    shown,
  );
  return canvas;
}
