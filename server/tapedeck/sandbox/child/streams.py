"""The program's standard streams: they count what passes, keep nothing, and stop a flood."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from tapedeck.sandbox.child.guard import Guard

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Gauge(io.BufferedIOBase):
    """The bytes end of the program's standard streams: counts what passes.

    The recorder sees the text before it comes here; what the program writes to the descriptors themselves is
    counted by the supervisor.
    """

    name = "<stdout>"

    def __init__(self, guard: Guard, most: int) -> None:
        self._guard = guard
        self._left = most

    def writable(self) -> bool:
        """Yes."""
        return True

    def fileno(self) -> int:
        """The real standard output."""
        return 1

    def write(self, data: Buffer, /) -> int:
        """Count."""
        size = memoryview(data).nbytes
        self._left -= size
        if self._left < 0:
            self._guard.stop("too_much_output")
        return size


def text_stream(gauge: Gauge) -> io.TextIOWrapper:
    """A text stream over a gauge; text that is not Unicode is escaped, never an error."""
    return io.TextIOWrapper(gauge, encoding="utf-8", errors="backslashreplace", write_through=True)
