/** The graph's pane: gives the graph its host, tells it where the tape stands, hears what is clicked. */

import { html, useLayoutEffect, useRef, useState } from "../../vendor/preact.js";
import { readView, writeView } from "../graph/view.js";
import { lineage } from "../tape/lineage.js";
import { partOf } from "../tape/lineage_parts.js";
import { pointed } from "../ui/pointed.js";
import { reducedMotion } from "../ui/theme.js";
import { clearTrace, traced } from "../ui/traced.js";
import { GraphBar } from "./graph_bar.js";
import { GraphMenu } from "./graph_menu.js";
import { GraphNotes } from "./graph_notes.js";
import { Minimap, mapped, toggleMap } from "./minimap.js";

/** @typedef {import("../ui/model.js").Model} Model */
/** @typedef {import("../graph/index.js").Graph} Graph */
/** @typedef {typeof import("../graph/index.js").createGraph} CreateGraph */
/** @typedef {import("../graph/view.js").View} View */

/** @param {{model: Model, createGraph: CreateGraph, holds: {graph: Graph | null}, above?: unknown, below?: unknown, children?: unknown}} props `holds` lends the graph to the keyboard; `children` float over the graph */
export function GraphPane({ model, createGraph, holds, above, below, children }) {
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [graph, setGraph] = useState(/** @type {Graph | null} */ (null));
  const [census, setCensus] = useState(/** @type {import("../graph/shown.js").Census | null} */ (null));
  const [asked, ask] = useState(/** @type {import("./graph_menu.js").Asked | null} */ (null));
  const moved = useRef(new Set(/** @type {(() => void)[]} */ ([])));
  const player = model.player.value;
  const view = readView(model.view.value);

  // Before the frame that shows the other panes: the graph is what the reader came for.
  useLayoutEffect(() => {
    if (!player || !host.current) return undefined;
    const box = host.current;
    const made = createGraph(box, player.tape, player.history, {
      onSelect: model.select,
      onOpenChange: (open) => (model.open.value = open),
      onViewChange: (next) => (model.view.value = writeView(next)),
      onShown: (_, counted) => setCensus(counted),
      onStop: model.toggleThing,
      onMenu: ask,
      onDraw: () => moved.current.forEach((each) => each()),
      reducedMotion,
      initial: { open: model.open.value, view: readView(model.view.value) },
    });
    holds.graph = made;
    setGraph(made);
    made.show(player.deck.position.step, { animate: false, durationMs: 0 });
    made.select(model.selection.value);
    let size = `${box.clientWidth}×${box.clientHeight}`;
    const watcher = new ResizeObserver(() => {
      const now = `${box.clientWidth}×${box.clientHeight}`;
      if (now === size) return;
      size = now;
      if (box.clientWidth === 0) return;
      made.resize();
    });
    watcher.observe(box);
    const stops = [
      player.deck.subscribe((position, motion, before) => {
        if (position.step !== before.step) made.show(position.step, motion);
      }),
      model.selection.subscribe((thing) => made.select(thing)),
      model.breakpoints.subscribe((all) =>
        made.mind(all.filter(({ what }) => what === "thing").map(({ id, on }) => ({ thing: id, on }))),
      ),
      pointed.subscribe((thing) => made.point(thing)),
      traced.subscribe((shown) => made.trace(shown && partFor(player.tape, shown))),
    ];
    return () => {
      for (const stop of stops) stop();
      watcher.disconnect();
      holds.graph = null;
      setGraph(null);
      ask(null);
      clearTrace();
      made.destroy();
    };
  }, [player]);

  /** @param {View} next */
  const show = (next) => graph?.showAs(next);
  const acts = {
    focus: (/** @type {string} */ thing) => graph?.focus(thing),
    near: (/** @type {string} */ thing) => graph?.neighbours(thing, 1),
    toggle: (/** @type {string} */ thing) => graph?.toggle(thing),
  };
  const listen = (/** @type {() => void} */ hear) => {
    moved.current.add(hear);
    return () => moved.current.delete(hear);
  };
  return html`${player && html`<${GraphBar} view=${view} census=${census} hooks=${player.tape.hooks.length} show=${show} fit=${() => graph?.fit()} map=${{ shown: mapped.value, toggle: toggleMap }} />`}${above}
    <div class="graph-stage"><div class="graph-host" ref=${host}></div>
      ${graph && mapped.value && html`<${Minimap} graph=${graph} listen=${listen} />`}
      <${GraphNotes} model=${model} view=${view} census=${census} neighbours=${(/** @type {1 | -1} */ by) => graph?.neighbours(null, by)} everything=${() => show({ ...view, near: null })} />
      ${asked && html`<${GraphMenu} model=${model} asked=${asked} acts=${acts} close=${() => ask(null)} />`}
      ${children}</div>${below}`;
}

/** @param {import("../tape/load.js").Tape} tape @param {import("../ui/traced.js").Traced} shown */
function partFor(tape, { thing, part }) {
  const found = lineage(tape, thing);
  return found && partOf(tape, found, part);
}
