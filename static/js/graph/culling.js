/** What of a layout is on the screen and large enough to be drawn; what is inside a group off the screen is never looked at. */

/** @typedef {import("./types.js").Layout} Layout */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Route} Route */
/** @typedef {import("./types.js").Box} Box */

/** An open group lower than this many pixels is drawn without its contents. */
export const READABLE = 26;
const DOT = 1.5;

/** @param {Layout} layout @param {Box} view @param {number} k */
export function cullLayout(layout, view, k) {
  const margin = 60 / k;
  const area = {
    x: view.x - margin,
    y: view.y - margin,
    width: view.width + 2 * margin,
    height: view.height + 2 * margin,
  };
  /** @type {Item[]} */
  const items = [];
  /** @type {Route[]} */
  const wires = [];
  /** @param {readonly Item[]} list @param {readonly Route[]} routes */
  const visit = (list, routes) => {
    let skip = 0;
    for (const item of list) {
      if (!meets(item, area)) continue;
      const height = item.height * k;
      if (height < DOT && (skip += height) < DOT) continue;
      skip = 0;
      items.push(item);
      if (item.unit.open && height > READABLE) visit(item.children, item.wires);
    }
    if (48 * k > 3) for (const route of routes) if (meets(route, area)) wires.push(route);
  };
  visit(layout.roots.forward, layout.wires.forward);
  visit(layout.roots.backward, layout.wires.backward);
  const drawn = new Set(items.map((item) => item.unit.id));
  const saved = 32 * k < 8 ? [] : layout.saved.filter((wire) => meets(wire, area) && drawn.has(wire.unit));
  return { items, wires, saved };
}

/** @param {Box} a @param {Box} b */
function meets(a, b) {
  return a.x <= b.x + b.width && a.x + a.width >= b.x && a.y <= b.y + b.height && a.y + a.height >= b.y;
}
