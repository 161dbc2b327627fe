"""Caps what a client may send and how long it may take: at once when it says how much comes, else while it comes."""

from __future__ import annotations

import asyncio
import re

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tapedeck.web.problems import answer, problem

DIGITS = re.compile(r"[0-9]{1,15}")
SLOWEST = 256 * 1024
"""Bytes a second at which a large body may still come."""


class BodyLimit:
    """The middleware: uploads (``PUT``) have a cap of their own."""

    def __init__(self, app: ASGIApp, json_bytes: int, upload_bytes: int, within_s: float) -> None:
        self.app = app
        self._json_bytes = json_bytes
        self._upload_bytes = upload_bytes
        self._within_s = within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or count."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self._upload_bytes if scope["method"] == "PUT" else self._json_bytes
        declared = Headers(scope=scope).get("content-length", "0")
        if not DIGITS.fullmatch(declared) or int(declared) > most:
            detail = f"The request's body is larger than the {most:,} bytes allowed."
            await answer(problem(413, detail))(scope, receive, send)
            return
        until = asyncio.get_running_loop().time() + self._within_s + most / SLOWEST
        await self.app(scope, _Counted(receive, most, until), send)


class _Counted:
    """Receives the body, as long as it stays within its size and its time."""

    def __init__(self, receive: Receive, most: int, until: float) -> None:
        self._receive = receive
        self._left = most
        self._until = until
        self._whole = False

    async def __call__(self) -> Message:
        if self._whole:  # all that can still come is the client's going
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408) from None
        if message["type"] == "http.disconnect":
            raise HTTPException(400, "The connection was lost before the request was whole.")
        self._whole = not message.get("more_body", False)
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413)
        return message
