"""The pages and the files they are made of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from email.utils import formatdate
from functools import partial
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

LABS = ("ad", "einsum", "convolution", "fusion", "describe")
"""The labs, each a folder of ``static/js/labs``."""


def lab_page(name: str) -> str:
    """The entry of a lab's page; of all labs' without a name."""
    return f"js/labs/{name}/page.js" if name else "js/labs/page.js"


def lab_styles(name: str) -> tuple[str, ...]:
    """The sheets of a lab's page."""
    return (*("theme", "base", "shell", "labs"), *(("labs/board", f"labs/{name}") if name else ()))


def joined(entry: str) -> str:
    """Where a module stands with all that it imports."""
    return entry.removesuffix(".js") + SUFFIX


JOINED: dict[str, Callable[[Path], Joined]] = {
    joined(MAIN): partial(Linked, MAIN),
    "css/page.linked.css": partial(Sheets, STYLES),
    **{joined(lab_page(name)): partial(Linked, lab_page(name)) for name in ("", *LABS)},
    **{f"css/labs/{name or 'all'}.linked.css": partial(Sheets, lab_styles(name)) for name in ("", *LABS)},
}
"""What is served as one file."""


def pages(service: Service) -> APIRouter:
    """``/``, ``/t/{id}``, ``/learn/{slug}``: one shell, which the browser fills; ``/labs/{name}``: that of the labs."""
    router = APIRouter(include_in_schema=False)

    def page(request: Request, tape_id: str, status: int = 200, data: Iterable[str] = ()) -> HTMLResponse:
        return render(request, "page.html", status, tape_id=tape_id, modules=modules(request, MAIN), data=data)

    def lab_of(request: Request, name: str, status: int = 200) -> HTMLResponse:
        script, style = joined(lab_page(name)), f"css/labs/{name or 'all'}.linked.css"
        told = modules(request, lab_page(name))
        return render(request, "lab.html", status, lab=name, script=script, style=style, modules=told)

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
        return lab_of(request, "")

    @router.get("/labs/{name}")
    async def lab(request: Request, name: str) -> HTMLResponse:
        return lab_of(request, name) if name in LABS else lab_of(request, "", 404)

    @router.get("/favicon.ico")
    async def icon() -> Response:
        found = next(folder("static").glob("icon.svg"), None)
        return FileResponse(found, media_type="image/svg+xml") if found else Response(status_code=204)

    return router


def modules(request: Request, entry: str) -> tuple[str, ...]:
    """What a linked page imports, and the catalogue of its language where it is not the one that stands in the code."""
    told = "js/language/zh.js"
    return (*outside(needed(entry)), *((told, *needed(told)) if language(request) == "zh-Hans" else ()))
