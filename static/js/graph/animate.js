/**
 * One event, one movement. A movement is a list of scenes on one clock: it can stop at any moment, and what it leaves behind is
 * the state of its step, because the picture was brought there by `mark` and not by the movement.
 */

import { select } from "../../vendor/d3.js";
import { boxPath } from "./paths.js";
import { chipWidth } from "./settle.js";
import { outline } from "./shapes.js";
import { carries, waysOf } from "./ways.js";

/** @typedef {import("./index.js").Graph} Graph */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {{from: number, to: number, frame(t: number): void}} Act a part of the movement; t runs from 0 to 1 within it */

/** @param {Graph} graph @param {number} step @param {number} duration @param {boolean} reduced @returns {{cancel(): void} | null} */
export function animate(graph, step, duration, reduced) {
  const event = graph.tape.events[step];
  if (!event || reduced || duration < 30) return null;
  const movement = new Movement(graph, step, duration);
  switch (event.kind) {
    case "op":
      movement.op(event.op);
      break;
    case "contribution":
      movement.contribution(event);
      break;
    case "hook_fire":
      movement.hook(event.hook);
      break;
    case "accumulate":
      movement.accumulate();
      break;
    case "retain":
      movement.cross(graph.marks.texts.short(event.value, ".grad = "), event.tensor);
      break;
    case "param_update":
      movement.cross(graph.marks.texts.short(event.value, "= "), event.tensor);
      break;
    default:
      movement.pulse();
  }
  return movement.start();
}

class Movement {
  /** @param {Graph} graph @param {number} step @param {number} duration */
  constructor(graph, step, duration) {
    this.graph = graph;
    this.step = step;
    this.duration = duration;
    this.fx = graph.renderer.fx;
    /** @type {Act[]} */
    this.acts = [];
    /** @type {number} part of the time after which the picture shows the new state */
    this.turn = 0;
    this.frame = 0;
    /** @type {Element[]} */
    this.pulsing = [];
    /** @type {SVGPathElement[]} */
    this.poured = [];
  }

  start() {
    const { graph } = this;
    const begin = performance.now();
    if (this.turn > 0) graph.renderer.mark(graph.history.at(this.step - 1));
    let turned = this.turn === 0;
    const tick = () => {
      const t = Math.min(1, (performance.now() - begin) / this.duration);
      if (!turned && t >= this.turn) {
        turned = true;
        graph.renderer.mark(graph.history.at(this.step));
      }
      for (const act of this.acts) if (t >= act.from) act.frame(Math.min(1, (t - act.from) / (act.to - act.from)));
      if (t < 1) this.frame = requestAnimationFrame(tick);
      else this.cancel();
    };
    tick();
    return this;
  }

  cancel() {
    cancelAnimationFrame(this.frame);
    this.fx.selectAll("*").remove();
    for (const liquid of this.poured) liquid.remove();
    for (const element of this.pulsing) element.classList.remove("pulse");
    this.graph.svg.style.removeProperty("--beat");
  }

  /** Inputs glow, their values travel down the wires, then the box fills. @param {number} op */
  op(op) {
    const { graph } = this;
    const unit = graph.facts.unitOfOp.get(op);
    const item = unit ? graph.itemOf("forward", unit) : null;
    if (!unit || !item) return this.pulse();
    const ways = waysOf(graph, "forward", (route) => route.to === item.unit.id && item.kind !== "group");
    const before = graph.history.at(this.step - 1);
    for (const { path, first } of ways) {
      const tensor = first.tensor;
      const text =
        tensor === null
          ? ""
          : graph.marks.texts.labelled(graph.marks.texts.leafName(tensor), before.tensor(tensor).value);
      if (first.from) this.beat([graph.items.get(`f:${first.from}`)]);
      this.travel(path, text, "forward", 0, 0.62);
    }
    if (ways.length) this.turn = 0.6;
    this.beat([item]);
  }

