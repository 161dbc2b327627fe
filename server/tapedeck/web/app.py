"""The application factory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from tapedeck.assets import folder
from tapedeck.settings import Settings
from tapedeck.web import pages, problems, reading, recording
from tapedeck.web.bodies import BodyLimit
from tapedeck.web.service import Service
from tapedeck.web.shield import Shield, allowed_hosts

# A character of a program is at most six bytes of JSON (\u0000).
JSON_GROWTH = 6
JSON_ROOM = 16 * 1024

DESCRIPTION = """
Records a PyTorch program once and plays it back for ever.

This document is all there is of interactive API docs: the usual ones load their code from another host.
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """An application with a service of its own: store, sandbox and engine."""
    settings = settings or Settings()
    service = Service(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.open()
        yield
        await service.close()

    app = FastAPI(
        title="Tapedeck",
        description=DESCRIPTION,
        version=pages.version(),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.service = service
    problems.install(app)
    app.add_middleware(
        BodyLimit,
        json_bytes=settings.source_bytes * JSON_GROWTH + JSON_ROOM,
        upload_bytes=settings.upload_bytes,
    )
    app.add_middleware(Shield, hosts=allowed_hosts(settings))
    app.include_router(recording.routes(service))
    app.include_router(reading.routes(service))
    app.include_router(pages.lessons())
    app.include_router(pages.operations(service))
    app.include_router(pages.pages(service))
    app.mount("/static", pages.Files(directory=folder("static")), name="static")
    return app
