"""The JavaScript modules that a page needs, all told at once: a browser would find them one import after the other."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from posixpath import join, normpath

from tapedeck.assets import folder

_IMPORT = re.compile(r"^(?:import|export)\b[^\"';]*?(?:\bfrom\s*)?[\"'](\.{1,2}/[^\"']+)[\"']", re.MULTILINE)


@cache
def needed(entry: str) -> tuple[str, ...]:
    """Paths below ``static/`` of what a module imports, directly or not, in the order in which a browser meets them."""
    return tuple(reached(entry, folder("static")))


def reached(entry: str, static: Path) -> list[str]:
    """The same below a folder, read anew."""
    found = [entry]
    for path in found:
        text = (static / path).read_text(encoding="utf-8")
        for wanted in _IMPORT.findall(text):
            target = normpath(join(path, "..", wanted))
            if target not in found and (static / target).is_file():
                found.append(target)
    return found[1:]
