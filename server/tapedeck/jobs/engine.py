"""The seam: what every engine does, in three verbs, a glance and a close."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal, Protocol

import msgspec

from tapedeck.sandbox import Limits, RunOptions
from tapedeck.store import Entry


class Job(msgspec.Struct, frozen=True):
    """A program to record, and the entry under which its tape will be kept."""

    entry: Entry
    options: RunOptions
    limits: Limits


class News(msgspec.Struct, frozen=True):
    """One thing that is known about a job, numbered from 1.

    ``queued`` says its ``position`` (0: next), ``recording`` how many ``events`` there are and the ``line`` of the last
    one, ``ended`` nothing: the store has the rest.
    """

    number: int
    kind: Literal["queued", "recording", "ended"]
    position: int | None = None
    events: int | None = None
    line: int | None = None


class QueueFull(Exception):
    """No more jobs are taken for now; ``retry_after_s`` is a good time to try again."""

    def __init__(self, waiting: int, retry_after_s: int) -> None:
        ahead = "1 program is" if waiting == 1 else f"{waiting} programs are"
        super().__init__(f"{ahead} waiting already; try again in about {retry_after_s} s")
        self.retry_after_s = retry_after_s


class UnknownJob(LookupError):
    """The engine has no such job (any more): the store knows how it ended, if it ever was."""


class Engine(Protocol):
    """Carries jobs out. An ended job is in the store before its ``ended`` is told."""

    @property
    def depth(self) -> tuple[int, int]:
        """How many jobs run, and how many wait."""
        ...

    async def submit(self, job: Job) -> None:
        """Take a job, or raise `QueueFull`."""
        ...

    def events(self, id: str, after: int = 0) -> AsyncIterator[News]:
        """What is known about a job from news ``after`` on, until it has ended; raises `UnknownJob`."""
        ...

    def latest(self, id: str) -> News | None:
        """The newest that is known about a job, or ``None`` when the engine has no such job (any more)."""
        ...

    async def cancel(self, id: str) -> bool:
        """Stop a job that waits or runs; whether there was one. When this returns, it has ended."""
        ...

    async def close(self) -> None:
        """Stop everything; what is interrupted is in the store as such."""
        ...
