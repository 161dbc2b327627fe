"""Caps what a client may send: at once when it says how much is coming, and else while it comes."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tapedeck.web.problems import answer, problem

DIGITS = re.compile(r"[0-9]{1,15}")


class BodyLimit:
    """The middleware: uploads (``PUT``) have a cap of their own."""

    def __init__(self, app: ASGIApp, json_bytes: int, upload_bytes: int) -> None:
        self.app = app
        self._json_bytes = json_bytes
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or count."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self._upload_bytes if scope["method"] == "PUT" else self._json_bytes
        declared = Headers(scope=scope).get("content-length", "0")
        if not DIGITS.fullmatch(declared) or int(declared) > most:
            await answer(problem(413, f"The request's body is larger than the {most:,} bytes allowed."))(
                scope, receive, send
            )
            return
        left = most

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)
