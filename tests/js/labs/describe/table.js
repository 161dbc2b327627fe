/** What can be named in a spec, as the server tells it: torch's table as it stands, and the functions that the tests use. */

import { readFileSync } from "node:fs";

const read = JSON.parse(readFileSync(new URL("../../../../server/tapedeck/spec/table.json", import.meta.url), "utf8"));
const dim = (value) => [{ name: "dim", type: "int", required: false, default: value }];

export const TABLE = {
  ...read,
  functions: {
    add: { least: 2, most: 2, args: [] },
    cat: { least: 2, most: 16, args: dim(1) },
    mean: { least: 1, most: 1, args: dim(-1) },
  },
  inputs: { Bilinear: 2, MultiheadAttention: 3 },
};
