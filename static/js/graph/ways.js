/** The whole way of a value over the borders of groups: the stretches of a wire put together. */

import { linePath } from "./paths.js";

/** @typedef {import("./types.js").Route} Route */

/**
 * @param {import("./index.js").Graph} graph @param {"forward" | "backward"} side @param {(route: Route) => boolean} last which routes are the last stretch
 * @returns {{path: string, first: Route}[]}
 */
export function waysOf(graph, side, last) {
  const routes = graph.renderer.drawn.wires.filter((route) => route.side === side);
  return routes.filter(last).map((route) => {
    const stretches = [route];
    for (let at = route; stretches.length < 20;) {
      const before = previous(routes, at);
      if (!before) break;
      stretches.unshift(before);
      at = before;
    }
    return { path: linePath(stretches.flatMap((stretch) => stretch.points)), first: stretches[0] };
  });
}

/** The values of a wire: one, or those of a bundle. @param {Route} route */
export const keysOf = ({ key, also }) => (also.length ? [key, ...also] : [key]);

/** @param {readonly Route[]} routes @param {Route} route */
function previous(routes, route) {
  const shared = (/** @type {Route} */ other) =>
    other !== route &&
    keysOf(route).some((key) => keysOf(other).includes(key)) &&
    (route.side === "forward" || route.links.length === 0 || other.links.some((link) => route.links.includes(link)));
  if (route.from === null) return routes.find((other) => shared(other) && other.to === route.level);
  if (route.fromOpen) return routes.find((other) => shared(other) && other.to === null && other.level === route.from);
  return undefined;
}

/**
 * Whether a contribution goes along a wire.
 * @param {import("./types.js").Route} route
 * @param {import("../tape/format.js").Contribution} event
 */
export function carries(route, event) {
  return route.links.some(
    (link) =>
      link.source === event.source &&
      link.output === event.output &&
      link.node === event.node &&
      link.input === event.input,
  );
}
