"""The pages and the files they are made of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from email.utils import formatdate
from mimetypes import guess_type
from pathlib import Path
from stat import S_ISREG

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.staticfiles import NotModifiedResponse
from starlette.types import Scope

from tapedeck.assets import folder
from tapedeck.lessons import lesson
from tapedeck.web.answers import links
from tapedeck.web.language import language
from tapedeck.web.linked import SUFFIX, Joined, Linked, Sheets, etag, outside
from tapedeck.web.modules import needed
from tapedeck.web.service import Service
from tapedeck.web.templates import render


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
            text = await asyncio.to_thread(self._joined[path].text)
            return self._answer(text, {"Cache-Control": "no-cache", "ETag": etag(text)}, path, scope)
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


MAIN = "js/main.js"
STYLES = (
    *("theme", "base", "shell", "transport", "source", "breakpoints"),
    *("inspector", "lists", "graph", "view", "search", "lessons"),
)
JOINED: dict[str, Callable[[Path], Joined]] = {
    MAIN.removesuffix(".js") + SUFFIX: lambda static: Linked(MAIN, static),
    "css/page.linked.css": lambda static: Sheets(STYLES, static),
}
"""What is served as one file."""

LAB = "js/labs/main.js"
LABS = ("ad", "einsum", "convolution", "fusion", "describe")
"""The labs, each a folder of ``static/js/labs``."""


def pages(service: Service) -> APIRouter:
    """``/``, ``/t/{id}``, ``/learn/{slug}``: one shell, which the browser fills; ``/labs/{name}``: that of the labs."""
    router = APIRouter(include_in_schema=False)

    def page(request: Request, tape_id: str, status: int = 200, data: Iterable[str] = ()) -> HTMLResponse:
        told = (*outside(needed(MAIN)), *catalogue(request))
        return render(request, "page.html", status, tape_id=tape_id, modules=told, data=data)

    @router.get("/")
    async def home(request: Request) -> HTMLResponse:
        return page(request, "")

    @router.get("/t/{id}")
    async def player(request: Request, id: str) -> HTMLResponse:
        entry = await asyncio.to_thread(service.store.get, id)
        if entry is None:
            return page(request, id, 404)
        own = links(entry.id)
        return page(request, id, data=[own["self"], own["tape"], own["events"]] if entry.ended and entry.header else [])

    @router.get("/learn")
    async def learn(request: Request) -> HTMLResponse:
        return page(request, "")

    @router.get("/learn/{slug}")
    async def one_lesson(request: Request, slug: str) -> HTMLResponse:
        return page(request, "", 200 if lesson(slug) else 404)

    @router.get("/labs")
    async def labs(request: Request) -> HTMLResponse:
        return render(request, "lab.html", lab="", modules=modules(request, LAB))

    @router.get("/labs/{name}")
    async def lab(request: Request, name: str) -> HTMLResponse:
        if name not in LABS:
            return render(request, "lab.html", 404, lab="", modules=modules(request, LAB))
        own = f"js/labs/{name}/index.js"
        return render(request, "lab.html", lab=name, modules=modules(request, LAB, own))

    @router.get("/favicon.ico")
    async def icon() -> Response:
        found = next(folder("static").glob("icon.svg"), None)
        return FileResponse(found, media_type="image/svg+xml") if found else Response(status_code=204)

    return router


def modules(request: Request, entry: str, *later: str) -> tuple[str, ...]:
    """The modules of a page, what it imports later, and the catalogue of its language."""
    told = [*needed(entry)]
    for one in later:
        told += [each for each in (one, *needed(one)) if each not in told]
    return (*told, *catalogue(request))


def catalogue(request: Request) -> tuple[str, ...]:
    """The modules of the language, where it is not the one that stands in the code."""
    one = "js/language/zh.js"
    return (one, *needed(one)) if language(request) == "zh-Hans" else ()
