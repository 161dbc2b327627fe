"""Memory that a large tape needed goes back to the kernel: glibc would keep it for the next one."""

from __future__ import annotations

import asyncio

from tapedeck.sandbox.libc import libc

SOON_S = 0.5
"""By then whoever asked for a tape has written it down."""

_trim = getattr(libc, "malloc_trim", None)


class Tidy:
    """Tidies up soon after somebody has worked, once for all who did meanwhile."""

    def __init__(self) -> None:
        self._coming = False

    def soon(self) -> None:
        """Somebody has worked. Does nothing where the C library cannot (``malloc_trim`` is glibc's)."""
        if _trim is not None and not self._coming:
            self._coming = True
            asyncio.get_running_loop().call_later(SOON_S, self._now)

    def _now(self) -> None:
        self._coming = False
        if _trim is not None:
            _trim(0)
