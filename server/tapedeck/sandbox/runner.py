"""A sandbox behind a unix socket, for a web process that runs elsewhere: in compose, in another container."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from pathlib import Path

from tapedeck.sandbox.limits import Job
from tapedeck.sandbox.remote import trouble_with
from tapedeck.sandbox.supervisor import Sandbox
from tapedeck.sandbox.talk import Do, Ended, Garbled, Progressed, Standing, Watch, hear_asked, say

log = logging.getLogger(__name__)

GLANCE_S = 0.25
WRITTEN_AT_ONCE = 1 << 20


class Runner:
    """Serves one sandbox on a socket that its own user alone may use."""

    def __init__(self, sandbox: Sandbox, path: Path) -> None:
        self._sandbox = sandbox
        self._path = path
        self._trouble: str | None = None
        self._server: asyncio.Server | None = None
        self._warming: asyncio.Task[None] | None = None
        self._talking: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen, and begin to warm up; raises ``OSError`` where the socket cannot be made."""
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._answer, self._path)
        finally:
            os.umask(before)
        self._warming = asyncio.create_task(self._warm_up(), name="warm up")

    async def close(self) -> None:
        """Stop listening, and everything that runs."""
        if self._server is not None:
            self._server.close()
        tasks = [*self._talking, *([self._warming] if self._warming is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sandbox.close()
        self._path.unlink(missing_ok=True)

    async def _warm_up(self) -> None:
        self._trouble = await trouble_with(self._sandbox)

    def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._talk(reader, writer))
        self._talking.add(task)
        task.add_done_callback(self._talking.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.IncompleteReadError):
            try:
                match await hear_asked(reader):
                    case Watch():
                        await self._tell_standing(reader, writer)
                    case Do(job):
                        await self._do(job, reader, writer)
            except Garbled as error:
                log.warning("what a web process said is not in the protocol: %s", error)

    async def _tell_standing(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told = None
        while not reader.at_eof():
            one = self._sandbox
            now = Standing(one.layers, one.standing, one.ready, one.restarts, None if one.ready else self._trouble)
            if now != told:
                say(writer, now)
                await writer.drain()
                told = now
            await asyncio.sleep(GLANCE_S)

    async def _do(self, job: Job, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The run, unless the one who asked goes away before it has ended."""

        def progress(events: int, line: int | None) -> None:
            if not writer.is_closing():
                say(writer, Progressed(events, line))

        running = asyncio.create_task(self._sandbox.run(job.source, job.options, job.limits, progress))
        leaving = asyncio.create_task(reader.read(1))
        try:
            await asyncio.wait([running, leaving], return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                return
            run = running.result()
            data = run.data or b""
            say(writer, Ended(run.outcome, len(data)))
            for start in range(0, len(data), WRITTEN_AT_ONCE):
                writer.write(data[start : start + WRITTEN_AT_ONCE])
                await writer.drain()
            await writer.drain()
        finally:
            running.cancel()
            leaving.cancel()
            await asyncio.gather(running, leaving, return_exceptions=True)
