"""Routes that begin, show, follow and end recordings."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from tapedeck.jobs import QueueFull, UnknownJob
from tapedeck.lessons import lesson
from tapedeck.store import Entry, new_id
from tapedeck.tape import Tape, TapeError, load
from tapedeck.web.answers import API, TAPE_MEDIA_TYPE, describe, known, line, no_such_tape
from tapedeck.web.models import RecordRequest, TapeAnswer, TapeList
from tapedeck.web.problems import Fault, Problem, Refusal
from tapedeck.web.service import Service, now
from tapedeck.web.stream import EVENT_STREAM, follow
from tapedeck.web.uploads import outcome_of

MOST_WAIT_S = 30.0
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


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route, for the OpenAPI document."""
    return {status: {"model": Problem} for status in statuses}


def routes(service: Service) -> APIRouter:
    """The routes of recordings, for one service."""
    router = APIRouter(prefix=f"{API}/tapes", tags=["tapes"])
    add_beginnings(router, service)
    add_uploads(router, service)

    @router.get("", response_model=TapeList)
    def tapes(limit: Annotated[int, Query(ge=1, le=500)] = 50) -> TapeList:
        """The newest recordings."""
        return TapeList(tapes=[line(one, service.engine.latest(one.id)) for one in service.store.list(limit)])

    @router.get("/{id}", response_model=TapeAnswer, responses=problems(404))
    async def tape(id: str) -> TapeAnswer:
        """Status, outcome, header, counts and progress of one recording."""
        return describe(await known(service, id), service.engine.latest(id))

    @router.delete("/{id}", status_code=204, responses=problems(404))
    async def delete(id: str) -> Response:
        """Cancel a recording, or delete one that has ended."""
        if await service.engine.cancel(id):
            return Response(status_code=204)
        service.forget(id)
        if not await asyncio.to_thread(service.store.delete, id):
            raise no_such_tape()
        return Response(status_code=204)

    @router.get(
        "/{id}/stream",
        responses={200: {"content": {EVENT_STREAM: {}}}, 204: {"description": "all was told"}, **problems(404)},
    )
    async def stream(id: str, request: Request) -> Response:
        """Server-sent events: progress, then the tape's events in batches, then the outcome."""
        await known(service, id)
        return follow(service, id, request.headers.get("last-event-id"))

    return router


def add_beginnings(router: APIRouter, service: Service) -> None:
    """``POST``: record a program."""

    @router.post(
        "",
        status_code=202,
        response_model=TapeAnswer,
        dependencies=[Depends(need_json)],
        responses={200: {"model": TapeAnswer}, **problems(400, 403, 404, 413, 415, 422, 429)},
    )
    async def record(
        body: RecordRequest, response: Response, wait: Annotated[float, Query(ge=0, le=MOST_WAIT_S)] = 0
    ) -> TapeAnswer:
        """Begin to record a program; ``wait`` holds the answer until it is ready, for at most so many seconds."""
        source, title = chosen(service, body)
        job = service.new_job(source, title, body.lesson, body.options)
        id = job.entry.id
        try:
            await service.engine.submit(job)
        except QueueFull as full:
            headers = {"Retry-After": str(full.retry_after_s)}
            raise Refusal(429, f"{full}.", type="urn:tapedeck:problem:queue-full", headers=headers) from None
        if wait:
            await ended_within(service, id, wait)
        answer = describe(await known(service, id), service.engine.latest(id))
        response.status_code = 200 if answer.outcome else 202
        response.headers["Location"] = answer.links["self"]
        return answer


def chosen(service: Service, body: RecordRequest) -> tuple[str, str]:
    """The program and its title."""
    if body.lesson is not None:
        found = lesson(body.lesson)
        if found is None:
            raise Refusal(404, f"There is no lesson {body.lesson!r}.", where="body.lesson")
        return found.source, body.title or found.title
    source = body.source or ""
    size, most = len(source.encode()), service.settings.source_bytes
    if size > most:
        detail = f"The program has {size:,} bytes; at most {most:,} are taken."
        raise Refusal(413, detail, type="urn:tapedeck:problem:source-too-large", where="body.source")
    return source, body.title or "program"


async def ended_within(service: Service, id: str, seconds: float) -> None:
    """Wait until a job has ended, or the time is up."""
    try:
        async with asyncio.timeout(seconds):
            async for _ in service.engine.events(id):
                pass
    except (TimeoutError, UnknownJob):
        pass


def add_uploads(router: APIRouter, service: Service) -> None:
    """``PUT``: keep a tape that was recorded elsewhere."""

    @router.put(
        "",
        status_code=201,
        response_model=TapeAnswer,
        dependencies=[Depends(need_tape)],
        responses=problems(403, 413, 415, 422),
        openapi_extra={"requestBody": {"required": True, "content": {TAPE_MEDIA_TYPE: {}}}},
    )
    async def upload(request: Request, response: Response) -> TapeAnswer:
        """Keep a tape, when it is one and none of its invariants is broken."""
        data = await request.body()
        tape = await asyncio.to_thread(checked, data)
        sources = tape.sources
        entry = Entry(
            id=new_id(),
            created=now(),
            title=tape.header.title[:200] or "tape",
            source=sources[0].text if sources else "",
            origin="upload",
            outcome=outcome_of(tape),
        )
        kept = await asyncio.to_thread(service.store.put, entry, tape, data)
        response.headers["Location"] = f"{API}/tapes/{kept.id}"
        return describe(kept, None)


def checked(data: bytes) -> Tape:
    """The tape, or 422 with what is wrong with it."""
    try:
        tape = load(data)
        broken = tape.check()
    except TapeError as error:
        raise Refusal(422, f"{error}.", type="urn:tapedeck:problem:not-a-tape", where="body") from None
    if broken:
        faults = [Fault(where="body", detail=sentence) for sentence in broken[:20]]
        raise Refusal(422, f"The tape is not sound: {broken[0]}", where="body", errors=faults)
    return tape
