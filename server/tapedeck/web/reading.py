"""Routes that read a tape: its tables, events, file, numbers, and its state at a step."""

from __future__ import annotations

import asyncio
import gzip
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from tapedeck.doctor import examine
from tapedeck.tape import Tape
from tapedeck.tape.numbers import slice_numbers
from tapedeck.web.answers import (
    API,
    TAPE_MEDIA_TYPE,
    attachment,
    gzipped,
    known,
    lasting,
    no_tape,
    not_modified,
    numbers,
    stored,
)
from tapedeck.web.models import FindingList, Numbers
from tapedeck.web.problems import Refusal, problems
from tapedeck.web.service import Service

JSON_LINES = "application/x-ndjson"
CONTENT: dict[str, Any] = {JSON_LINES: {}}


def routes(service: Service) -> APIRouter:
    """The routes of tapes that are there, for one service."""
    router = APIRouter(prefix=f"{API}/tapes/{{id}}", tags=["tape"])
    add_numbers(router, service)

    @router.get("/tape", responses=problems(404, 409))
    async def tables(id: str, request: Request) -> Response:
        """The header and every table, as JSON."""
        data = await stored(service, id, "tables.json.gz")
        return await gzipped(request, id, data, "tables", "application/json")

    @router.get("/events", responses={200: {"content": CONTENT}, **problems(404, 409, 422)})
    async def events(
        id: str,
        request: Request,
        start: Annotated[int, Query(alias="from", ge=0)] = 0,
        limit: Annotated[int | None, Query(ge=1)] = None,
    ) -> Response:
        """The events, one JSON object a line; all of them, or ``limit`` of them beginning with ``from``."""
        data = await stored(service, id, "events.jsonl.gz")
        if start == 0 and limit is None:
            return await gzipped(request, id, data, "events", JSON_LINES)
        lines = (await asyncio.to_thread(gzip.decompress, data)).splitlines(keepends=True)
        stop = None if limit is None else start + limit
        headers = {**lasting(id, f"events-{start}-{stop}"), "X-Total-Events": str(len(lines))}
        return Response(b"".join(lines[start:stop]), media_type=JSON_LINES, headers=headers)

    @router.get("/file", responses={200: {"content": {TAPE_MEDIA_TYPE: {}}}, **problems(404, 409)})
    async def file(id: str, request: Request) -> Response:
        """The ``.tape`` file."""
        data = await stored(service, id, "run.tape")
        headers = lasting(id, "file")
        if (fresh := not_modified(request, headers)) is not None:
            return fresh
        headers["Content-Disposition"] = attachment((await known(service, id)).title)
        return Response(data, media_type=TAPE_MEDIA_TYPE, headers=headers)

    return router


def add_numbers(router: APIRouter, service: Service) -> None:
    """What needs the tape itself rather than its stored bytes."""

    @router.get("/values/{value}", response_model=Numbers, responses=problems(404, 409, 422))
    async def value(id: str, value: int, slice: Annotated[str, Query(max_length=200)] = "") -> Response:
        """Numbers of one captured tensor; ``slice`` selects as Python would (``0,:,2:8``)."""
        tape = await the_tape(service, id)
        try:
            return numbers(await asyncio.to_thread(slice_numbers, tape, value, slice))
        except LookupError as error:
            raise Refusal(404, _sentence(error), where="path.value") from None
        except ValueError as error:
            raise Refusal(422, _sentence(error), where="query.slice") from None

    @router.get("/at/{step}", responses=problems(404, 409, 422))
    async def at(id: str, step: int) -> dict[str, Any]:
        """The state of everything after event ``step``; -1 is before the first."""
        tape = await the_tape(service, id)
        try:
            return dict(await asyncio.to_thread(_state, tape, step))
        except IndexError:
            detail = f"There is no step {step}; the tape's steps are -1 to {len(tape.events) - 1}."
            raise Refusal(404, detail, where="path.step") from None

    @router.get("/findings", responses=problems(404, 409))
    async def findings(id: str) -> FindingList:
        """What the doctor finds on the tape: the sentence, the moment and the place of each finding."""
        tape = await the_tape(service, id)
        found = await asyncio.to_thread(examine, tape)
        return FindingList.model_validate({"findings": msgspec.to_builtins(found)})


async def the_tape(service: Service, id: str) -> Tape:
    """The tape, or the reason why there is none."""
    tape = await service.loaded(id)
    if tape is None:
        entry = await known(service, id)
        raise no_tape(entry, service.engine.latest(id))
    return tape


def _state(tape: Tape, step: int) -> Any:
    return tape.at(step).to_dict()


def _sentence(error: Exception) -> str:
    text = str(error.args[0]) if error.args else str(error)
    return text[:1].upper() + text[1:].rstrip(".") + "."
