"""Modules that are joined into one file do what they do alone, and are joined anew when one has changed."""

import json
import subprocess
from pathlib import Path

import pytest

from tapedeck.assets import folder
from tapedeck.web.files import LABS, MAIN, lab_page
from tapedeck.web.linked import Linked, LinkError, link, uncommented
from tapedeck.web.modules import needed

MODULES = {
    "js/main.js": """/** The entry. */

import { later, twice as double } from "./a/one.js";
import * as two from "./a/two.js";
import { VENDORED } from "../vendor/three.js";

const say = (what) => console.log(JSON.stringify(what));
say([double(two.LIMIT), new two.Counter().next(), VENDORED, (await later()).WORD, two.where()]);
""",
    "js/a/one.js": """/** One. */

import { LIMIT } from "./two.js";

const unseen = 1;

export function twice(n) {
  return Math.min(2 * n, LIMIT + unseen);
}

export const later = () => import("../later.js").then((found) => found);
""",
    "js/a/two.js": """/** Two. */

export const LIMIT = 20;
const unseen = 2;

export class Counter {
  next() {
    return unseen;
  }
}

export async function never() {}

export const where = () => import.meta.url;
""",
    "js/later.js": """export const WORD = "later";
""",
    "vendor/three.js": """const a = 3;
export { a as VENDORED };
""",
}


ENTRIES = (MAIN, *(lab_page(name) for name in ("", *LABS)))


@pytest.fixture
def static(tmp_path):
    for path, text in MODULES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_what_is_joined_does_what_it_did(static):
    text = link("js/main.js", static).replace('"/static/', f'"file://{static}/')
    run = static / "run.mjs"
    (static / "package.json").write_text('{"type": "module"}')
    run.write_text(f"globalThis.location = {{ href: 'file:///' }};\n{text}")
    done = subprocess.run(["node", str(run)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [21, 2, 3, "later", f"file://{static}/js/a/two.js"]


def test_it_is_joined_anew_when_a_file_has_changed(static):
    one = Linked("js/main.js", static)
    before, etag = one.text()
    assert one.text()[0] is before
    (static / "js/a/two.js").write_text(MODULES["js/a/two.js"].replace("20", "3000"))
    after, another = one.text()
    assert b"3000" in after
    assert another != etag


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("js/a/two.js", 'import { twice } from "./one.js";\nexport const LIMIT = 1;\n', "imports itself"),
        ("js/a/one.js", "export default 1;\n", "js/a/one.js cannot be linked: export default 1"),
        ("js/a/one.js", "export let n = 1;\n", "cannot be linked: export let n"),
        ("js/a/one.js", 'export { LIMIT } from "./two.js";\n', "cannot be linked"),
        ("js/a/one.js", 'import two from "./two.js";\n', "cannot be linked"),
    ],
)
def test_what_cannot_be_joined_is_refused_with_its_name(static, path, text, says):
    (static / path).write_text(text)
    with pytest.raises(LinkError, match=says):
        link("js/main.js", static)


def test_no_module_loses_anything_with_its_comments():
    static = folder("static")
    paths = {each for entry in ENTRIES for each in (entry, *needed(entry)) if each.startswith("js/")}
    texts = [(static / path).read_text("utf-8") for path in sorted(paths)]
    script = Path(__file__).parents[1] / "js" / "same_syntax.js"
    pairs = json.dumps([*([text, uncommented(text)] for text in texts), ["const a = 1;", "const a = 2;"]])
    done = subprocess.run(["node", str(script)], input=pairs, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [*([True] * len(texts)), False]
    assert sum(map(len, texts)) > 1.3 * sum(len(uncommented(text)) for text in texts)


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_pages_own_modules_can_be_joined(entry):
    assert "m0$" in link(entry, folder("static"))