  /** The gradient travels up the wire from the node that sends it. @param {import("../tape/format.js").Contribution} event */
  contribution(event) {
    const { graph } = this;
    const ways = waysOf(graph, "backward", (route) => !route.toOpen && route.to !== null && carries(route, event));
    for (const { path } of ways)
      this.travel(
        path,
        graph.marks.texts.labelled(graph.marks.texts.gradientName(event.node, event.input), event.value),
        "backward",
        0,
        0.85,
      );
    if (ways.length) this.turn = 0.84;
    else this.pulse();
  }

  /** The diamond pulses, and the value beside it changes. @param {number} hook */
  hook(hook) {
    const found = [...this.graph.svg.querySelectorAll(`g.hook[data-hook="${hook}"]`)];
    this.pulseElements(found);
    if (!found.length) this.pulse();
  }

  /** The store fills. */
  accumulate() {
    const { graph } = this;
    for (const item of graph.nowItems()) {
      if (item.shape !== "cylinder") {
        this.beat([item]);
        continue;
      }
      const element = graph.renderer.element(item.id);
      const liquid = document.createElementNS("http://www.w3.org/2000/svg", "path");
      liquid.setAttribute("class", "liquid");
      liquid.setAttribute("d", outline(item));
      element?.querySelector(":scope > .shape")?.after(liquid);
      this.poured.push(liquid);
      this.acts.push({
        from: 0,
        to: 0.8,
        frame: (t) => {
          liquid.style.clipPath = `inset(${(1 - ease(t)) * 100}% 0 0 0)`;
          liquid.style.opacity = String(t < 0.7 ? 1 : (1 - t) / 0.3);
        },
      });
    }
    this.turn = 0.4;
  }

  /** From the backward side straight across to the same thing on the forward side. @param {string} text @param {number} tensor */
  cross(text, tensor) {
    const { graph } = this;
    for (const id of graph.facts.unitsOfTensor.get(tensor) ?? []) {
      const [from, to] = [graph.items.get(`b:${id}`), graph.items.get(`f:${id}`)];
      if (!from || !to || id.startsWith("out:") || graph.layout?.sides !== "both") continue;
      this.travel(
        `M${from.x},${from.y + from.height / 2 - 16}L${to.x + to.width},${to.y + to.height / 2 - 16}`,
        text,
        "backward",
        0,
        0.8,
      );
      this.turn = 0.75;
    }
    this.pulse();
  }

  pulse() {
    this.beat(this.graph.nowItems());
  }

  /** @param {(Item | undefined)[]} items */
  beat(items) {
    this.pulseElements(items.flatMap((item) => (item ? (this.graph.renderer.element(item.id) ?? []) : [])));
  }

  /** @param {Element[]} elements */
  pulseElements(elements) {
    this.graph.svg.style.setProperty("--beat", `${this.duration}ms`);
    for (const element of elements) element.classList.add("pulse");
    this.pulsing.push(...elements);
  }

  /** A chip on its way. @param {string} path @param {string} text @param {"forward" | "backward"} side @param {number} from @param {number} to */
  travel(path, text, side, from, to) {
    const g = this.fx.append("g").attr("class", `traveller ${side}`);
    const line = /** @type {SVGPathElement} */ (g.append("path").attr("class", "way").attr("d", path).node());
    const length = line.getTotalLength();
    const chip = g.append("g").attr("class", `chip ${side}`);
    if (text) {
      chip.append("path").attr("d", boxPath(chipWidth(text), 18, 9));
      select(chip.node()).append("text").attr("dy", ".35em").text(text);
    } else chip.append("circle").attr("r", 5);
    const trail = Math.min(90, length * 0.5);
    const scale = this.graph.renderer.chipScale;
    this.acts.push({
      from,
      to,
      frame: (t) => {
        const at = length * ease(t);
        const point = line.getPointAtLength(at);
        chip.attr("transform", `translate(${point.x},${point.y})scale(${scale})`);
        const tail = Math.min(at, trail);
        line.style.strokeDasharray = `0 ${at - tail} ${tail} ${length}`;
        g.attr("opacity", t >= 1 ? 0 : t > 0.9 ? (1 - t) * 10 : 1);
      },
    });
  }
}

/** @param {number} t */
function ease(t) {
  return t < 0.5 ? 2 * t * t : 1 - (2 - 2 * t) ** 2 / 2;
}
