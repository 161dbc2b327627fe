/** The layers of the model in their order, and the way to add one. */

import { html, useMemo } from "../../../vendor/preact.js";
import { t } from "../../language/index.js";
import { Icon } from "../../ui/icons.js";
import { createArranging } from "./arranging.js";
import { Card } from "./card.js";
import { FaultNote } from "./field.js";
import { kindOf } from "./naming.js";
import { Picker } from "./picker.js";

/** @param {{model: import("./model.js").Model}} props */
export function LayerList({ model }) {
  const arranging = useMemo(() => createArranging(model), [model]);
  const spec = /** @type {import("./reading.js").Spec} */ (model.spec.value);
  const place = arranging.picking.value;
  const picker = (/** @type {boolean} */ here) =>
    here &&
    html`<${Picker} table=${model.table.value} pick=${arranging.picked} close=${arranging.close} label=${place?.replace ? t("Something else in place of {kind}", { kind: kindOf(spec.layers[place.at] ?? {}) }) : t("The layer to add")} />`;
  const { length } = spec.layers;
  return html`<section class="d-layers" id="d-layers" tabindex="-1" aria-labelledby="d-layers-title">
    <h2 id="d-layers-title">${t("Layers")}</h2>
    <${FaultNote} model=${model} part="layers" at=${null} />
    <ol>${spec.layers.flatMap((_, at) => [
      html`<${Card} key=${model.ids.value[at]} model=${model} at=${at} arranging=${arranging} />`,
      place &&
        (place.replace ? place.at === at : place.at === at + 1 && at + 1 < length) &&
        html`<li key="picker" class="d-picking">${picker(true)}</li>`,
    ])}</ol>
    ${picker(place !== null && !place.replace && place.at >= length)}
    <button type="button" id="d-add" class="button d-add" aria-expanded=${place !== null && !place.replace && place.at >= length} onClick=${() => arranging.pick(length, false)}><${Icon} name="plus" size=${16} /> ${t("Add a layer")}</button>
  </section>`;
}
