"""The files that pages are made of: as they are written, and those of a page as one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email.utils import formatdate
from functools import partial
from mimetypes import guess_type
from pathlib import Path
from stat import S_ISREG

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.staticfiles import NotModifiedResponse
from starlette.types import Scope

from tapedeck.web.linked import SUFFIX, Joined, Linked, Sheets

MAIN = "js/main.js"
STYLES = (
    *("theme", "base", "shell", "transport", "source", "breakpoints"),
    *("inspector", "lists", "graph", "view", "search", "lessons"),
)

LABS = ("ad", "einsum", "convolution", "fusion", "describe")
"""The labs, each a folder of ``static/js/labs``."""


def lab_page(name: str) -> str:
    """The entry of a lab's page; of all labs' without a name."""
    return f"js/labs/{name}/page.js" if name else "js/labs/page.js"


def lab_styles(name: str) -> str:
    """Where the styles of a lab's page stand."""
    return f"css/labs/{name or 'all'}.linked.css"


def _lab_sheets(name: str) -> tuple[str, ...]:
    return (*("theme", "base", "shell", "labs"), *(("labs/board", f"labs/{name}") if name else ()))


def joined(entry: str) -> str:
    """Where a module stands with all that it imports."""
    return entry.removesuffix(".js") + SUFFIX


JOINED: dict[str, Callable[[Path], Joined]] = {
    joined(MAIN): partial(Linked, MAIN),
    "css/page.linked.css": partial(Sheets, STYLES),
    **{joined(lab_page(name)): partial(Linked, lab_page(name)) for name in ("", *LABS)},
    **{lab_styles(name): partial(Sheets, _lab_sheets(name)) for name in ("", *LABS)},
}
"""What is served as one file."""


class Files(StaticFiles):
    """Static files that are asked for again each time, and answered 304 when they are the same.

    A page is made of a hundred small ones, so they are kept in memory and read again when they have changed; Starlette
    would hand each of them to a thread three times.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        self._kept: dict[str, tuple[tuple[int, int], bytes]] = {}
        self._joined: dict[str, Joined] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with the instruction to revalidate."""
        if path in JOINED and scope["method"] in ("GET", "HEAD"):
            if path not in self._joined:
                self._joined[path] = JOINED[path](Path(str(self.directory)))
            text, etag = await asyncio.to_thread(self._joined[path].text)
            return self._answer(text, {"Cache-Control": "no-cache", "ETag": etag}, path, scope)
        try:
            full, stat = self.lookup_path(path)
        except (OSError, ValueError):  # a name that is too long, or none: Starlette says which answer that is
            return await super().get_response(path, scope)
        if stat is None or not S_ISREG(stat.st_mode) or scope["method"] not in ("GET", "HEAD"):
            return await super().get_response(path, scope)
        state = (stat.st_mtime_ns, stat.st_size)
        kept = self._kept.get(full)
        if kept is None or kept[0] != state:
            kept = self._kept[full] = (state, Path(full).read_bytes())
        headers = {
            "Cache-Control": "no-cache",
            "ETag": f'"{state[0]:x}-{state[1]:x}"',
            "Last-Modified": formatdate(stat.st_mtime, usegmt=True),
        }
        return self._answer(kept[1], headers, full, scope)

    def _answer(self, text: bytes, headers: dict[str, str], name: str, scope: Scope) -> Response:
        whole = Response(text, headers=headers, media_type=guess_type(name)[0] or "text/plain")
        return (
            NotModifiedResponse(whole.headers) if self.is_not_modified(whole.headers, Headers(scope=scope)) else whole
        )
