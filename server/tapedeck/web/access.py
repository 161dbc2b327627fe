"""Who may come in: this machine alone, who knows the token, who a proxy has signed in, or everybody under limits.

Without a word the service listens on loopback and belongs to the one user of the machine. Everything wider must be
said: a *token*, a *signed-in proxy* (a header, believed only from the proxy's own address), or *public*. Wherever more
than one person can come in, `shared` is true and makers are told apart (`makers`).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from ipaddress import ip_address
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from tapedeck.settings import Settings
from tapedeck.web.addresses import Addresses, party
from tapedeck.web.cookies import Cookie
from tapedeck.web.problems import answer, problem
from tapedeck.web.rates import Rate, Rates

SIGN_IN = "/sign-in"
OPEN_PATHS = ("/healthz", "/readyz", "/metrics", "/favicon.ico", SIGN_IN)  # /metrics asks for itself
PAGES = re.compile(r"/(t/[A-Za-z0-9_-]{1,64})?")
SESSION = Cookie("tapedeck-session", max_age_s=30 * 24 * 3600)
WRONG_TOKENS = Rate.of("wrong-tokens", "10/minute")
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="tapedeck"'}


class Unsafe(ValueError):
    """These settings would let strangers in, or run their programs unconfined, without anybody having said so."""


def shared(settings: Settings) -> bool:
    """Whether more than the one user of this machine may come in."""
    return settings.public or settings.token is not None or settings.proxy_header is not None


def check_binding(settings: Settings) -> None:
    """Raise `Unsafe` with what to say instead."""
    wide = [name for name in (settings.host, *settings.allowed_hosts) if not _loopback(name)]
    if settings.trust and (wide or settings.public or settings.proxy_header):
        raise Unsafe(
            "--trust lets programs do whatever you may do, so it works on loopback only, for yourself: leave out "
            f"{f'the host {wide[0] or chr(34) * 2}' if wide else 'whatever lets others in'}."
        )
    if wide and not shared(settings):
        raise Unsafe(
            f"With the host {wide[0] or chr(34) * 2} others can reach this service and run programs on this machine. "
            "Say who may: --token SECRET (or TAPEDECK_TOKEN), TAPEDECK_PROXY_HEADER for a proxy that signs people in, "
            "or --public for everybody, under limits."
        )
    if settings.proxy_header and not settings.trusted_proxies:
        raise Unsafe(
            "TAPEDECK_PROXY_HEADER is believed only from the proxy itself: name its address in "
            'TAPEDECK_TRUSTED_PROXIES, such as ["127.0.0.1"].'
        )


class Token:
    """The secret itself, and the cookie that stands for it; both compared in constant time."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def same(self, given: bytes) -> bool:
        """Whether this is the token."""
        return hmac.compare_digest(hashlib.sha256(given).digest(), hashlib.sha256(self._secret).digest())

    def session(self, now: float) -> str:
        """What a browser keeps instead of the token; it ends by itself, and with the token."""
        until = str(int(now) + SESSION.max_age_s)
        return f"{until}.{self._sign(until)}"

    def admits(self, session: str, now: float) -> bool:
        """Whether a browser's cookie is one of ours, and still good."""
        until, _, signature = session.partition(".")
        genuine = hmac.compare_digest(signature.encode(), self._sign(until).encode())
        return genuine and until.isdigit() and int(until) > now

    def _sign(self, text: str) -> str:
        return hmac.new(self._secret, b"tapedeck session until " + text.encode(), "sha256").hexdigest()


class Access:
    """The middleware: lets in who may, and remembers the user that a proxy has signed in."""

    def __init__(self, app: ASGIApp, settings: Settings, addresses: Addresses, rates: Rates) -> None:
        self.app = app
        self._token = Token(settings.token.get_secret_value()) if settings.token else None
        self._header = settings.proxy_header
        self._addresses = addresses
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, or say what is missing."""
        asked = scope["type"] == "http" and (self._token is not None or self._header is not None)
        if asked and not _is_open(scope["path"]) and not self._admits(scope):
            await self._refusal(scope)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _admits(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if self._header is not None and self._addresses.from_proxy(scope):
            users = [user.strip() for user in headers.getlist(self._header)]
            if len(users) == 1 and users[0]:
                scope["state"]["user"] = users[0]
                return True
        if self._token is None:
            return False
        if (given := bearer(headers)) is not None:
            return self._token.same(given)
        https = self._addresses.https(scope)
        return self._token.admits(SESSION.read(Request(scope), https), time.time())

    def _refusal(self, scope: Scope) -> Response:
        if scope["method"] == "GET" and PAGES.fullmatch(scope["path"]) and self._token is not None:
            return RedirectResponse(
                f"{SIGN_IN}?next={quote(scope['path'], safe='')}", 303, {"Cache-Control": "no-store"}
            )
        if bearer(Headers(scope=scope)) is not None:
            room = self._rates.take(WRONG_TOKENS, party(self._addresses.client(scope)))
            if not room.granted:
                return answer(problem(429, "Too many wrong tokens came from this address."), room.headers())
        way = "a token" if self._token is not None else "a signed-in user"
        return answer(problem(401, f"This service asks for {way}.", type="urn:tapedeck:problem:signed-out"), CHALLENGE)


def bearer(headers: Headers) -> bytes | None:
    """The token of an ``Authorization: Bearer`` header, where there is one."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return given.strip().encode("latin-1") if scheme.lower() == "bearer" else None


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith("/static/")


def _loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
