"""What every request must pass and every response carries: the Host and Origin checks and the security headers.

The Host check is for DNS rebinding (another site's name that resolves to us), the Origin check for pages of other
sites that post to a visitor's localhost. A page of another site may lead here, and that is all: it may not load, frame
or post anything. There is no CORS: nobody else may read an answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tapedeck.settings import Settings
from tapedeck.web.problems import answer, problem

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
ANY_ADDRESS = ("0.0.0.0", "::", "")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
OWN_SITES = ("same-origin", "none")

STATIC_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def page_policy(nonce: str) -> str:
    """The Content-Security-Policy of a page whose own inline script and style carry this nonce."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """The host names, without port, by which the service may be reached."""
    own = [] if settings.host in ANY_ADDRESS else [settings.host]
    return frozenset(_bracketed(name.lower()) for name in (*LOOPBACK, *own, *settings.allowed_hosts))


class Shield:
    """The middleware around everything."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self.app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, mark with a nonce, pass on, and complete the headers."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers["Content-Security-Policy"] = _policy(scope["path"], headers.get("content-type", ""), nonce)
            await send(message)

        if (refusal := self._refusal(scope["method"], Headers(scope=scope))) is not None:
            await answer(problem(*refusal))(scope, receive, complete)
            return
        await self.app(scope, receive, complete)

    def _refusal(self, method: str, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "").lower()
        if host_name(host) not in self._hosts:
            return 421, "This host name is not one of the service's own; TAPEDECK_ALLOWED_HOSTS can add it."
        if "upgrade" in headers:
            return 400, "There is nothing here but HTTP: no WebSocket, no other upgrade."
        elsewhere = headers.get("sec-fetch-site", "none") not in OWN_SITES
        if method in SAFE_METHODS:
            leads_here = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
            return (
                (403, "A page of another site may lead here, not load this.") if elsewhere and not leads_here else None
            )
        if not _own_origin(headers.get("origin"), host):
            return 403, "A page of another origin may not do this."
        return (403, "A page of another site may not do this.") if elsewhere else None


def _own_origin(origin: str | None, host: str) -> bool:
    if origin is None:  # no browser's page
        return True
    try:
        return urlsplit(origin).netloc.lower() == host
    except ValueError:
        return False


def host_name(host: str) -> str:
    """A Host header without its port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] if ":" in host else host


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def _policy(path: str, content_type: str, nonce: str) -> str:
    if path.startswith("/static/"):
        return STATIC_POLICY
    return page_policy(nonce) if content_type.startswith("text/html") else DATA_POLICY
