"""Which recordings are let go when they are many, old or large."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec


class Kept(msgspec.Struct, frozen=True):
    """A recording as retention sees it."""

    id: str
    created: str
    bytes: int

    @property
    def made_at(self) -> datetime:
        """When it was made; raises ``ValueError`` where that is not said."""
        made = datetime.fromisoformat(self.created)
        return made if made.tzinfo is not None else made.replace(tzinfo=UTC)


class Retention(msgspec.Struct, frozen=True):
    """How long, how many and how much is kept; ``None``: for ever, any number, any size."""

    keep_days: float | None = None
    keep_tapes: int | None = None
    keep_bytes: int | None = None

    def doomed(self, kept: Iterable[Kept], now: datetime) -> list[Kept]:
        """Those that have to go, the oldest first: every one that is too old, then the oldest until the rest fits."""
        oldest_first = sorted(kept, key=lambda one: (one.created, one.id))
        count, size = len(oldest_first), sum(one.bytes for one in oldest_first)
        doomed = []
        for one in oldest_first:
            if self._too_old(one, now) or self._too_many(count) or self._too_large(size):
                doomed.append(one)
                count, size = count - 1, size - one.bytes
        return doomed

    def _too_old(self, one: Kept, now: datetime) -> bool:
        if self.keep_days is None:
            return False
        try:
            return one.made_at < now - timedelta(days=self.keep_days)
        except ValueError:  # of unknown age: the other rules may still let it go
            return False

    def _too_many(self, count: int) -> bool:
        return self.keep_tapes is not None and count > self.keep_tapes

    def _too_large(self, size: int) -> bool:
        return self.keep_bytes is not None and size > self.keep_bytes


class Swept(msgspec.Struct, frozen=True):
    """What a sweep removed: recordings, ``leftovers`` of a crash, and the bytes that both took."""

    removed: list[Kept]
    leftovers: int
    bytes: int
