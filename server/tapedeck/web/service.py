"""Everything the routes need, made once for an application: store, sandbox, engine, and a few loaded tapes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any

import msgspec

from tapedeck.jobs import Engine, Janitor, Job, LocalEngine
from tapedeck.sandbox import RunOptions, limits_of, sandbox_of, trouble_with
from tapedeck.settings import MEGABYTE, Settings
from tapedeck.store import DiskStore, Entry, Retention, TapeStore, new_id
from tapedeck.tape import Tape, load
from tapedeck.web.metrics import Metrics
from tapedeck.web.models import RecordOptions

log = logging.getLogger(__name__)

LOADED_TAPES = 4


class Service:
    """The application's parts and their life."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.store: TapeStore = open_store(settings)
        self.sandbox = sandbox_of(settings)
        self.engine: Engine = LocalEngine(
            self.sandbox,
            self.store,
            concurrency=settings.concurrency,
            queue=settings.queue,
            per_client=share_of(settings),
            observe=self._ended,
        )
        self._janitor = Janitor(self.store, retention(settings), removed=self.forget)
        self.metrics.watch(self.engine, self.sandbox, self.store)
        self.trouble: str | None = None
        self.warmed = asyncio.Event()
        self._loaded: OrderedDict[str, Tape] = OrderedDict()
        self._warming: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to warm up; pages are served meanwhile, and programs wait for it."""
        self._warming = asyncio.create_task(self.engine.resume(self._warm_up()), name="warm up")
        self._janitor.open()

    async def close(self) -> None:
        """Stop everything."""
        await self._janitor.close()
        await self.engine.close(self.settings.shutdown_s / 2)
        await self.sandbox.close()
        if self._warming is not None:
            self._warming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._warming
        await asyncio.to_thread(self.store.close)

    async def _warm_up(self) -> None:
        try:
            self.trouble = await trouble_with(self.sandbox)
        finally:
            self.warmed.set()

    def _ended(self, entry: Entry, status: str, waited_s: float, ran_s: float) -> None:
        self.metrics.run_ended(entry, status, waited_s, ran_s)
        facts = {"tape": entry.id, "status": status, "waited_s": round(waited_s, 3), "ran_s": round(ran_s, 3)}
        log.info("run ended", extra=facts)

    def new_job(self, source: str, asked: RecordOptions, client: str, **about: Any) -> Job:
        """A job with an id of its own, within the service's limits; ``about`` is what its entry says beside that."""
        own = limits_of(self.settings)
        limits = msgspec.structs.replace(
            own,
            time_s=min(asked.time_limit_s or own.time_s, own.time_s),
            memory_mb=min(asked.memory_limit_mb or own.memory_mb, own.memory_mb),
            max_events=min(asked.max_events or own.max_events, own.max_events),
        )
        entry = Entry(
            id=new_id(),
            created=now(),
            source=source,
            options=asked.model_dump(exclude_none=True),
            origin="lesson" if about.get("lesson") else "program",
            **about,
        )
        return Job(entry, options_of(asked, entry.title), limits, client)

    async def loaded(self, id: str) -> Tape | None:
        """The tape itself, kept for the next question; ``None`` when there is none."""
        if id in self._loaded:
            self._loaded.move_to_end(id)
            return self._loaded[id]
        data = await asyncio.to_thread(self.store.part, id, "run.tape")
        if data is None:
            return None
        tape = self._loaded[id] = await asyncio.to_thread(load, data)
        while len(self._loaded) > LOADED_TAPES:
            self._loaded.popitem(last=False)
        return tape

    def forget(self, id: str) -> None:
        """Let go of a deleted tape."""
        self._loaded.pop(id, None)


def share_of(settings: Settings) -> int | None:
    """How many programs one client may have running and waiting; ``None``: as many as there is room for."""
    if settings.per_client is not None or not settings.public:
        return settings.per_client
    return max(2, (settings.concurrency + settings.queue) // 4)


def open_store(settings: Settings) -> DiskStore:
    """The tapes of this machine, under its quota."""
    quota = None if settings.store_mb is None else settings.store_mb * MEGABYTE
    return DiskStore(settings.data_dir, max_bytes=quota, reserve_bytes=settings.reserve_mb * MEGABYTE)


def retention(settings: Settings) -> Retention:
    """How long, how many and how much is kept."""
    most = None if settings.keep_mb is None else settings.keep_mb * MEGABYTE
    return Retention(settings.keep_days, settings.keep_tapes, most)


def now() -> str:
    """The time, as kept on entries."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def options_of(asked: RecordOptions, title: str) -> RunOptions:
    """How one run is recorded."""
    return RunOptions(
        values=asked.values,
        seed=asked.seed,
        title=title,
        mode=asked.mode,
        wrt=None if asked.wrt is None else tuple(asked.wrt),
        aten=asked.aten,
        fake=asked.fake,
    )
