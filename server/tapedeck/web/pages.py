"""The pages, the files they are made of, and the small routes beside the tapes."""

from __future__ import annotations

import asyncio
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.types import Scope

from tapedeck.assets import folder
from tapedeck.lessons import Lesson, gallery, lesson
from tapedeck.tape import schema
from tapedeck.web.answers import API
from tapedeck.web.models import Health, LessonAnswer, LessonList
from tapedeck.web.problems import Refusal
from tapedeck.web.recording import problems
from tapedeck.web.service import Service


def version() -> str:
    """The installed version."""
    try:
        return installed_version("tapedeck")
    except PackageNotFoundError:
        return "0"


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
    environment = Environment(
        loader=FileSystemLoader(folder("templates")), autoescape=True, undefined=StrictUndefined, auto_reload=False
    )

    def page(request: Request, tape_id: str, status: int = 200) -> HTMLResponse:
        html = environment.get_template("page.html").render(
            nonce=request.state.nonce, tape_id=tape_id, version=version()
        )
        return HTMLResponse(html, status, {"Cache-Control": "no-store"})

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


def operations(service: Service) -> APIRouter:
    """What tells a supervisor of the service how it is."""
    router = APIRouter(tags=["operations"])

    @router.get("/healthz", response_model=Health)
    async def healthz() -> Health:
        """Whether the service answers."""
        return Health(status="ok", detail="The service answers.")

    @router.get("/readyz", response_model=Health, responses={503: {"model": Health}})
    async def readyz(response: Response) -> Health:
        """Whether the service can record."""
        running, waiting = service.engine.depth
        told = {"sandbox": service.sandbox.layers, "running": running, "waiting": waiting}
        if service.sandbox.ready:
            return Health(status="ok", detail="Programs can be recorded.", **told)
        response.status_code = 503
        if service.trouble is not None:
            return Health(status="unavailable", detail=f"Programs cannot be recorded: {service.trouble}", **told)
        return Health(status="warming_up", detail="The fork server is warming up.", **told)

    return router


def _tell(one: Lesson) -> LessonAnswer:
    return LessonAnswer(slug=one.slug, title=one.title, summary=one.summary, question=one.question, source=one.source)
