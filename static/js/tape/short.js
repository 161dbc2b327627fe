/** Long names and expressions in a few characters, such that they can still be told apart. */

/** The start and the end of a text that is too long: what a name ends in tells it from its namesakes. @param {string} text @param {number} max */
export function middle(text, max) {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= max) return line;
  const tail = Math.floor((max - 1) / 2);
  return `${line.slice(0, max - 1 - tail).trimEnd()}…${tail ? line.slice(-tail).trimStart() : ""}`;
}

/** An expression that is too long: the arguments of its calls go first, innermost last; then its middle. @param {string} text @param {number} max */
export function fold(text, max) {
  let line = text.replace(/\s+/g, " ").trim();
  for (let depth = 4; depth > 0 && line.length > max; depth -= 1) line = withoutArguments(line, depth);
  return middle(line, max);
}

/** An expression with `…` for what stands in its parentheses at one depth. @param {string} text @param {number} depth */
function withoutArguments(text, depth) {
  let [result, open, skipped] = ["", 0, ""];
  for (const letter of text) {
    if (letter === ")" && open === depth) {
      // What is no longer than the dots stays.
      result += skipped.length > 1 ? "…" : skipped;
      skipped = "";
    }
    if (letter === ")") open -= 1;
    if (open < depth) result += letter;
    else skipped += letter;
    if (letter === "(") open += 1;
  }
  return open ? text : result;
}
