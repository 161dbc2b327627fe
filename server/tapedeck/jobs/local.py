"""The engine of one machine: asyncio tasks, a bounded queue, and the sandbox."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import AsyncIterator

import msgspec

from tapedeck.jobs.engine import Job, News, QueueFull, UnknownJob
from tapedeck.sandbox import Cancelled, Failed, Outcome, Run, Sandbox
from tapedeck.store import Entry, TapeStore

log = logging.getLogger(__name__)

MOST_NEWS = 200
"""News kept for those who come late; older progress says nothing that newer does not."""


class LocalEngine:
    """Runs ``concurrency`` jobs at a time and lets ``queue`` more wait."""

    def __init__(self, sandbox: Sandbox, store: TapeStore, *, concurrency: int, queue: int) -> None:
        self._sandbox = sandbox
        self._store = store
        self._concurrency = concurrency
        self._queue = queue
        self._running: dict[str, _Followed] = {}
        self._waiting: dict[str, _Followed] = {}
        self._closing = False

    @property
    def depth(self) -> tuple[int, int]:
        """How many jobs run, and how many wait."""
        return len(self._running), len(self._waiting)

    async def submit(self, job: Job) -> None:
        """Take a job, or raise `QueueFull`."""
        if self._closing or len(self._running) + len(self._waiting) >= self._concurrency + self._queue:
            raise QueueFull(len(self._waiting), self._retry_after(job))
        followed = _Followed(job)
        self._waiting[job.entry.id] = followed
        self._tell_positions()
        try:
            await asyncio.to_thread(self._store.put, job.entry)
        except BaseException:
            self._waiting.pop(job.entry.id, None)
            raise
        followed.kept = True
        self._start_next()

    async def events(self, id: str, after: int = 0) -> AsyncIterator[News]:
        """What is known about a job, until it has ended."""
        followed = self._running.get(id) or self._waiting.get(id)
        if followed is None:
            raise UnknownJob(id)
        async for news in followed.follow(after):
            yield news

    async def cancel(self, id: str) -> bool:
        """Stop a job; its outcome is `Cancelled`."""
        if (followed := self._waiting.pop(id, None)) is not None:
            self._tell_positions()
            await self._keep(followed, Run(Cancelled("The recording was cancelled before it began.")))
            return True
        if (followed := self._running.get(id)) is None:
            return False
        await followed.stop()
        return True

    def latest(self, id: str) -> News | None:
        """The newest that is known about a job, or ``None`` when the engine has no such job."""
        followed = self._running.get(id) or self._waiting.get(id)
        return followed.latest if followed is not None else None

    async def close(self) -> None:
        """Stop everything; what is interrupted ends as `Failed`, saying that the server stopped."""
        self._closing = True
        waiting = list(self._waiting.values())
        self._waiting.clear()
        for followed in waiting:
            await self._keep(followed, None)
        await asyncio.gather(*(followed.stop() for followed in self._running.values()))

    def _retry_after(self, job: Job) -> int:
        turns = (len(self._waiting) + 1) / self._concurrency
        return max(1, math.ceil(turns * job.limits.time_s / 2))

    def _start_next(self) -> None:
        while len(self._running) < self._concurrency and not self._closing:
            ready = next((one for one in self._waiting.values() if one.kept), None)
            if ready is None:
                return
            del self._waiting[ready.id]
            self._running[ready.id] = ready
            ready.tell("recording", events=0)
            job = ready.job
            ready.run = asyncio.create_task(
                self._sandbox.run(job.entry.source, job.options, job.limits, ready.progress), name=f"run {ready.id}"
            )
            ready.task = asyncio.create_task(self._carry_out(ready, ready.run), name=f"tape {ready.id}")
            self._tell_positions()

    async def _carry_out(self, followed: _Followed, running: asyncio.Task[Run]) -> None:
        run: Run | None = None
        try:
            run = await running
        except asyncio.CancelledError:
            run = None if self._closing else Run(Cancelled("The recording was cancelled."))
        except Exception:
            log.exception("tape %s: the engine failed", followed.id)
            run = Run(Failed("The engine failed; the server's log says why."))
        finally:
            try:
                await self._keep(followed, run)
            finally:
                self._running.pop(followed.id, None)
                self._start_next()

    async def _keep(self, followed: _Followed, run: Run | None) -> None:
        """Write down how a job ended (``None``: the server is stopping), then tell its followers."""
        entry = followed.job.entry
        try:
            if run is None:
                await asyncio.to_thread(self._store.put, entry.interrupted())
            else:
                ended = with_outcome(entry, run.outcome)
                await asyncio.to_thread(self._store.put, ended, run.tape, run.data)
        except Exception as error:
            log.exception("tape %s could not be kept", entry.id)
            failed = with_outcome(entry, Failed(f"The tape could not be kept: {error}"))
            try:
                await asyncio.to_thread(self._store.put, failed)
            except OSError:
                log.exception("tape %s: neither could its failure", entry.id)
        followed.tell("ended")

    def _tell_positions(self) -> None:
        for position, followed in enumerate(self._waiting.values()):
            followed.place(position)


class _Followed:
    """A job with its news, and those who wait for more."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.kept = False
        self.run: asyncio.Task[Run] | None = None
        self.task: asyncio.Task[None] | None = None
        self._news: deque[News] = deque(maxlen=MOST_NEWS)
        self._number = 0
        self._position: int | None = None
        self._changed = asyncio.Event()

    @property
    def id(self) -> str:
        return self.job.entry.id

    @property
    def latest(self) -> News | None:
        return self._news[-1] if self._news else None

    async def stop(self) -> None:
        """End the run (not what writes it down), and wait until it is written down."""
        if self.run is not None and self.task is not None:
            self.run.cancel()
            await asyncio.wait([self.task])

    def tell(self, kind: str, **fields: int | None) -> None:
        self._number += 1
        self._news.append(msgspec.convert({"number": self._number, "kind": kind, **fields}, News))
        self._changed.set()
        self._changed = asyncio.Event()

    def place(self, position: int) -> None:
        if position != self._position:
            self._position = position
            self.tell("queued", position=position)

    def progress(self, events: int, line: int | None) -> None:
        self.tell("recording", events=events, line=line)

    async def follow(self, after: int) -> AsyncIterator[News]:
        while True:
            changed = self._changed
            for news in [one for one in self._news if one.number > after]:
                after = news.number
                yield news
                if news.kind == "ended":
                    return
            if self._news and self._news[-1].kind == "ended":  # they have heard it all before
                return
            await changed.wait()


def with_outcome(entry: Entry, outcome: Outcome) -> Entry:
    """The entry of a job that has ended."""
    return msgspec.structs.replace(entry, outcome=msgspec.to_builtins(outcome))
