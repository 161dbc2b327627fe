"""On a public service: how much one address may ask for, and how much at the same time."""

from __future__ import annotations

from collections import Counter

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tapedeck.settings import Settings
from tapedeck.web.addresses import Addresses, party
from tapedeck.web.makers import MAKING
from tapedeck.web.problems import answer, problem
from tapedeck.web.rates import Rate, Rates

FREE = ("/static/", "/healthz", "/readyz", "/metrics", "/favicon.ico")
TOO_MANY = "urn:tapedeck:problem:too-many-requests"
RETRY_AT_ONCE_S = "5"


class Limiter:
    """The middleware. What makes a tape counts twice: as a request, and as a recording."""

    def __init__(self, app: ASGIApp, settings: Settings, addresses: Addresses, rates: Rates) -> None:
        self.app = app
        self._on = settings.public
        self._requests = Rate.of("requests", settings.rate_requests)
        self._recordings = Rate.of("recordings", settings.rate_recordings)
        self._at_once = settings.requests_at_once
        self._addresses = addresses
        self._rates = rates
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count, and refuse or pass on."""
        if not self._on or scope["type"] != "http" or scope["path"].startswith(FREE):
            await self.app(scope, receive, send)
            return
        who = party(self._addresses.client(scope))
        room = self._rates.take(self._requests, who)
        if room.granted and scope["method"] in MAKING:
            room = self._rates.take(self._recordings, who)
        if not room.granted:
            detail = f"Too many {room.rate.name} came from this address; at most {room.rate.item} are answered."
            await answer(problem(429, detail, type=TOO_MANY), room.headers())(scope, receive, send)
            return
        if self._open[who] >= self._at_once:
            detail = f"This address has {self._at_once} requests under way already."
            await answer(problem(429, detail, type=TOO_MANY), {"Retry-After": RETRY_AT_ONCE_S})(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(room.headers())
            await send(message)

        self._open[who] += 1
        try:
            await self.app(scope, receive, told)
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]
