"""One file of many modules: a browser takes some nine milliseconds for each, and the player has two hundred.

The modules stay as they are written, and each is served under its own name, too. What is joined keeps its own scope: a
module becomes a function that is called once, after those that it imports, and returns what it exports. Modules here
import by name or as a namespace, export functions, classes and constants, and never in a circle; whatever else stands
in one is refused. What is imported later (``import("./editor.js")``) and what is vendored stay modules of their own.
"""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from posixpath import join, normpath

from tapedeck.web.modules import reached

SUFFIX = ".linked.js"
"""``js/main.linked.js`` is ``js/main.js`` with what it imports."""

OWN = "js/"
_IMPORT = re.compile(r'^import (?:(\{[^}]*\})|\* as (\w+)) from "(\.[^"]+)";\n', re.MULTILINE)
_LATER = re.compile(r'\bimport\("(\.[^"]+)"\)')
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
_REMARK = re.compile(
    r"^[ \t]*(?:/\*\*(?:[^*]|\*(?!/))*\*/|//.*)[ \t]*\n|/\*\* @\w+ (?:[^*\n]|\*(?!/))*\*/ ?", re.MULTILINE
)
"""Comments, and types within a line: a quarter of the text, and a browser reads all of it before the first line runs. A
string with such a thing in it would be damaged: a test compares the syntax of every module with and without."""

_WAITS = re.compile(r"^(?!/?[ *]).*\bawait\b", re.MULTILINE)
"""A line of a module's own level; what stands in a function is indented."""

_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class LinkError(ValueError):
    """A module that cannot be joined with others."""


class Joined(ABC):
    """Files that are served as one, made anew when one of them has changed."""

    def __init__(self, static: Path) -> None:
        self._static = static
        self._paths: list[str] = []
        self._state: list[tuple[int, int]] = []
        self._text, self._etag = b"", ""

    def text(self) -> tuple[bytes, str]:
        """The file and its ETag; raises ``OSError`` where one of its parts is missing."""
        if not self._paths or self._seen() != self._state:
            self._paths = self._parts()
            self._state = self._seen()
            self._text = self._made().encode()
            self._etag = f'"{sha256(self._text).hexdigest()[:32]}"'
        return self._text, self._etag

    @abstractmethod
    def _parts(self) -> list[str]:
        """The paths of what is joined."""

    @abstractmethod
    def _made(self) -> str:
        """The text that is made of them."""

    def _seen(self) -> list[tuple[int, int]]:
        # Asked for at each request, of two hundred files: a path as text is several times as fast as a `Path`.
        stats = [os.stat(f"{self._static}/{path}") for path in self._paths]
        return [(one.st_mtime_ns, one.st_size) for one in stats]


class Linked(Joined):
    """The linked text of an entry; it raises `LinkError` for a module that is not of the kind."""

    def __init__(self, entry: str, static: Path) -> None:
        super().__init__(static)
        self._entry = entry

    def _parts(self) -> list[str]:
        return [self._entry, *reached(self._entry, self._static)]

    def _made(self) -> str:
        return link(self._entry, self._static)


class Sheets(Joined):
    """Style sheets one after the other: a browser draws nothing before the last of them has come."""

    def __init__(self, names: Iterable[str], static: Path) -> None:
        super().__init__(static)
        self._names = list(names)

    def _parts(self) -> list[str]:
        return [f"css/{name}.css" for name in self._names]

    def _made(self) -> str:
        return "".join((self._static / path).read_text("utf-8") for path in self._paths)


def outside(modules: Iterable[str]) -> list[str]:
    """Of what a module imports, what a linked one still imports at once."""
    return [path for path in modules if not path.startswith(OWN)]


def link(entry: str, static: Path) -> str:
    """The entry and everything of ours that it imports as one module."""
    order: list[str] = []
    _order(entry, static, order, ())
    vendored = outside(reached(entry, static))
    names = {path: f"m{number}$" for number, path in enumerate([*vendored, *order])}
    head = [f'import * as {names[path]} from "/static/{path}";\n' for path in vendored]
    return "".join([*head, *(_joined(path, static, names) for path in order)])


def _order(path: str, static: Path, order: list[str], above: tuple[str, ...]) -> None:
    """Each module after those that it imports."""
    if path in above:
        raise LinkError(f"{path} imports itself, by {' and '.join(above[above.index(path) + 1 :])}")
    if path in order or not path.startswith(OWN):
        return
    for found in _IMPORT.finditer((static / path).read_text("utf-8")):
        _order(_from(path, found[3]), static, order, (*above, path))
    order.append(path)


def _joined(path: str, static: Path, names: dict[str, str]) -> str:
    text = uncommented((static / path).read_text("utf-8"))
    exported = _EXPORT.findall(text)

    def imported(found: re.Match[str]) -> str:
        source = names[_from(path, found[3])]
        return f"const {found[1].replace(' as ', ': ') if found[1] else found[2]} = {source};\n"

    body = _EXPORT.sub("", _IMPORT.sub(imported, text))
    if other := _OTHER.search(body):
        raise LinkError(f"{path} cannot be linked: {other[0]}")
    body = _LATER.sub(lambda found: f'import("/static/{_from(path, found[1])}")', body)
    body = body.replace("import.meta.url", f'new URL("/static/{path}", location.href).href')
    waits = "await " if _WAITS.search(body) else ""
    function = f"({'async ' if waits else ''}() => {{\n{body}return {{ {', '.join(exported)} }};\n}})()"
    return f"const {names[path]} = {waits}{function};\n"


def uncommented(text: str) -> str:
    """A module without its comments."""
    return _REMARK.sub("", text)


def _from(path: str, wanted: str) -> str:
    return normpath(join(path, "..", wanted))
