"""Who makes a tape: a secret that only its maker holds, kept as a hash with the tape.

A browser holds it in a cookie that it gets on its first visit; a client without cookies sends a key of its own
(``X-Tapedeck-Maker``); whom a proxy has signed in is told by name. A token is no maker: several people may share it.
On a plain loopback server there is one user, to whom everything belongs.
"""

from __future__ import annotations

import hashlib
import re
import secrets

import msgspec
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tapedeck.store import Entry
from tapedeck.web.access import PAGES
from tapedeck.web.addresses import Addresses
from tapedeck.web.cookies import Cookie
from tapedeck.web.problems import Refusal, answer, problem

KEY_HEADER = "X-Tapedeck-Maker"
KEY = re.compile(r"[A-Za-z0-9_-]{22,128}")
"""At least as long as 128 random bits in base64: what is shorter could be guessed."""
COOKIE = Cookie("tapedeck-maker", max_age_s=400 * 24 * 3600)  # browsers keep none for longer
MAKING = ("POST", "PUT")


class Maker(msgspec.Struct, frozen=True):
    """Whoever asks: ``owner`` is what entries keep, ``told`` whether the client knows its own secret already."""

    owner: str
    told: bool = True

    def owns(self, entry: Entry) -> bool:
        """Whether the tape is theirs. Nobody is told apart on a server of one user."""
        return not self.owner or self.owner == entry.owner


ONE_USER = Maker("")


class Makers:
    """The middleware: tells the routes who asks, and gives a new browser its secret."""

    def __init__(self, app: ASGIApp, shared: bool, addresses: Addresses) -> None:
        self.app = app
        self._shared = shared
        self._addresses = addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the maker, or make a new one for who comes to make something."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).getlist(KEY_HEADER)
        if given and not (len(given) == 1 and KEY.fullmatch(given[0])):
            detail = f"{KEY_HEADER} must be one secret of 22 to 128 letters, digits, - and _."
            await answer(problem(422, detail, where=f"header.{KEY_HEADER}"))(scope, receive, send)
            return
        if not self._shared:
            scope["state"]["maker"] = ONE_USER
            await self.app(scope, receive, send)
            return
        https = self._addresses.https(scope)
        secret = "" if given or "user" in scope["state"] else COOKIE.read(Request(scope), https)
        fresh = "" if given or secret or "user" in scope["state"] else secrets.token_urlsafe(24)
        scope["state"]["maker"] = self._maker(scope, given[0] if given else secret, fresh)
        greeted = fresh and (scope["method"] in MAKING or PAGES.fullmatch(scope["path"]))

        async def greet(message: Message) -> None:
            if greeted and message["type"] == "http.response.start" and message["status"] < 400:
                COOKIE.set(MutableHeaders(scope=message), fresh, https)
            await send(message)

        await self.app(scope, receive, greet)

    def _maker(self, scope: Scope, secret: str, fresh: str) -> Maker:
        if "user" in scope["state"]:
            return Maker(_hashed(f"user:{scope['state']['user']}"))
        return Maker(_hashed(f"maker:{secret or fresh}"), told=not fresh)


def maker_of(request: Request) -> Maker:
    """Who asks."""
    maker: Maker = request.state.maker
    return maker


def need_owner(request: Request, entry: Entry) -> None:
    """Refuse everybody but the maker of a tape."""
    if not maker_of(request).owns(entry):
        detail = "This tape was made by somebody else; only its maker can cancel or delete it."
        raise Refusal(403, detail, type="urn:tapedeck:problem:not-yours")


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
