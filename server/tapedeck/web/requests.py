"""Around every request: an id, a line in the log, a count."""

from __future__ import annotations

import logging
import re
import secrets
import time
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tapedeck.web.addresses import Addresses
from tapedeck.web.logs import About, about
from tapedeck.web.metrics import Metrics

log = logging.getLogger("tapedeck.requests")

HEADER = "X-Request-Id"
ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
TAPE = re.compile(r"/(?:api/v1/tapes|t)/([A-Za-z0-9_-]{1,64})(?:/|$)")
STATIC = "/static/"
QUIET = (STATIC, "/healthz", "/readyz", "/metrics")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
LONGEST_PATH = 200
UNKNOWN = "unknown"
CLOSED = 499
"""What is logged where the client went before there was an answer."""


class Requests:
    """The middleware."""

    def __init__(self, app: ASGIApp, metrics: Metrics, addresses: Addresses) -> None:
        self.app = app
        self._metrics = metrics
        self._addresses = addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the request, pass it on, and write down how it ended."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        told = About(given if ID.fullmatch(given) else secrets.token_hex(8))
        if (match := TAPE.match(scope["path"])) is not None:
            told.tape = match[1]
        about.set(told)  # for this task alone: every request runs in one of its own
        scope.setdefault("state", {})["request_id"] = told.request
        status, began = CLOSED, time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = told.request
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception:
            status = 500
            raise
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, took_s: float) -> None:
        static = scope["path"].startswith(STATIC)
        route = f"{STATIC}*" if static else getattr(scope.get("route"), "path", None) or UNKNOWN
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        self._metrics.answered(method, route, status)
        shown = route if route != UNKNOWN else quote(scope["path"][:LONGEST_PATH])
        facts = {"method": method, "route": shown, "status": status, "ms": round(took_s * 1000, 1)}
        level = logging.DEBUG if scope["path"].startswith(QUIET) else logging.INFO
        log.log(level, "answered", extra={**facts, "client": str(self._addresses.client(scope) or UNKNOWN)})
