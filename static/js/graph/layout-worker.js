/** Lays out a scene away from the page's own thread. */

import { layOut } from "./layout.js";

self.addEventListener("message", (message) => {
  const { ticket, scene } = message.data;
  self.postMessage({ ticket, layout: layOut(scene) });
});
