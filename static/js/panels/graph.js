/** The graph's pane: gives the graph its host, tells it where the tape stands, hears what is clicked. */

import { html, useEffect, useRef } from "../../vendor/preact.js";
import { lineage } from "../tape/lineage.js";
import { thingTitle } from "../tape/things.js";
import { Icon } from "../ui/icons.js";
import { Name } from "../ui/name.js";
import { pointed } from "../ui/pointed.js";
import { reducedMotion } from "../ui/theme.js";
import { clearTrace, traced } from "../ui/traced.js";

/** @typedef {import("../ui/model.js").Model} Model */
/**
 * @typedef {{show: (step: number, motion: {animate: boolean, durationMs: number}) => void, select: (thing: string | null) => void,
 *   toggle: (thing: string) => void, reveal: (thing: string) => boolean, point: (thing: string | null) => void, trace: (lineage: import("../tape/lineage.js").Lineage | null) => void, fit: () => void, deepen: (by: 1 | -1) => void, undo: () => void, state: () => {open: string[]}, restore: (state: {open: string[]}) => void,
 *   resize: () => void, destroy: () => void}} Graph
 */
/**
 * @typedef {(host: HTMLElement, tape: import("../tape/load.js").Tape, history: import("../tape/state.js").History,
 *   options: {onSelect: (thing: string | null) => void, onOpenChange: (open: string[]) => void, reducedMotion: () => boolean}) => Graph} CreateGraph
 */

/** @param {{model: Model, createGraph: CreateGraph, holds: {graph: Graph | null}, above?: unknown, below?: unknown, children?: unknown}} props `holds` lends the graph to the keyboard; `children` float over the graph */
export function GraphPane({ model, createGraph, holds, above, below, children }) {
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const player = model.player.value;

  useEffect(() => {
    if (!player || !host.current) return undefined;
    const box = host.current;
    const graph = createGraph(box, player.tape, player.history, {
      onSelect: model.select,
      onOpenChange: (open) => (model.open.value = open),
      reducedMotion,
    });
    holds.graph = graph;
    if (model.open.value.length) graph.restore({ ...graph.state(), open: model.open.value });
    graph.show(player.deck.position.step, { animate: false, durationMs: 0 });
    graph.select(model.selection.value);
    let size = `${box.clientWidth}×${box.clientHeight}`;
    const watcher = new ResizeObserver(() => {
      const now = `${box.clientWidth}×${box.clientHeight}`;
      if (now === size) return;
      size = now;
      if (box.clientWidth === 0) return;
      graph.resize();
    });
    watcher.observe(box);
    const stops = [
      player.deck.subscribe((position, motion, before) => {
        if (position.step !== before.step) graph.show(position.step, motion);
      }),
      model.selection.subscribe((thing) => graph.select(thing)),
      pointed.subscribe((thing) => graph.point(thing)),
      traced.subscribe((thing) => graph.trace(thing === null ? null : lineage(player.tape, thing))),
    ];
    return () => {
      for (const stop of stops) stop();
      watcher.disconnect();
      holds.graph = null;
      clearTrace();
      graph.destroy();
    };
  }, [player]);
  return html`${above}<div class="graph-stage"><div class="graph-host" ref=${host}></div><${Traced} model=${model} />${children}</div>${below}`;
}

/** Says whose lineage the graph shows, and ends it. @param {{model: Model}} props */
function Traced({ model }) {
  const tape = model.player.value?.tape;
  const thing = traced.value;
  if (!tape || !thing) return null;
  return html`<p class="traced-note" role="status"><${Icon} name="path" size=${16} /><span>Lineage of${" "}</span>
    <button type="button" class="link" onClick=${() => model.select(thing)}><${Name} text=${thingTitle(tape, thing)} /></button>
    <button type="button" class="button icon-only small" title="Show everything again (Esc)" aria-label="Show everything again" onClick=${clearTrace}><${Icon} name="close" size=${14} /></button></p>`;
}
