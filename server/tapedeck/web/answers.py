"""From entries and stored bytes to responses."""

from __future__ import annotations

import asyncio
import gzip
import re
from typing import Any
from urllib.parse import quote

import msgspec
from fastapi import Request, Response

from tapedeck.jobs import News
from tapedeck.store import Entry, Part
from tapedeck.web.models import OutcomeAnswer, ProgressAnswer, TapeAnswer, TapeLine
from tapedeck.web.problems import Refusal
from tapedeck.web.service import Service

API = "/api/v1"
FOR_EVER = "private, max-age=31536000, immutable"
TAPE_MEDIA_TYPE = "application/vnd.tapedeck.tape+zip"


def links(id: str) -> dict[str, str]:
    """Where everything about a tape is."""
    own = f"{API}/tapes/{id}"
    parts = {name: f"{own}/{name}" for name in ("stream", "tape", "events", "file", "findings")}
    return {"self": own, "page": f"/t/{id}", **parts}


def status_of(entry: Entry, news: News | None) -> str:
    """An outcome's name once there is one, else where the job is."""
    if entry.outcome is not None:
        return str(entry.outcome["status"])
    waits = entry.waits if news is None else news.kind == "queued"
    return "queued" if waits else "recording"


def describe(entry: Entry, news: News | None) -> TapeAnswer:
    """Everything about a recording but its tape."""
    progress = None
    if not entry.ended and news is not None:
        progress = ProgressAnswer(position=news.position, events=news.events, line=news.line)
    return TapeAnswer.model_validate(
        {
            "id": entry.id,
            "status": status_of(entry, news),
            "title": entry.title,
            "created": entry.created,
            "origin": entry.origin,
            "lesson": entry.lesson,
            "outcome": OutcomeAnswer.model_validate(entry.outcome) if entry.outcome else None,
            "progress": progress,
            "header": msgspec.to_builtins(entry.header) if entry.header else None,
            "counts": entry.counts,
            "options": entry.options,
            "source": entry.source,
            "links": links(entry.id),
        }
    )


def line(entry: Entry, news: News | None) -> TapeLine:
    """A recording in a list."""
    return TapeLine.model_validate(
        {
            "id": entry.id,
            "status": status_of(entry, news),
            "title": entry.title,
            "created": entry.created,
            "events": entry.counts.get("events"),
            "links": links(entry.id),
        }
    )


async def known(service: Service, id: str) -> Entry:
    """The entry, or 404."""
    entry = await asyncio.to_thread(service.store.get, id)
    if entry is None:
        raise no_such_tape()
    return entry


def no_such_tape() -> Refusal:
    """404, without saying whether there ever was one."""
    return Refusal(404, "There is no such tape.", type="urn:tapedeck:problem:no-such-tape")


def no_tape(entry: Entry, news: News | None) -> Refusal:
    """Why a known recording has no tape to read: not yet (409), or never (404)."""
    if not entry.ended:
        detail = f"The tape is not ready: its status is {status_of(entry, news)}."
        return Refusal(409, detail, type="urn:tapedeck:problem:not-ready", headers={"Retry-After": "1"})
    detail = f"This recording left no tape. {(entry.outcome or {}).get('detail', '')}".strip()
    return Refusal(404, detail, type="urn:tapedeck:problem:no-tape")


async def stored(service: Service, id: str, name: Part) -> bytes:
    """Stored bytes of a tape, or the reason why there are none."""
    data = await asyncio.to_thread(service.store.part, id, name)
    if data is None:
        entry = await known(service, id)
        raise no_tape(entry, service.engine.latest(id))
    return data


async def gzipped(request: Request, id: str, data: bytes, name: str, media_type: str) -> Response:
    """Stored gzip bytes as they are, or unpacked for a client that cannot unpack."""
    packed = accepts_gzip(request.headers.get("accept-encoding", ""))
    headers = {"Vary": "Accept-Encoding", **lasting(id, f"{name}{'-gzip' if packed else ''}")}
    if (fresh := not_modified(request, headers)) is not None:
        return fresh
    if packed:
        headers["Content-Encoding"] = "gzip"
    else:
        data = await asyncio.to_thread(gzip.decompress, data)
    return Response(data, media_type=media_type, headers=headers)


def lasting(id: str, name: str) -> dict[str, str]:
    """The headers of what never changes: a tape's id is its version."""
    return {"Cache-Control": FOR_EVER, "ETag": f'"{id}-{name}"'}


def not_modified(request: Request, headers: dict[str, str]) -> Response | None:
    """304 for a client that has it already."""
    tags = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    return Response(status_code=304, headers=headers) if headers["ETag"] in tags else None


def accepts_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header allows gzip."""
    for entry in accepted.lower().split(","):
        coding, _, quality = entry.partition(";")
        if coding.strip() in ("gzip", "*"):
            return not re.fullmatch(r"\s*q=0(\.0*)?\s*", quality)
    return False


def attachment(title: str) -> str:
    """A Content-Disposition that names the download after its tape."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", title).strip("-.") or "run"
    return f"attachment; filename=\"{plain}.tape\"; filename*=UTF-8''{quote(title, safe='')}.tape"


def numbers(values: dict[str, Any]) -> Response:
    """Numbers as JSON, past pydantic: they are many."""
    return Response(msgspec.json.encode(values), media_type="application/json")
