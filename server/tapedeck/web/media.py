"""Which media types a body may have: a form of another site cannot say JSON, and a tape cannot be anything."""

from __future__ import annotations

from fastapi import Request

from tapedeck.web.answers import TAPE_MEDIA_TYPE
from tapedeck.web.problems import Refusal

UPLOAD_TYPES = (TAPE_MEDIA_TYPE, "application/octet-stream", "application/zip")


def need_json(request: Request) -> None:
    """Only JSON, said to be JSON: a form of another site cannot say so."""
    _need_type(request, ("application/json",))


def need_tape(request: Request) -> None:
    """Only what can be a tape."""
    _need_type(request, UPLOAD_TYPES)


def _need_type(request: Request, allowed: tuple[str, ...]) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in allowed:
        raise Refusal(415, f"The body must be {' or '.join(allowed)}, not {given or 'of unknown type'}.")
