"""The pages, the files they are made of, the gallery and the schema."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from tapedeck.assets import folder
from tapedeck.lessons import Lesson, gallery, lesson
from tapedeck.tape import schema
from tapedeck.web.answers import API
from tapedeck.web.models import LessonAnswer, LessonList
from tapedeck.web.problems import Refusal, problems
from tapedeck.web.service import Service
from tapedeck.web.templates import render


class Files(StaticFiles):
    """Static files that are asked for again each time, and answered 304 when they are the same."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with the instruction to revalidate."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def pages(service: Service) -> APIRouter:
    """``/`` and ``/t/{id}``: the same shell, which the browser fills."""
    router = APIRouter(include_in_schema=False)

    def page(request: Request, tape_id: str, status: int = 200) -> HTMLResponse:
        return render(request, "page.html", status, tape_id=tape_id)

    @router.get("/")
    async def home(request: Request) -> HTMLResponse:
        return page(request, "")

    @router.get("/t/{id}")
    async def player(request: Request, id: str) -> HTMLResponse:
        entry = await asyncio.to_thread(service.store.get, id)
        return page(request, id, 404) if entry is None else page(request, id)

    @router.get("/favicon.ico")
    async def icon() -> Response:
        found = next(folder("static").glob("icon.svg"), None)
        return FileResponse(found, media_type="image/svg+xml") if found else Response(status_code=204)

    return router


def lessons() -> APIRouter:
    """The gallery and the schema."""
    router = APIRouter(prefix=API, tags=["gallery"])

    @router.get("/lessons", response_model=LessonList)
    def all_lessons() -> LessonList:
        """The programs of the gallery, in order."""
        return LessonList(lessons=[_tell(one) for one in gallery()])

    @router.get("/lessons/{slug}", response_model=LessonAnswer, responses=problems(404))
    def one_lesson(slug: str) -> LessonAnswer:
        """One program of the gallery."""
        if (found := lesson(slug)) is None:
            raise Refusal(404, "There is no such lesson.", where="path.slug")
        return _tell(found)

    @router.get("/schema")
    def tape_schema() -> dict[str, Any]:
        """The JSON Schema of the tape."""
        return schema()

    return router


def _tell(one: Lesson) -> LessonAnswer:
    return LessonAnswer(slug=one.slug, title=one.title, summary=one.summary, question=one.question, source=one.source)
