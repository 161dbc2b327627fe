"""The seam: what every engine does, in three verbs, a glance and a close."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from typing import Any, Literal, Protocol

import msgspec

from tapedeck.sandbox import Limits, RunOptions
from tapedeck.store import Entry
from tapedeck.tape.known import known


class Job(msgspec.Struct, frozen=True):
    """A program to record, the entry under which its tape will be kept, and who asked (``client``, for fairness)."""

    entry: Entry
    options: RunOptions
    limits: Limits
    client: str = ""

    @property
    def to_run(self) -> Entry:
        """The entry with all that an engine needs to run it, should this one not come to it."""
        needs = msgspec.to_builtins({"options": self.options, "limits": self.limits, "client": self.client})
        return msgspec.structs.replace(self.entry, job=needs)

    @classmethod
    def left_in(cls, entry: Entry) -> Job | None:
        """The job that an entry was left with; ``None`` where its needs are those of a version that is gone."""
        own = msgspec.structs.replace(entry, job={})
        try:
            return msgspec.convert({**entry.job, "entry": own}, cls)
        except msgspec.ValidationError:
            return None


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


known(Job, News)


class QueueFull(Exception):
    """This job is not taken for now; ``retry_after_s`` is a good time to try again.

    ``reason`` tells whether the whole ``queue`` is full, this ``client`` has its share of it, or the service is
    ``closing``.
    """

    def __init__(self, reason: Literal["queue", "client", "closing"], count: int, retry_after_s: int) -> None:
        super().__init__(f"{_refusals(count)[reason]}; try again in about {retry_after_s} s")
        self.reason = reason
        self.retry_after_s = retry_after_s


def _refusals(count: int) -> dict[str, str]:
    programs = "1 program" if count == 1 else f"{count} programs"
    return {
        "queue": f"{programs} {'is' if count == 1 else 'are'} waiting already",
        "client": f"{programs} of yours {'waits' if count == 1 else 'wait'} or run already, as many as one may have",
        "closing": "the service is closing down",
    }


class UnknownJob(LookupError):
    """The engine has no such job (any more): the store knows how it ended, if it ever was."""


class Engine(Protocol):
    """Carries jobs out. An ended job is in the store before its ``ended`` is told."""

    @property
    def depth(self) -> tuple[int, int]:
        """How many jobs run, and how many wait."""
        ...

    async def resume(self, warm: Coroutine[Any, Any, object] | None = None) -> None:
        """Take up what an earlier engine left waiting, when this one opens; nothing begins before ``warm`` is done."""
        ...

    async def submit(self, job: Job) -> None:
        """Take a job, or raise `QueueFull`, or the store's `StoreFull` or `KeyTaken`."""
        ...

    def events(self, id: str, after: int = 0) -> AsyncIterator[News]:
        """What is known about a job from news ``after`` on, until it has ended; raises `UnknownJob`.

        Without an ``ended`` when the engine closes and the job is to be run by the next one.
        """
        ...

    def latest(self, id: str) -> News | None:
        """The newest that is known about a job, or ``None`` when the engine has no such job (any more)."""
        ...

    async def cancel(self, id: str) -> bool:
        """Stop a job that waits or runs; whether there was one. When this returns, it has ended."""
        ...

    async def close(self, grace_s: float = 0.0) -> None:
        """Let what runs end within ``grace_s``; what has not, and what waits, is left in the store to be run again."""
        ...
