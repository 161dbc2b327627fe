/** What the page makes of the server's sentences in Chinese, for the Python test that finds them: a JSON list in, a JSON list out. */

import { readFileSync } from "node:fs";

import { hearing } from "../../../static/js/language/heard.js";
import { sentences } from "../../../static/js/language/zh.js";

const heard = hearing(sentences);
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(heard)));
