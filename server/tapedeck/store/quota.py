"""How much a store may hold, and what it says when it is full."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from tapedeck.store.entry import ADVICE, StoreFull


class Quota:
    """At most ``max_bytes`` in all (``None``: no limit), and ``reserve_bytes`` of the disk left free."""

    def __init__(self, folder: Path, used: Callable[[], int], max_bytes: int | None, reserve_bytes: int) -> None:
        self._folder = folder
        self._used = used
        self._max_bytes = max_bytes
        self._reserve_bytes = reserve_bytes
        self._promised = 0
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def room(self, size: int) -> Iterator[None]:
        """Room for so many bytes while they are being written; raises `StoreFull` where there is none."""
        with self._lock:
            self._check(self._promised + size)
            self._promised += size
        try:
            yield
        finally:
            with self._lock:
                self._promised -= size

    def _check(self, wanted: int) -> None:
        if self._max_bytes is not None and (used := self._used()) + wanted > self._max_bytes:
            raise StoreFull(f"{megabytes(used)} of {megabytes(self._max_bytes)} for tapes are used; {ADVICE}")
        if self._reserve_bytes and (free := shutil.disk_usage(self._folder).free) - wanted < self._reserve_bytes:
            kept = megabytes(self._reserve_bytes)
            raise StoreFull(f"the disk has {megabytes(free)} left, of which {kept} are kept free; {ADVICE}")


def megabytes(size: int) -> str:
    """A number of bytes, for people."""
    return f"{size / 1_000_000:,.1f} MB"
