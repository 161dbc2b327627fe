/** Things that leave the page as files: text, and SVG drawn as PNG. */

/** The most pixels of a PNG, and of its longer side: what browsers draw without trouble. */
const [AREA, SIDE] = [64e6, 16_000];
const SHARP = 2;
/** A picture that is drawn smaller than this cannot be read. */
export const READABLE = 0.5;

/** How many pixels a unit of a picture gets. @param {number} width @param {number} height */
export const pixelsOf = (width, height) =>
  Math.min(SHARP, SIDE / width, SIDE / height, Math.sqrt(AREA / (width * height)));

/** A name of a file that every system takes. @param {string} title @param {number} step @param {string} ending */
export function fileName(title, step, ending) {
  const words = title.normalize("NFKC").match(/[\p{L}\p{N}_-]+/gu) ?? [];
  const name = [...words.join("-")].slice(0, 60).join("");
  return `${name || "tape"}-step-${step + 1}.${ending}`;
}

/** @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has its own hold on the bytes as soon as it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** @param {string} text @param {string} type @param {string} name */
export const saveText = (text, type, name) => save(new Blob([text], { type: `${type};charset=utf-8` }), name);

/** SVG as PNG. The page's policy lets images come from `data:`, not from `blob:`. @param {{svg: string, width: number, height: number}} picture @param {number} scale @returns {Promise<Blob>} */
export async function pngOf({ svg, width, height }, scale) {
  const image = new Image(width, height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no PNG came of it"))), "image/png"),
  );
}
