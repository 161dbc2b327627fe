"""A recording as server-sent events: ``progress`` while it is made, ``events`` in batches, one ``outcome``.

Ids say where to go on: ``p7`` after news 7 of the job, ``e500`` before event 500, ``end`` when all was told (the
answer to that is 204, which is how a browser learns not to ask again).
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator

from fastapi import Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event

from tapedeck.jobs import News, UnknownJob
from tapedeck.web.answers import describe
from tapedeck.web.service import Service

EVENT_STREAM = "text/event-stream"
BATCH = 500
SILENCE_S = 15.0
"""A comment is sent after so long without news, so that nobody in between takes the silence for an end."""
LAST_ID = re.compile(r"([pe])(\d{1,12})")


def follow(service: Service, id: str, last_id: str | None) -> Response:
    """The stream from the beginning, or from where a client lost it."""
    if last_id == "end":
        return Response(status_code=204)
    match = LAST_ID.fullmatch(last_id or "")
    kind, number = (match[1], int(match[2])) if match else ("p", 0)
    body = _stream(service, id, number if kind == "p" else None, number if kind == "e" else 0)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(body, media_type=EVENT_STREAM, headers=headers)


async def _stream(service: Service, id: str, news: int | None, start: int) -> AsyncIterator[bytes]:
    if news is not None:
        async for chunk in _progress(service, id, news):
            yield chunk
    async for chunk in _events(service, id, start):
        yield chunk
    entry = await asyncio.to_thread(service.store.get, id)
    if entry is not None and entry.ended:  # else the server is closing, and the next one will tell
        yield _message("outcome", "end", describe(entry, None).model_dump_json(exclude={"source"}))


async def _progress(service: Service, id: str, after: int) -> AsyncIterator[bytes]:
    """News of the job, with a comment in every silence."""
    news = aiter(service.engine.events(id, after))
    coming: asyncio.Task[News] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(_next(news))
            done, _ = await asyncio.wait([coming], timeout=SILENCE_S)
            if not done:
                yield format_sse_event(comment="still here")
                continue
            one = coming.result()
            coming = None
            if one.kind != "ended":
                told = {"status": one.kind, "position": one.position, "events": one.events, "line": one.line}
                yield _message("progress", f"p{one.number}", json.dumps(told))
    except UnknownJob:
        return
    finally:
        if coming is not None:
            coming.cancel()


async def _next(news: AsyncIterator[News]) -> News:
    try:
        return await anext(news)
    except StopAsyncIteration:
        raise UnknownJob from None  # a task cannot end with StopAsyncIteration


async def _events(service: Service, id: str, start: int) -> AsyncIterator[bytes]:
    data = await asyncio.to_thread(service.store.part, id, "events.jsonl.gz")
    if data is None:
        return
    lines = (await asyncio.to_thread(gzip.decompress, data)).splitlines()
    for first in range(start, len(lines), BATCH):
        batch = lines[first : first + BATCH]
        body = b'{"from":%d,"events":[%s]}' % (first, b",".join(batch))
        yield _message("events", f"e{first + len(batch)}", body.decode())


def _message(event: str, id: str, data: str) -> bytes:
    return format_sse_event(event=event, id=id, data_str=data)
