"""The application factory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from tapedeck.assets import folder
from tapedeck.settings import Settings
from tapedeck.web import files, openapi, operations, pages, problems, reading, recording, signin
from tapedeck.web.access import Access, check_binding, shared
from tapedeck.web.addresses import Addresses
from tapedeck.web.bodies import BodyLimit
from tapedeck.web.gallery import lessons
from tapedeck.web.limiter import Limiter
from tapedeck.web.makers import Makers
from tapedeck.web.rates import Rates
from tapedeck.web.requests import Requests
from tapedeck.web.service import Service
from tapedeck.web.shield import Shield, allowed_hosts
from tapedeck.web.specs import specs
from tapedeck.web.templates import version

# A character of a program is at most six bytes of JSON (\u0000).
JSON_GROWTH = 6
JSON_ROOM = 16 * 1024

DESCRIPTION = """
Records a PyTorch program once and plays it back for ever.

This document is all there is of interactive API docs: the usual ones load their code from another host.
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """An application with a service of its own: store, sandbox and engine. Raises `Unsafe`."""
    settings = settings or Settings()
    check_binding(settings)
    service = Service(settings)
    addresses, rates = Addresses(settings.trusted_proxies), Rates()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.open()
        yield
        await service.close()

    app = FastAPI(
        title="Tapedeck",
        description=DESCRIPTION,
        version=version(),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.service = service
    problems.install(app, partial(openapi.allowed, app))
    openapi.install(app)
    # The last one added comes first: a request is named, shielded, let in, counted, told apart, and its body capped.
    app.add_middleware(
        BodyLimit,
        json_bytes=settings.source_bytes * JSON_GROWTH + JSON_ROOM,
        upload_bytes=settings.upload_bytes,
        within_s=settings.request_s,
    )
    app.add_middleware(Makers, shared=shared(settings), addresses=addresses)
    app.add_middleware(Limiter, settings=settings, addresses=addresses, rates=rates)
    app.add_middleware(Access, settings=settings, addresses=addresses, rates=rates)
    app.add_middleware(Shield, hosts=allowed_hosts(settings))
    app.add_middleware(Requests, metrics=service.metrics, addresses=addresses)
    app.include_router(recording.routes(service, addresses))
    app.include_router(reading.routes(service))
    app.include_router(lessons())
    app.include_router(specs())
    app.include_router(operations.routes(service, addresses))
    app.include_router(signin.routes(settings, addresses, rates))
    app.include_router(pages.pages(service))
    app.mount("/static", files.Files(folder("static")), name="static")
    return app
