/** A drawn element with its styles written out as attributes, which every program that reads SVG understands: no classes, no custom properties. */

/** @typedef {{colour: string, alpha: number}} Paint */

const NAMESPACE = "http://www.w3.org/2000/svg";
const SHAPES = new Set(["path", "rect", "circle"]);
/** What an element keeps of its own: geometry. */
const KEPT = new Set(
  "id d x y dx dy x1 x2 y1 y2 r rx ry cx cy width height transform viewBox refX refY markerWidth markerHeight markerUnits orient marker-end".split(
    " ",
  ),
);
const STROKE = /** @type {const} */ (["stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin"]);
const INITIAL = /** @type {Record<string, string>} */ ({
  "stroke-width": "1",
  "stroke-dasharray": "none",
  "stroke-linecap": "butt",
  "stroke-linejoin": "miter",
});

/** A new SVG element. @param {string} name @param {Record<string, string | number>} [attributes] */
export function make(name, attributes = {}) {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** What XML has no place for: control characters, and halves of a pair. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const ILL = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu;

/** Text for an XML file; what has no place there is shown as the sign that stands for it. @param {string} text */
export const xmlText = (text) =>
  text.replace(ILL, (sign) => (sign < " " ? String.fromCharCode(0x2400 + sign.charCodeAt(0)) : "\ufffd"));

/** A computed colour (`rgb(1 2 3)`, `rgba(…)`, `color(srgb …)`) as others write it; null where nothing is painted. @param {string} css @returns {Paint | null} */
export function paintOf(css) {
  const found = /^(rgba?|color)\((?:srgb )?([^)]*)\)/.exec(css);
  if (!found) return null;
  const [red, green, blue, alpha = 1] = found[2].split(/[\s,/]+/).map(Number);
  const scale = found[1] === "color" ? 255 : 1;
  const hex = [red, green, blue].map((part) =>
    Math.round(Math.max(0, Math.min(255, part * scale)))
      .toString(16)
      .padStart(2, "0"),
  );
  return alpha > 0 ? { colour: `#${hex.join("")}`, alpha } : null;
}

/** @param {Paint | null} paint @param {"fill" | "stroke"} name @returns {Record<string, string | number>} */
export function attributesOf(paint, name) {
  if (!paint) return { [name]: "none" };
  return {
    [name]: paint.colour,
    ...(paint.alpha < 1 ? { [`${name}-opacity`]: Math.round(paint.alpha * 100) / 100 } : {}),
  };
}

/** A copy of an element and all in it, without what cannot be seen. @param {Element} element @returns {Element} */
export function styledCopy(element) {
  return copied(element) ?? make("g");
}

/** @param {Element} element @returns {Element | null} */
function copied(element) {
  const name = element.localName;
  if (element.classList.contains("fx")) return null;
  if (name === "title") {
    const title = make("title");
    title.textContent = xmlText(element.textContent ?? "");
    return title;
  }
  const style = getComputedStyle(element);
  const inDefs = name === "defs" || name === "marker" || element.closest("defs") !== null;
  if (!inDefs && (style.display === "none" || Number(style.opacity) === 0)) return null;
  const copy = make(name, ownAttributes(element));
  if (Number(style.opacity) < 1) copy.setAttribute("opacity", style.opacity);
  if (name === "text") return write(copy, textStyle(element, style), xmlText(element.textContent ?? ""));
  if (SHAPES.has(name)) {
    const styles = shapeStyle(style);
    return styles ? write(copy, styles) : null;
  }
  for (const child of element.children) copy.append(...[copied(child)].filter((each) => each !== null));
  return name === "g" && !copy.childElementCount ? null : copy;
}

/** @param {Element} element */
const ownAttributes = (element) =>
  Object.fromEntries(
    [...element.attributes].filter(({ name }) => KEPT.has(name)).map(({ name, value }) => [name, value]),
  );

/** @param {Element} copy @param {Record<string, string | number>} attributes @param {string} [text] */
function write(copy, attributes, text) {
  for (const [key, value] of Object.entries(attributes)) copy.setAttribute(key, String(value));
  if (text !== undefined) copy.textContent = text;
  return copy;
}

/** @param {CSSStyleDeclaration} style @returns {Record<string, string | number> | null} */
function shapeStyle(style) {
  const [fill, stroke] = [paintOf(style.fill), paintOf(style.stroke)];
  if (!fill && !stroke) return null;
  const line = STROKE.map((name) => /** @type {const} */ ([name, style.getPropertyValue(name).replaceAll("px", "")]));
  return {
    ...attributesOf(fill && { ...fill, alpha: fill.alpha * Number(style.fillOpacity || 1) }, "fill"),
    ...attributesOf(stroke, "stroke"),
    ...(stroke ? Object.fromEntries(line.filter(([name, value]) => value !== INITIAL[name])) : {}),
    ...(style.getPropertyValue("vector-effect") === "non-scaling-stroke"
      ? { "vector-effect": "non-scaling-stroke" }
      : {}),
  };
}

/** @param {Element} element @param {CSSStyleDeclaration} style @returns {Record<string, string | number>} */
function textStyle(element, style) {
  /** @type {Record<string, string>} */
  const moved = style.transform === "none" || element.hasAttribute("transform") ? {} : { transform: style.transform };
  return {
    ...attributesOf(paintOf(style.fill), "fill"),
    "font-family": /mono/i.test(style.fontFamily) ? "monospace" : "sans-serif",
    "font-size": style.fontSize.replace("px", ""),
    ...(style.fontWeight === "400" ? {} : { "font-weight": style.fontWeight }),
    ...(style.textAnchor === "start" ? {} : { "text-anchor": style.textAnchor }),
    ...moved,
  };
}
