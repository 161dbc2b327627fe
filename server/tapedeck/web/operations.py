"""What tells a supervisor of the service how it is: ``/healthz``, ``/readyz``, ``/metrics``."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from tapedeck.settings import Settings
from tapedeck.web.access import CHALLENGE, Token, bearer
from tapedeck.web.addresses import Addresses
from tapedeck.web.models import Health, Readiness
from tapedeck.web.problems import Refusal, problems
from tapedeck.web.service import Service


def routes(service: Service, addresses: Addresses) -> APIRouter:
    """The routes; the first two ask nobody who they are."""
    router = APIRouter(tags=["operations"])
    settings = service.settings
    secret = settings.metrics_token or settings.token
    token = Token(secret.get_secret_value()) if secret is not None else None

    @router.get("/healthz", response_model=Health)
    async def healthz() -> Health:
        """Whether the service answers."""
        return Health(status="ok", detail="The service answers.")

    @router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness}})
    async def readyz(response: Response, told_only: Annotated[bool, Query(alias="tell")] = False) -> Readiness:
        """Whether the service can record, and what confines the programs; 503 where it cannot, unless ``tell`` is set:
        a page that only shows it has met no failure."""
        told = readiness(service)
        response.status_code = 200 if told.status == "ok" or told_only else 503
        return told

    @router.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **problems(401, 403)},
    )
    async def metrics(request: Request) -> Response:
        """What Prometheus may know."""
        if token is not None:
            given = bearer(request.headers)
            if given is None or not token.same(given):
                raise Refusal(401, "The metrics ask for a token.", headers=CHALLENGE)
        elif settings.public or settings.proxy_header:
            client = addresses.client(request.scope)
            if client is None or not client.is_loopback:
                detail = "The metrics are for this machine only; TAPEDECK_METRICS_TOKEN opens them to who knows it."
                raise Refusal(403, detail)
        return Response(await asyncio.to_thread(service.metrics.text), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return router


def readiness(service: Service) -> Readiness:
    """How the service is right now."""
    running, waiting = service.engine.depth
    status, detail = _state(service)
    return Readiness(
        status=status,
        detail=detail,
        standing=service.sandbox.standing,
        sandbox=service.sandbox.layers,
        trust=service.sandbox.trust,
        access=_access(service.settings),
        restarts=service.sandbox.restarts,
        running=running,
        waiting=waiting,
    )


def _state(service: Service) -> tuple[Literal["ok", "warming_up", "unavailable"], str]:
    if service.sandbox.ready:
        return "ok", "Programs can be recorded."
    if service.trouble is not None:
        return "unavailable", f"Programs cannot be recorded: {service.trouble}"
    return "warming_up", "The fork server is warming up."


def _access(settings: Settings) -> Literal["loopback", "token", "proxy", "public"]:
    if settings.token:
        return "token"
    if settings.proxy_header:
        return "proxy"
    return "public" if settings.public else "loopback"
