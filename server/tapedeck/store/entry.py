"""What a store keeps, and the few verbs and a close by which it is reached."""

from __future__ import annotations

import builtins
import secrets
from datetime import datetime
from typing import Any, Literal, Protocol

import msgspec

from tapedeck.store.retention import Retention, Swept
from tapedeck.tape import Header, Tape
from tapedeck.tape.known import known

ADVICE = "`tapedeck gc` or deleting tapes makes room"
INTERRUPTED = "The server stopped while this was being recorded."
STORED_NAMES = ("run.tape", "tables.json.gz", "events.jsonl.gz")
Part = Literal["run.tape", "tables.json.gz", "events.jsonl.gz"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One recording: what was asked for, how it ended, and what its tape says about itself.

    ``outcome`` (``status``, ``detail``, ``where``, …) is ``None`` until it has ended; ``header`` and ``counts`` are
    empty until there is a tape. Outcome and options are kept as they are told: the sandbox owns their meaning.

    ``owner`` is an opaque hash of its maker (empty: nobody's), ``key`` the hash of the maker's idempotency key and
    ``fingerprint`` that of the request which the key was first used with. ``job`` is what its engine needs to run it,
    kept until it has ended, and ``started`` says when it began to run (empty: it has not).
    """

    id: str
    created: str
    title: str = "program"
    source: str = ""
    options: dict[str, Any] = {}
    origin: Literal["program", "lesson", "upload"] = "program"
    lesson: str | None = None
    outcome: dict[str, Any] | None = None
    header: Header | None = None
    counts: dict[str, int] = {}
    owner: str = ""
    key: str = ""
    fingerprint: str = ""
    job: dict[str, Any] = {}
    started: str = ""

    @property
    def ended(self) -> bool:
        """Whether its outcome is known."""
        return self.outcome is not None

    @property
    def waits(self) -> bool:
        """Whether it can still be run: an engine left what it needs for that, and none has begun."""
        return not self.ended and bool(self.job) and not self.started

    @property
    def has_tape(self) -> bool:
        """Whether there is a tape to play."""
        return self.header is not None

    def with_tape(self, tape: Tape) -> Entry:
        """The same entry, with what its tape says about itself."""
        tables = ("modules", "tensors", "ops", "nodes", "calls", "hooks", "values")
        counts = {name: len(getattr(tape, name)) for name in tables}
        return msgspec.structs.replace(self, header=tape.header, counts={"events": len(tape.events), **counts})

    def ended_as(self, outcome: dict[str, Any]) -> Entry:
        """The same entry, ended; nobody has to run it again."""
        return msgspec.structs.replace(self, outcome=outcome, job={})

    def interrupted(self) -> Entry:
        """The same entry, ended by the end of the server."""
        return self.ended_as({"status": "failed", "detail": INTERRUPTED, "where": None})


class Usage(msgspec.Struct, frozen=True):
    """How many recordings a store keeps, and the bytes they take."""

    tapes: int
    bytes: int


class StoreError(OSError):
    """The store cannot do this now."""


class StoreFull(StoreError):
    """There is no room for another tape; the sentence says how much is used and what helps."""


class KeyTaken(StoreError):
    """The owner has used this idempotency key for another entry: `TapeStore.by_key` finds it."""


class TapeStore(Protocol):
    """Keeps entries and tapes. Blocking: call it in a thread."""

    def put(self, entry: Entry, tape: Tape | None = None, data: bytes | None = None) -> Entry:
        """Keep an entry, whole or not at all, with its tape where there is one (``data``: its bytes, if at hand).

        Returns the entry as kept, with the tape's header and counts. Raises `StoreFull` where the tape has no room,
        and `KeyTaken` where its owner has used its key before.
        """
        ...

    def get(self, id: str) -> Entry | None:
        """The entry, or ``None``."""
        ...

    def by_key(self, owner: str, key: str) -> Entry | None:
        """The entry for which this owner used this idempotency key."""
        ...

    def part(self, id: str, name: Part) -> bytes | None:
        """Stored bytes of a tape: the file itself, or its tables or events as gzipped JSON."""
        ...

    def list(self, limit: int = 50, owner: str | None = None) -> list[Entry]:
        """The newest entries first; only those of one owner, if asked."""
        ...

    def waiting(self) -> builtins.list[Entry]:
        """What an earlier server left waiting to be run, the oldest first: once, and only to one process at a time."""
        ...

    def delete(self, id: str) -> bool:
        """Remove an entry and its tape; whether there was one."""
        ...

    def usage(self) -> Usage:
        """What is kept, and how much room it takes."""
        ...

    def check_room(self) -> None:
        """Raise `StoreFull` where no tape can be kept now."""
        ...

    def sweep(self, rules: Retention, now: datetime, dry_run: bool = False) -> Swept:
        """Remove what the rules no longer keep (never what waits or runs), and what a crash left over."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


known(Entry)


def new_id() -> str:
    """An id that nobody can guess, fit for a URL."""
    return secrets.token_urlsafe(12)
