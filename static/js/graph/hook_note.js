/** What stands beside the diamond of the hook that runs now. */

import { t } from "../language/index.js";
import { isSilent } from "../tape/words.js";

/**
 * `8 → 10`, `sees 3`; on a tape without numbers only what the hook does.
 * @param {import("./texts.js").Texts} texts
 * @param {{before: readonly (number | null)[], after: readonly (number | null)[]}} hook @param {boolean} changed
 */
export function hookNote(texts, { before, after }, changed) {
  if (!before.length || isSilent(texts.tape)) return changed ? t("replaces") : t("runs");
  const index = Math.max(
    0,
    before.findIndex((value, i) => value !== after[i]),
  );
  const [from, to] = [texts.short(before[index] ?? null), texts.short(after[index] ?? null)];
  if (before.every((value, i) => value === after[i])) return t("sees {value}", { value: from });
  return from === to ? t("replaces {value}", { value: from }) : `${from} → ${to}`;
}
