"""Keeping a store within its rules while a service runs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from tapedeck.store import Retention, Swept, TapeStore

log = logging.getLogger(__name__)

EVERY_S = 600.0


class Janitor:
    """Sweeps a store when it opens and ``every_s`` after that; ``removed`` is told the id of each tape that went."""

    def __init__(
        self,
        store: TapeStore,
        rules: Retention,
        *,
        every_s: float = EVERY_S,
        removed: Callable[[str], None] | None = None,
    ) -> None:
        self._store = store
        self._rules = rules
        self._every_s = every_s
        self._removed = removed
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._sweep_for_ever(), name="janitor")

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _sweep_for_ever(self) -> None:
        while True:
            try:
                swept = await asyncio.to_thread(self._store.sweep, self._rules, datetime.now(UTC))
            except OSError:
                log.exception("the store could not be swept")
            else:
                self._tell(swept)
            await asyncio.sleep(self._every_s)

    def _tell(self, swept: Swept) -> None:
        if swept.removed or swept.leftovers:
            facts = {"tapes": len(swept.removed), "leftovers": swept.leftovers, "bytes": swept.bytes}
            log.info("the store was swept", extra=facts)
        if self._removed is not None:
            for one in swept.removed:
                self._removed(one.id)
