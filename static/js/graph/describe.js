/** An item in words: the things it stands for, and what a screen reader says of it. */

import { t } from "../language/index.js";

/** @typedef {import("./types.js").Item} Item */

/** The things that an item stands for, the most telling first. @param {Item} item */
export function thingsOf(item) {
  const { unit, side } = item;
  if (unit.fold) return unit.fold.stands;
  if (unit.kind === "group") return unit.again === null ? [unit.id] : [unit.id, `module:${unit.again}`];
  const things = [];
  if (side === "forward") {
    if (unit.kind === "op") things.push(`op:${unit.op}`);
    if (unit.tensor !== null) things.push(`tensor:${unit.tensor}`);
  } else {
    if (unit.node !== null) things.push(`node:${unit.node}`);
    if (unit.kind === "output") things.push(`tensor:${unit.tensor}`);
  }
  return things;
}

/** What a screen reader says: kind, title, details, status. @param {Item} item @param {import("./marks.js").ItemMark} mark */
export function describe(item, mark) {
  const detail =
    item.kind === "group"
      ? [item.face.detail, item.unit.fold ? mark.detail : ""].filter(Boolean).join(", ")
      : mark.detail;
  const status = STATUS[mark.status] ?? mark.status;
  const kind = item.shape === "dot" ? t("hidden {kind}", { kind: kindOf(item) }) : kindOf(item);
  return [`${kind} ${mark.title}`, detail, mark.extra, mark.count, status].filter(Boolean).join(", ");
}

const STATUS = /** @type {Record<string, string>} */ ({
  idle: t("not yet"),
  waiting: t("waiting"),
  running: t("running"),
  now: t("now"),
  done: t("done"),
  failed: t("raised"),
  kept: t("kept"),
});

const FOLDS = { stack: t("equal modules"), loop: t("loop"), turn: t("turn of a loop"), rest: t("turns of a loop") };

const SHAPES = { cylinder: t("gradient store"), buffer: t("buffer"), tag: t("input") };

/** The field's word for an item. @param {Item} item */
function kindOf(item) {
  if (item.unit.fold) return FOLDS[item.unit.fold.kind];
  if (item.kind === "group") return t("module");
  if (item.shape === "cylinder") return SHAPES.cylinder;
  if (item.kind === "op") return item.side === "forward" ? "op" : t("autograd node");
  if (item.kind === "node") return t("autograd node");
  if (item.kind === "output") return t("result");
  return item.shape === "buffer" || item.shape === "tag" ? SHAPES[item.shape] : t("leaf tensor");
}
