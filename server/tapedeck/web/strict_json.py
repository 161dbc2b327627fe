"""JSON bodies in which no name stands twice: two readers must not see two different requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute


class StrictRequest(Request):
    """A request that reads its JSON strictly."""

    async def json(self) -> Any:
        """The body."""
        if not hasattr(self, "_strict"):
            self._strict = json.loads(await self.body(), object_pairs_hook=_object)
        return self._strict


class StrictRoute(APIRoute):
    """A route whose requests are strict."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of one request."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise json.JSONDecodeError("a name stands twice in one object", "", 0)
    return found
