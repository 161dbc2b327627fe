"""Writes what the browser knows of the tape's format: its types and the defaults that the file leaves out.

    python tools/tape_types.py            write static/js/tape/format.d.ts and static/js/tape/defaults.js
    python tools/tape_types.py --check    exit with 1 when they are not what the schema says

Both come from `tapedeck.tape.schema.schema()`, so the browser cannot drift from the format.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tapedeck.tape.schema import schema

FOLDER = Path(__file__).resolve().parents[1] / "static" / "js" / "tape"
SIMPLE = {"integer": "number", "number": "number", "string": "string", "boolean": "boolean", "null": "null"}


def type_of(part: dict[str, Any]) -> str:
    """The TypeScript type of one JSON Schema."""
    if "$ref" in part:
        return str(part["$ref"].rsplit("/", 1)[1])
    if "anyOf" in part:
        return " | ".join(dict.fromkeys(type_of(option) for option in part["anyOf"]))
    if "enum" in part:
        return " | ".join(json.dumps(value) for value in part["enum"])
    if part.get("type") == "array":
        if "prefixItems" in part:
            return f"[{', '.join(type_of(item) for item in part['prefixItems'])}]"
        item = type_of(part["items"])
        return f"({item})[]" if "|" in item else f"{item}[]"
    if part.get("type") == "object":
        return f"Record<string, {type_of(part['additionalProperties'])}>"
    return SIMPLE[part["type"]]


def comment(text: str) -> str:
    """A schema's description as a doc comment of one paragraph."""
    return f"/** {' '.join(text.split())} */".replace("``", "`")


def kinds(whole: dict[str, Any]) -> dict[str, str]:
    """The events: name of the type → its `kind`."""
    names = [type_of(option) for option in whole["event"]["anyOf"]]
    return {name: whole["$defs"][name]["properties"]["kind"]["enum"][0] for name in names}


def types(whole: dict[str, Any]) -> str:
    """The text of `format.d.ts`. Every field is required: the loader fills in what the file omits."""
    lines = ["// Made by tools/tape_types.py from the tape's JSON Schema; `--check` finds drift.", ""]
    for name, definition in whole["$defs"].items():
        lines += [comment(definition.get("description", name)), f"export interface {name} {{"]
        lines += [f"  {field}: {type_of(part)};" for field, part in definition["properties"].items()]
        lines += ["}", ""]
    union = "\n".join(f"  | {name}" for name in kinds(whole))
    return "\n".join([*lines, "/** Anything that happened. */", f"export type TapeEvent =\n{union};", ""])


def tables(whole: dict[str, Any]) -> dict[str, str]:
    """The tables: name of the type of a row → the table's name."""
    fields = whole["$defs"]["Tables"]["properties"]
    return {type_of(part["items"]): table for table, part in fields.items() if part.get("type") == "array"}


def omitted(whole: dict[str, Any], names: dict[str, str]) -> list[str]:
    """One line a type: its key and what its fields are when they are left out."""
    lines = []
    for name, key in names.items():
        fields = whole["$defs"][name]["properties"]
        body = ", ".join(
            f"{field}: {json.dumps(part['default'])}" for field, part in fields.items() if "default" in part
        )
        lines.append(f"  {key}: {{ {body} }}," if body else f"  {key}: {{}},")
    return lines


def defaults(whole: dict[str, Any]) -> str:
    """The text of `defaults.js`."""
    lines = [
        "/** What a field is when the file leaves it out. Made by tools/tape_types.py from the schema. */",
        "",
        "/** By the kind of an event. */",
        "export const DEFAULTS = /** @type {Record<string, Record<string, unknown>>} */ ({",
        *omitted(whole, kinds(whole)),
        "});",
        "",
        "/** By the table of a row. */",
        "export const ROWS = /** @type {Record<string, Record<string, unknown>>} */ ({",
        *omitted(whole, tables(whole)),
    ]
    return "\n".join([*lines, "});", ""])


def main() -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file differs")
    check = parser.parse_args().check
    whole = schema()
    stale = []
    for name, text in {"format.d.ts": types(whole), "defaults.js": defaults(whole)}.items():
        path = FOLDER / name
        if check and (not path.exists() or path.read_text("utf-8") != text):
            stale.append(name)
        elif not check:
            path.write_text(text, "utf-8")
    if stale:
        print(f"{', '.join(stale)} differ from the schema; run: python tools/tape_types.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
