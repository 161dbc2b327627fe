"""The engine of one machine: asyncio tasks, a bounded and fair queue, and the sandbox.

A job's entry is in the store before the job is taken, says so once it has started, and ends there. So the store knows
what to do after any end of the process: what waited is run by the next engine, what ran is interrupted.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import msgspec

from tapedeck.jobs.engine import Job, News, QueueFull, UnknownJob
from tapedeck.jobs.fair import FairQueue
from tapedeck.jobs.followed import Followed
from tapedeck.sandbox import AnySandbox, Cancelled, Failed, Outcome, Run
from tapedeck.store import Entry, TapeStore

log = logging.getLogger(__name__)

Observe = Callable[[Entry, str, float, float], None]
"""Called with every ended job: its entry, its outcome's name, the seconds it waited and the seconds it ran."""

REOPENING_S = 5
"""When to try again at a service that is closing."""


class LocalEngine:
    """Runs ``concurrency`` jobs at a time and lets ``queue`` more wait, at most ``per_client`` of one client in all."""

    def __init__(
        self,
        sandbox: AnySandbox,
        store: TapeStore,
        *,
        concurrency: int,
        queue: int,
        per_client: int | None = None,
        observe: Observe | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._store = store
        self._concurrency = concurrency
        self._most = concurrency + queue
        self._per_client = per_client
        self._observe = observe
        self._running: dict[str, Followed] = {}
        self._waiting: FairQueue[Followed] = FairQueue()
        self._admissions: set[asyncio.Task[None]] = set()
        self._held = False
        self._closing = False

    @property
    def depth(self) -> tuple[int, int]:
        """How many jobs run, and how many wait."""
        return len(self._running), len(self._waiting)

    async def resume(self, warm: Coroutine[Any, Any, object] | None = None) -> None:
        """Take up what an earlier engine left waiting; nothing begins before ``warm`` is done.

        What has begun is not begun again after a crash, so nothing should begin that still waits for the sandbox.
        """
        warming = None if warm is None else asyncio.ensure_future(warm)
        self._held = warming is not None
        try:
            await self._take_up_what_waits()
            if warming is not None:
                await warming
        finally:
            if warming is not None:
                warming.cancel()
            self._held = False
            self._start_next()

    async def submit(self, job: Job) -> None:
        """Take a job, or raise `QueueFull`, or the store's `StoreFull` or `KeyTaken`."""
        self._refuse(job)
        admission = asyncio.create_task(self._admit(self._enqueue(job)), name=f"admit {job.entry.id}")
        self._admissions.add(admission)
        admission.add_done_callback(self._admissions.discard)
        # Shielded: a job that is half taken when its client gives up is taken.
        await asyncio.shield(admission)

    async def events(self, id: str, after: int = 0) -> AsyncIterator[News]:
        """What is known about a job, until it has ended."""
        followed = self._find(id)
        if followed is None:
            raise UnknownJob(id)
        async for news in followed.follow(after):
            yield news

    def latest(self, id: str) -> News | None:
        """The newest that is known about a job, or ``None`` when the engine has no such job."""
        followed = self._find(id)
        return followed.latest if followed is not None else None

    async def cancel(self, id: str) -> bool:
        """Stop a job; its outcome is `Cancelled`."""
        if (followed := self._waiting.remove(id)) is not None:
            self._tell_positions()
            await self._keep(followed, Run(Cancelled("The recording was cancelled before it began.")))
            return True
        if (followed := self._running.get(id)) is None:
            return False
        followed.cancelled = True
        await followed.stop()
        return True

    async def close(self, grace_s: float = 0.0) -> None:
        """Let what runs end within ``grace_s``; what has not, and what waits, is left to the next engine."""
        self._closing = True
        await asyncio.gather(*self._admissions, return_exceptions=True)
        ending = [followed.task for followed in self._running.values() if followed.task is not None]
        if ending:
            await asyncio.wait(ending, timeout=grace_s)
        await asyncio.gather(*(followed.stop() for followed in list(self._running.values())))
        for followed in self._waiting.order(()):
            self._waiting.remove(followed.id)
            followed.leave()

    def _find(self, id: str) -> Followed | None:
        return self._running.get(id) or self._waiting.get(id)

    def _refuse(self, job: Job) -> None:
        """Raise `QueueFull` where there is a reason to."""
        if self._closing:
            raise QueueFull("closing", 0, REOPENING_S)
        running, waiting = self.depth
        if running + waiting >= self._most:
            raise QueueFull("queue", waiting, self._retry_after(job, waiting))
        own = self._waiting.count(job.client) + sum(one.client == job.client for one in self._running.values())
        if self._per_client is not None and own >= self._per_client:
            raise QueueFull("client", own, self._retry_after(job, own))

    def _retry_after(self, job: Job, ahead: int) -> int:
        turns = (ahead + 1) / self._concurrency
        return max(1, math.ceil(turns * job.limits.time_s / 2))

    def _enqueue(self, job: Job) -> Followed:
        followed = Followed(job, asyncio.get_running_loop().time())
        self._waiting.add(followed)
        self._tell_positions()
        return followed

    async def _take_up_what_waits(self) -> None:
        try:
            for entry in await asyncio.to_thread(self._store.waiting):
                if (job := Job.left_in(entry)) is not None:
                    self._enqueue(job).kept = True
                else:
                    await asyncio.to_thread(self._store.put, entry.interrupted())
        except OSError:
            log.exception("what waited could not be taken up")

    async def _admit(self, followed: Followed) -> None:
        """Write a job down, then let it run when its turn comes."""

        def put() -> None:
            self._store.check_room()
            self._store.put(followed.entry)

        try:
            await asyncio.to_thread(put)
        except BaseException:
            self._waiting.remove(followed.id)
            followed.leave()
            self._tell_positions()
            raise
        followed.kept = True
        self._start_next()

    def _start_next(self) -> None:
        while len(self._running) < self._concurrency and not self._held and not self._closing:
            ready = next((one for one in self._waiting.order(self._running.values()) if one.kept), None)
            if ready is None:
                return
            self._waiting.serve(ready)
            self._running[ready.id] = ready
            ready.started_at = asyncio.get_running_loop().time()
            ready.tell("recording", events=0)
            job = ready.job
            ready.run = asyncio.create_task(
                self._sandbox.run(job.entry.source, job.options, job.limits, ready.progress), name=f"run {ready.id}"
            )
            ready.task = asyncio.create_task(self._carry_out(ready, ready.run), name=f"tape {ready.id}")
            self._tell_positions()

    async def _carry_out(self, followed: Followed, running: asyncio.Task[Run]) -> None:
        beginning = asyncio.create_task(self._begin(followed.entry))
        run: Run | None = None
        try:
            run = await running
        except asyncio.CancelledError:
            run = Run(Cancelled("The recording was cancelled.")) if followed.cancelled else None
        except Exception:
            log.exception("tape %s: the engine failed", followed.id)
            run = Run(Failed("The engine failed; the server's log says why."))
        finally:
            try:
                await asyncio.wait([beginning])
                await self._keep(followed, run)
            finally:
                self._running.pop(followed.id, None)
                self._start_next()

    async def _begin(self, entry: Entry) -> None:
        """Write down that it runs, while it does: after a crash it is not begun again."""
        started = datetime.now(UTC).isoformat(timespec="milliseconds")
        try:
            await asyncio.to_thread(self._store.put, msgspec.structs.replace(entry, started=started))
        except OSError:
            log.exception("tape %s: that it runs could not be kept", entry.id)

    async def _keep(self, followed: Followed, run: Run | None) -> None:
        """Write down how a job ended, then tell its followers; ``None`` leaves it to the next engine."""
        if run is None:
            await self._leave(followed)
            return
        entry = followed.job.entry
        ended = with_outcome(entry, run.outcome)
        try:
            await asyncio.to_thread(self._store.put, ended, run.tape, run.data)
        except Exception as error:
            log.exception("tape %s could not be kept", entry.id)
            ended = with_outcome(entry, Failed(f"The tape could not be kept: {error}"))
            try:
                await asyncio.to_thread(self._store.put, ended)
            except OSError:
                log.exception("tape %s: neither could its failure", entry.id)
        followed.tell("ended")
        if self._observe is not None and ended.outcome is not None:
            self._observe(ended, ended.outcome["status"], *followed.times(asyncio.get_running_loop().time()))

    async def _leave(self, followed: Followed) -> None:
        try:
            await asyncio.to_thread(self._store.put, followed.entry)
        except OSError:
            log.exception("tape %s could not be left to be run again", followed.id)
        followed.leave()

    def _tell_positions(self) -> None:
        for position, followed in enumerate(self._waiting.order(self._running.values())):
            followed.place(position)


def with_outcome(entry: Entry, outcome: Outcome) -> Entry:
    """The entry of a job that has ended."""
    return entry.ended_as(msgspec.to_builtins(outcome))
