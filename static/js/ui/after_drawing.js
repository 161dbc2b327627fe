/** What can wait until what the reader came for stands on the screen. */

/** @param {() => void} act @returns {() => void} calls it off */
export function afterDrawing(act) {
  let timer = 0;
  let frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(() => {
      timer = window.setTimeout(act);
    });
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
