"""The pages: a shell that the browser fills."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from tapedeck.assets import folder
from tapedeck.lessons import lesson
from tapedeck.web.answers import links
from tapedeck.web.files import LABS, MAIN, joined, lab_page, lab_styles
from tapedeck.web.language import language
from tapedeck.web.linked import outside
from tapedeck.web.modules import needed
from tapedeck.web.service import Service
from tapedeck.web.templates import render


def pages(service: Service) -> APIRouter:
    """``/``, ``/t/{id}``, ``/learn/{slug}``: one shell, which the browser fills; ``/labs/{name}``: that of the labs."""
    router = APIRouter(include_in_schema=False)

    def page(request: Request, tape_id: str, status: int = 200, data: Iterable[str] = ()) -> HTMLResponse:
        return render(request, "page.html", status, tape_id=tape_id, modules=modules(request, MAIN), data=data)

    def lab_of(request: Request, name: str, status: int = 200) -> HTMLResponse:
        own = {"script": joined(lab_page(name)), "style": lab_styles(name), "modules": modules(request, lab_page(name))}
        return render(request, "lab.html", status, lab=name, **own)

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
