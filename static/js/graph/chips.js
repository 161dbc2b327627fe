/** The values on the wires: a value below what made it, a gradient below what it arrives at, its parts beside their senders. */

import { t } from "../language/index.js";
import { isGroup } from "./nesting.js";
import { Tangents } from "./tangents.js";

/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Route} Route */
/** @typedef {{id: string, x: number, y: number, text: string, side: "forward" | "backward", kind: string, dimmed?: boolean, now?: boolean, lean?: 1 | -1}} Chip `lean`: the side of the wire on which it has to stand */

const CHIP = 21;
/** The least distance between rows in which a value finds room. */
const ROOM = 38;

export class Chips {
  /** @param {import("./types.js").Tape} tape @param {import("./types.js").Facts} facts @param {import("./clock.js").Clock} clock @param {import("./texts.js").Texts} texts @param {import("./gradients.js").Gradients} gradients */
  constructor(tape, facts, clock, texts, gradients) {
    this.tape = tape;
    this.facts = facts;
    this.clock = clock;
    this.texts = texts;
    this.gradients = gradients;
    this.tangents = new Tangents(tape);
  }

  /** @param {Route} route @param {State} state @returns {Chip[]} */
  of(route, state) {
    if (route.space < ROOM || route.also.length) return [];
    return route.side === "forward" ? this.valueChip(route, state) : this.gradientChips(route, state);
  }

  /** How much is hidden on a wire, where it arrives; on a backward wire, where it comes from. @param {Route} route @param {ReadonlySet<string>} now hidden units that the current event is about @returns {Chip[]} */
  past({ id, side, past, to, from, start, end, toOpen, fromOpen }, now) {
    const [own, open, [x, y]] = side === "forward" ? [to, toOpen, end] : [from, fromOpen, start];
    if (!past.length || own === null || open) return [];
    const text = t("⋯ {n} hidden", { n: past.length });
    return [{ id: `past:${id}`, x, y: y - CHIP, text, side, kind: "past", now: past.some((unit) => now.has(unit)) }];
  }

  /** @param {Route} route @param {State} state @returns {Chip[]} */
  valueChip(route, state) {
    const { from, tensor, key } = route;
    if (!from || tensor === null || route.fromOpen || !(from.startsWith("op:") || isGroup(from))) return [];
    const writer = Number(key.split(":")[1]);
    const step = this.facts.stepOfOp.get(writer) ?? Infinity;
    if (step > state.step) return [];
    const event = this.tape.events[step];
    if (event.kind !== "op") return [];
    const op = this.tape.ops[writer];
    const at = [...op.outputs, ...op.mutates.filter((id) => !op.outputs.includes(id))].indexOf(tensor);
    const value = event.values[at] ?? null;
    const version = event.versions[at] ?? 0;
    const tangents = this.tangents.of(tensor, state.step);
    const text =
      this.texts.labelled(this.texts.name(tensor), value) +
      (version > (this.clock.built.get(tensor) ?? 0) ? ` ·v${version}` : "") +
      (tangents && ` · ${tangents}`);
    return [
      {
        id: `f:${from}:${key.replace("~", "")}`,
        x: route.start[0],
        y: route.start[1] + CHIP,
        text,
        side: "forward",
        kind: "value",
      },
    ];
  }

  /** @param {Route} route @param {State} state @returns {Chip[]} */
  gradientChips(route, state) {
    const { to, from, links } = route;
    const since = this.clock.since(state.step);
    const arrived = links.filter((link) => this.clock.delivered(link, since, state.step));
    if (!to || !arrived.length || route.toOpen) return [];
    const { node, input, source, output } = arrived[arrived.length - 1];
    const name = this.texts.gradientName(node, input);
    const alone = this.clock.fanIn(`${node}:${input}`, since) < 2 || source === null;
    const into = isGroup(to);
    /** @type {Chip[]} */
    const chips = [];
    const edge = state.edge(source, output, node, input);
    // What comes from something hidden was not sent by what its wire starts at.
    if (!alone && from && !route.past.length) {
      chips.push({
        id: `b:${route.id}`,
        x: route.start[0],
        y: route.start[1] - CHIP,
        text: this.texts.labelled("", edge),
        side: "backward",
        kind: "part",
      });
    }
    if (!into) {
      const now = this.gradients.at(node, input, state.step, since);
      if (now) {
        const text =
          now.parts.length > 1 && !alone ? this.texts.parts(now.parts, name) : this.texts.labelled(name, now.value);
        chips.push({
          id: `b:${node}:${input}`,
          x: route.end[0],
          y: route.end[1] + CHIP,
          text,
          side: "backward",
          kind: "gradient",
        });
      }
    } else if (alone)
      chips.push({
        id: `b:${to}:${route.key}`,
        x: route.end[0],
        y: route.end[1] + CHIP,
        text: this.texts.labelled(name, edge),
        side: "backward",
        kind: "gradient",
      });
    return chips;
  }
}
