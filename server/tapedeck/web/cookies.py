"""A cookie as we set them all: for this host alone, out of reach of scripts, never sent along by another site."""

from __future__ import annotations

import re

import msgspec
from starlette.datastructures import MutableHeaders
from starlette.requests import Request

VALUE = re.compile(r"[A-Za-z0-9._-]{1,200}")


class Cookie(msgspec.Struct, frozen=True):
    """A named cookie. Over HTTPS its name makes browsers refuse one that a sibling host has set."""

    name: str
    max_age_s: int

    def read(self, request: Request, https: bool) -> str:
        """The value a browser sent, or nothing."""
        value = request.cookies.get(self._name(https), "")
        return value if VALUE.fullmatch(value) else ""

    def set(self, headers: MutableHeaders, value: str, https: bool) -> None:
        """Give a browser a value to keep."""
        secure = "; Secure" if https else ""
        headers.append(
            "Set-Cookie",
            f"{self._name(https)}={value}; Max-Age={self.max_age_s}; Path=/; HttpOnly; SameSite=Strict{secure}",
        )

    def _name(self, https: bool) -> str:
        return f"__Host-{self.name}" if https else self.name
