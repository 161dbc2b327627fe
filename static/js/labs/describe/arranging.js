/** Adding, moving, duplicating and removing layers by mouse, by drag and by keyboard; each says what it did and keeps the focus. */

import { signal } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { fitting } from "./failing.js";
import { added, duplicated, moved, removed, replaced } from "./layers.js";
import { kindOf } from "./naming.js";
import { argumentsOf } from "./reading.js";
import { fieldId } from "./where.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {ReturnType<typeof createArranging>} Arranging */

/** Where the same thing is once its card stands elsewhere. @param {string} id @param {number} from @param {number} to */
const idAt = (id, from, to) =>
  id.startsWith(`d-layers-${from}-`)
    ? `d-layers-${to}-${id.slice(`d-layers-${from}-`.length)}`
    : fieldId("layers", to, "grip");

/** @param {Model} model */
export function createArranging(model) {
  /** The layer that is dragged, and before which one it would fall. */
  const dragged = signal(/** @type {number | null} */ (null));
  const drop = signal(/** @type {number | null} */ (null));
  /** Where a layer is being chosen. */
  const picking = signal(/** @type {{at: number, replace: boolean} | null} */ (null));
  const spec = () => /** @type {import("./reading.js").Spec} */ (model.spec.value);
  const table = () => /** @type {import("./reading.js").Table} */ (model.table.value);
  const kindAt = (/** @type {number} */ at) => kindOf(spec().layers[at]);

  /** @param {number} from @param {number} to @param {string} focus what has the focus */
  const move = (from, to, focus = document.activeElement?.id ?? "") => {
    const { length } = spec().layers;
    if (to < 0 || to >= length || to === from) return;
    const kind = kindAt(from);
    model.change(moved(spec(), from, to));
    model.at.value = to;
    const next = idAt(focus, from, to);
    // At an end its button is off and would lose the focus.
    const end = (to === 0 && next.endsWith("-up")) || (to === length - 1 && next.endsWith("-down"));
    model.focus.value = end ? fieldId("layers", to, "grip") : next;
    model.says.value = t("{kind} is now {n} of {all}.", { kind, n: to + 1, all: length });
  };

  /** @param {number} at */
  const remove = (at) => {
    const kind = kindAt(at);
    const left = spec().layers.length - 1;
    model.change(removed(spec(), at));
    model.at.value = null;
    model.focus.value = left ? fieldId("layers", Math.min(at, left - 1), "grip") : "d-add";
    model.says.value = t("{kind} is removed; Ctrl or ⌘ Z brings it back.", { kind });
  };

  /** @param {number} at */
  const duplicate = (at) => {
    model.change(duplicated(spec(), at));
    model.at.value = at + 1;
    model.focus.value = fieldId("layers", at + 1, "grip");
    model.says.value = t("{kind} stands there twice.", { kind: kindAt(at) });
  };

  /** What arrives at a place, where that is known: from the spec for the first layer, else from a tape. @param {number} at */
  const arriving = (at) => {
    if (at > 0) return model.facts.value[at - 1]?.shape ?? undefined;
    const { shape } = Object.values(spec().inputs)[0] ?? {};
    return Array.isArray(shape) ? shape : undefined;
  };

  /** @param {import("./groups.js").Choice} choice */
  const picked = (choice) => {
    const place = picking.value;
    if (!place) return;
    picking.value = null;
    const fits = choice.isFunction ? null : fitting(choice.kind, arriving(place.at));
    const next = place.replace
      ? replaced(spec(), place.at, choice, table())
      : added(spec(), place.at, choice, table(), fits ? { [fits.arg]: fits.value } : {});
    model.change(next);
    model.at.value = place.at;
    const layer = next.layers[place.at];
    const open = argumentsOf(layer, table()).find(({ name, required }) => required && layer.args?.[name] === undefined);
    model.focus.value = fieldId("layers", place.at, open ? `args.${open.name}` : "grip");
    model.says.value = t("{kind} is layer {n}.", { kind: choice.kind, n: place.at + 1 });
  };

  /** @param {number} at @returns {(event: KeyboardEvent) => void} */
  const keys = (at) => (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.altKey && !event.ctrlKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      // A list opens with Alt ↓ in some browsers.
      if (target.closest("select")) return;
      event.preventDefault();
      // A name that is being written is taken first.
      const { id } = target;
      if (target instanceof HTMLInputElement) target.blur();
      move(at, at + (event.key === "ArrowUp" ? -1 : 1), id);
    } else if ((event.key === "Delete" || event.key === "Backspace") && target.closest(".d-grip")) {
      event.preventDefault();
      remove(at);
    }
  };

  /** What makes a grip drag. @param {number} at */
  const source = (at) => ({
    draggable: true,
    onDragStart: (/** @type {DragEvent} */ event) => {
      const card = /** @type {HTMLElement} */ (event.target).closest("li");
      event.dataTransfer?.setData("text/plain", kindAt(at));
      if (card) event.dataTransfer?.setDragImage(card, 20, 20);
      dragged.value = at;
    },
    onDragEnd: () => (dragged.value = drop.value = null),
  });

  /** What lets a card be dropped on. @param {number} at */
  const target = (at) => ({
    onDragOver: (/** @type {DragEvent} */ event) => {
      if (dragged.value === null) return;
      event.preventDefault();
      const { top, height } = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
      drop.value = event.clientY > top + height / 2 ? at + 1 : at;
    },
    onDrop: (/** @type {DragEvent} */ event) => {
      const [from, to] = [dragged.value, drop.value];
      dragged.value = drop.value = null;
      if (from === null || to === null) return;
      event.preventDefault();
      move(from, to > from ? to - 1 : to, fieldId("layers", from, "grip"));
    },
  });

  const pick = (/** @type {number} */ at, /** @type {boolean} */ replace) => (picking.value = { at, replace });
  const close = () => {
    const place = picking.value;
    picking.value = null;
    model.focus.value = place?.replace ? fieldId("layers", place.at, "grip") : "d-add";
  };
  return { drop, picking, move, remove, duplicate, picked, pick, close, keys, source, target };
}
