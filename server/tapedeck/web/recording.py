"""Routes that begin, show, follow and end recordings."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from tapedeck.jobs import UnknownJob
from tapedeck.lessons import EditError, edited, lesson
from tapedeck.store import Entry, new_id
from tapedeck.web.addresses import Addresses, party
from tapedeck.web.answers import API, describe, known, line, no_such_tape
from tapedeck.web.idempotency import KEY, KEY_HEADER, KEY_SAYS, Used
from tapedeck.web.incoming import about, checked
from tapedeck.web.language import language
from tapedeck.web.makers import maker_of, need_owner
from tapedeck.web.media import UPLOAD_TYPES, need_json, need_tape
from tapedeck.web.models import RecordOptions, RecordRequest, TapeAnswer, TapeList
from tapedeck.web.problems import Refusal, problems
from tapedeck.web.service import Service, now
from tapedeck.web.specs import translated
from tapedeck.web.stream import EVENT_STREAM, follow
from tapedeck.web.strict_json import StrictRoute
from tapedeck.web.uploads import outcome_of

MOST_WAIT_S = 30.0
BINARY = {"schema": {"type": "string", "format": "binary"}}


def routes(service: Service, addresses: Addresses) -> APIRouter:
    """The routes of recordings, for one service."""
    router = APIRouter(prefix=f"{API}/tapes", tags=["tapes"], route_class=StrictRoute)
    add_beginnings(router, service, addresses)
    add_uploads(router, service)

    @router.get("", response_model=TapeList)
    def tapes(request: Request, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> TapeList:
        """The newest recordings; where several people may come in, only one's own."""
        entries = service.store.list(limit, maker_of(request).owner or None)
        return TapeList(tapes=[line(one, service.engine.latest(one.id)) for one in entries])

    @router.get("/{id}", response_model=TapeAnswer, responses=problems(404))
    async def tape(id: str) -> TapeAnswer:
        """Status, outcome, header, counts and progress of one recording."""
        return describe(await known(service, id), service.engine.latest(id))

    @router.delete("/{id}", status_code=204, responses=problems(403, 404))
    async def delete(id: str, request: Request) -> Response:
        """Cancel a recording, or delete one that has ended; only its maker may."""
        need_owner(request, await known(service, id))
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


def add_beginnings(router: APIRouter, service: Service, addresses: Addresses) -> None:
    """``POST``: record a program."""

    @router.post(
        "",
        status_code=202,
        response_model=TapeAnswer,
        dependencies=[Depends(need_json)],
        responses={200: {"model": TapeAnswer}, **problems(404, 409, 415, 422, 507)},
    )
    async def record(
        body: RecordRequest,
        request: Request,
        response: Response,
        wait: Annotated[float, Query(ge=0, le=MOST_WAIT_S)] = 0,
        key: Annotated[str | None, Header(alias=KEY_HEADER, description=KEY_SAYS, pattern=KEY)] = None,
    ) -> TapeAnswer:
        """Begin to record a program; ``wait`` holds the answer until it is ready, for at most so many seconds."""
        maker = maker_of(request)
        source, options, about = chosen(service, body, language(request))
        used = Used.of(maker, key, body)
        client = party(addresses.client(request.scope)) if service.settings.public else maker.owner
        job = service.new_job(source, options, client, owner=maker.owner, **used.fields, **about)
        id = await used.begun(service, job)
        if wait:
            await ended_within(service, id, wait)
        answer = describe(await known(service, id), service.engine.latest(id))
        response.status_code = 200 if answer.outcome else 202
        response.headers["Location"] = answer.links["self"]
        if id != job.entry.id:
            response.headers["Idempotency-Replayed"] = "true"
        return answer


def chosen(service: Service, body: RecordRequest, spoken: str) -> tuple[str, RecordOptions, dict[str, Any]]:
    """The program, how to record it, and what its entry says about it."""
    if body.lesson is not None:
        found = lesson(body.lesson)
        if found is None:
            raise Refusal(404, f"There is no lesson {body.lesson!r}.", where="body.lesson")
        try:
            source = edited(found.source, found.plan.experiments, body.edits)
        except EditError as error:
            raise Refusal(422, str(error), where="body.edits") from error
        options = body.options or RecordOptions(**found.plan.options)
        return source, options, {"title": body.title or found.words[spoken].title, "lesson": body.lesson}
    source = body.source or ""
    if body.spec is not None:
        source = translated(body.spec, spoken, "body.spec")
    size, most = len(source.encode()), service.settings.source_bytes
    if size > most:
        detail = f"The program has {size:,} bytes; at most {most:,} are taken."
        raise Refusal(413, detail, type="urn:tapedeck:problem:source-too-large", where="body.source")
    return source, body.options or RecordOptions(), {"title": body.title or "program"}


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
    one_at_a_time = asyncio.Lock()  # a large tape takes memory and time to check, and nobody waits for long

    @router.put(
        "",
        status_code=201,
        response_model=TapeAnswer,
        dependencies=[Depends(need_tape)],
        responses=problems(415, 422, 507),
        openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(UPLOAD_TYPES, BINARY)}},
    )
    async def upload(request: Request, response: Response) -> TapeAnswer:
        """Keep a tape, when it is one and none of its invariants is broken."""
        await asyncio.to_thread(service.store.check_room)
        data = await request.body()
        async with one_at_a_time:
            tape = await asyncio.to_thread(checked, data, service.settings.unpacked_bytes)
            outcome = await asyncio.to_thread(outcome_of, tape)
        owner = maker_of(request).owner
        entry = Entry(id=new_id(), created=now(), origin="upload", outcome=outcome, owner=owner, **about(tape))
        kept = await asyncio.to_thread(service.store.put, entry, tape, data)
        response.headers["Location"] = f"{API}/tapes/{kept.id}"
        return describe(kept, None)
