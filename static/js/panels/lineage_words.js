/** The parts of a lineage in words, as the graph's menu, its note and the inspector name them. */

import { t } from "../language/index.js";

/** @typedef {import("../tape/lineage_parts.js").PartName} PartName */

/** Of a value that runs through ops. @type {Record<PartName, string>} */
const VALUE = {
  all: t("everything it has to do with"),
  before: t("what feeds it"),
  parameters: t("which parameters feed it"),
  after: t("what it feeds"),
  path: t("path to the loss"),
};

/** Of a gradient that runs through nodes. @type {Record<PartName, string>} */
const GRADIENT = {
  all: t("everything it has to do with"),
  before: t("where its gradient comes from"),
  parameters: t("which parameters its gradient reaches"),
  after: t("where its gradient goes"),
  path: t("path to the loss"),
};

/** @param {import("../tape/lineage.js").Lineage["of"]} of @param {PartName} part */
export const partWords = (of, part) => (of === "value" ? VALUE : GRADIENT)[part];
