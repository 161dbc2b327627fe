"""What a store keeps, and the four verbs and a close by which it is reached."""

from __future__ import annotations

import secrets
from typing import Any, Literal, Protocol

import msgspec

from tapedeck.tape import Header, Tape

INTERRUPTED = "The server stopped while this was being recorded."
STORED_NAMES = ("run.tape", "tables.json.gz", "events.jsonl.gz")
Part = Literal["run.tape", "tables.json.gz", "events.jsonl.gz"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One recording: what was asked for, how it ended, and what its tape says about itself.

    ``outcome`` (``status``, ``detail``, ``where``, …) is ``None`` until it has ended; ``header`` and ``counts`` are
    empty until there is a tape. Outcome and options are kept as they are told: the sandbox owns their meaning.
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

    @property
    def ended(self) -> bool:
        """Whether its outcome is known."""
        return self.outcome is not None

    @property
    def has_tape(self) -> bool:
        """Whether there is a tape to play."""
        return self.header is not None

    def with_tape(self, tape: Tape) -> Entry:
        """The same entry, with what its tape says about itself."""
        tables = ("modules", "tensors", "ops", "nodes", "calls", "hooks", "values")
        counts = {name: len(getattr(tape, name)) for name in tables}
        return msgspec.structs.replace(self, header=tape.header, counts={"events": len(tape.events), **counts})

    def interrupted(self) -> Entry:
        """The same entry, ended by the end of the server."""
        return msgspec.structs.replace(self, outcome={"status": "failed", "detail": INTERRUPTED, "where": None})


class TapeStore(Protocol):
    """Keeps entries and tapes. Blocking: call it in a thread."""

    def put(self, entry: Entry, tape: Tape | None = None, data: bytes | None = None) -> Entry:
        """Keep an entry, whole or not at all, with its tape where there is one (``data``: its bytes, if at hand).

        Returns the entry as kept, with the tape's header and counts.
        """
        ...

    def get(self, id: str) -> Entry | None:
        """The entry, or ``None``."""
        ...

    def part(self, id: str, name: Part) -> bytes | None:
        """Stored bytes of a tape: the file itself, or its tables or events as gzipped JSON."""
        ...

    def list(self, limit: int = 50) -> list[Entry]:
        """The newest entries first."""
        ...

    def delete(self, id: str) -> bool:
        """Remove an entry and its tape; whether there was one."""
        ...


def new_id() -> str:
    """An id that nobody can guess, fit for a URL."""
    return secrets.token_urlsafe(12)
