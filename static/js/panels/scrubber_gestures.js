/** What pointers and the wheel do on the scrubber: drag along the track scrubs; the wheel and two fingers zoom; the flame strip, or Shift, drags the tape itself. */

import { panned, zoomed } from "../deck/window.js";
import { EDGE, TRACK } from "./scrubber_strip.js";

/** @typedef {import("../deck/window.js").Stretch} Stretch */
/**
 * @typedef {object} Board what the gestures work on
 * @property {() => DOMRect} box
 * @property {() => Stretch} stretch
 * @property {() => number} count
 * @property {(stretch: Stretch) => void} show
 * @property {(edge: number, how: {dragging: boolean, reach: number}) => void} seek `reach`: how far a mark may be from it, in edges
 */

/** A drag of fewer pixels is a click. */
const SLIP = 4;
const REACH = 6;
/** How much of the shown stretch is left after one notch of a wheel. */
const NOTCH = 0.0022;
const LINE = 24;

export class Gestures {
  /** @param {Board} board */
  constructor(board) {
    this.board = board;
    /** @type {Map<number, number>} where each pointer is */
    this.pointers = new Map();
    /** @type {{kind: "scrub" | "pan" | "pinch", startX: number, moved: boolean, held: Stretch} | null} */
    this.now = null;
  }

  /** The edge at a place on the screen. @param {number} clientX @param {Stretch} [stretch] */
  edgeAt(clientX, stretch = this.board.stretch()) {
    const box = this.board.box();
    return (
      stretch.from + ((clientX - box.left - EDGE) / Math.max(1, box.width - 2 * EDGE)) * (stretch.to - stretch.from)
    );
  }

  /** Edges in a pixel. */
  get grain() {
    const { from, to } = this.board.stretch();
    return (to - from) / Math.max(1, this.board.box().width - 2 * EDGE);
  }

  get zoomedIn() {
    const { from, to } = this.board.stretch();
    return to - from < this.board.count();
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 && event.button !== 1) return;
    if (event.button === 1) event.preventDefault();
    /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, event.clientX);
    const above = event.clientY - this.board.box().top < TRACK.top - 12;
    const kind =
      this.pointers.size > 1
        ? "pinch"
        : this.zoomedIn && (above || event.shiftKey || event.button === 1)
          ? "pan"
          : "scrub";
    this.now = { kind, startX: event.clientX, moved: false, held: this.board.stretch() };
    if (kind === "scrub") this.seek(event.clientX, false);
  }

  /** @param {PointerEvent} event @returns {boolean} whether it was part of a gesture */
  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (before === undefined || !this.now) return false;
    if (this.now.kind === "pinch") this.pinch(event.pointerId, event.clientX);
    this.pointers.set(event.pointerId, event.clientX);
    if (Math.abs(event.clientX - this.now.startX) > SLIP) this.now.moved = true;
    if (this.now.kind === "scrub" && event.clientX !== before) this.seek(event.clientX, true);
    if (this.now.kind === "pan" && this.now.moved) {
      const by = (this.now.startX - event.clientX) * this.grain;
      this.board.show(panned(this.now.held, this.board.count(), by));
    }
    return true;
  }

  /** @param {PointerEvent} event */
  up(event) {
    // A click on the flame strip goes there, as one on the track does.
    if (this.now?.kind === "pan" && !this.now.moved && event.type === "pointerup") this.seek(event.clientX, false);
    this.pointers.delete(event.pointerId);
    if (!this.pointers.size) this.now = null;
  }

  /** Two fingers: what is under each stays under it, as far as that goes. @param {number} id @param {number} x */
  pinch(id, x) {
    const other = [...this.pointers].find(([each]) => each !== id)?.[1];
    const before = this.pointers.get(id);
    if (other === undefined || before === undefined) return;
    const [was, is] = [Math.max(12, Math.abs(before - other)), Math.max(12, Math.abs(x - other))];
    const middle = this.edgeAt((before + other) / 2);
    const next = zoomed(this.board.stretch(), this.board.count(), middle, was / is);
    this.board.show(panned(next, this.board.count(), ((before - x) / 2) * this.grain));
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? LINE : 1;
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const [stretch, count] = [this.board.stretch(), this.board.count()];
    if (sideways) return this.board.show(panned(stretch, count, (event.deltaX || event.deltaY) * lines * this.grain));
    // A pinch on a touchpad comes as a wheel with Ctrl, in smaller steps.
    const factor = Math.exp(event.deltaY * lines * NOTCH * (event.ctrlKey ? 4 : 1));
    return this.board.show(zoomed(stretch, count, this.edgeAt(event.clientX), factor));
  }

  /** @param {number} clientX @param {boolean} dragging */
  seek(clientX, dragging) {
    this.board.seek(this.edgeAt(clientX), { dragging, reach: REACH * this.grain });
  }
}
