"""A job that an engine has taken, with its news and those who wait for more."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

import msgspec

from tapedeck.jobs.engine import Job, News
from tapedeck.sandbox import Run
from tapedeck.store import Entry

MOST_NEWS = 200
"""News kept for those who come late; older progress says nothing that newer does not."""


class Followed:
    """One job from the moment it is taken until it has ended."""

    def __init__(self, job: Job, now: float) -> None:
        self.job = job
        self.taken_at = now
        self.started_at: float | None = None
        self.kept = False
        self.cancelled = False
        self.run: asyncio.Task[Run] | None = None
        self.task: asyncio.Task[None] | None = None
        self._news: deque[News] = deque(maxlen=MOST_NEWS)
        self._number = 0
        self._position: int | None = None
        self._over = False
        self._changed = asyncio.Event()

    @property
    def id(self) -> str:
        """The id of its entry."""
        return self.job.entry.id

    @property
    def client(self) -> str:
        """Who asked for it."""
        return self.job.client

    @property
    def entry(self) -> Entry:
        """Its entry, with what the next engine would need to run it."""
        return self.job.to_run

    @property
    def latest(self) -> News | None:
        """The newest that is known."""
        return self._news[-1] if self._news else None

    def times(self, now: float) -> tuple[float, float]:
        """The seconds it waited, and those it ran."""
        started_at = now if self.started_at is None else self.started_at
        return started_at - self.taken_at, now - started_at

    async def stop(self) -> None:
        """End the run (not what writes it down), and wait until it is written down."""
        if self.run is not None and self.task is not None:
            self.run.cancel()
            await asyncio.wait([self.task])

    def tell(self, kind: str, **fields: int | None) -> None:
        """Number one piece of news and tell it."""
        self._number += 1
        self._news.append(msgspec.convert({"number": self._number, "kind": kind, **fields}, News))
        self._over = kind == "ended"
        self._wake()

    def place(self, position: int) -> None:
        """Tell its position, where that has changed."""
        if position != self._position:
            self._position = position
            self.tell("queued", position=position)

    def progress(self, events: int, line: int | None) -> None:
        """Tell how far the recording is."""
        self.tell("recording", events=events, line=line)

    def leave(self) -> None:
        """There will be no more news from this engine."""
        self._over = True
        self._wake()

    async def follow(self, after: int) -> AsyncIterator[News]:
        """The news after a number; all of them where the number is from another engine's time."""
        after = after if after <= self._number else 0
        while True:
            changed = self._changed
            for news in [one for one in self._news if one.number > after]:
                after = news.number
                yield news
            if self._over and after == self._number:
                return
            await changed.wait()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
