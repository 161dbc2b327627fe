"""Everything the routes need, made once for an application: store, sandbox, engine, and a few loaded tapes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from datetime import UTC, datetime

import msgspec

from tapedeck.jobs import Engine, Job, LocalEngine
from tapedeck.sandbox import Limits, RunOptions, Sandbox, SandboxError
from tapedeck.settings import Settings
from tapedeck.store import DiskStore, Entry, TapeStore, new_id
from tapedeck.tape import Tape, load
from tapedeck.web.models import RecordOptions

log = logging.getLogger(__name__)

LOADED_TAPES = 4


class Service:
    """The application's parts and their life."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store: TapeStore = DiskStore(settings.data_dir)
        self.sandbox = Sandbox(settings.warm_up_s)
        self.engine: Engine = LocalEngine(
            self.sandbox, self.store, concurrency=settings.concurrency, queue=settings.queue
        )
        self.trouble: str | None = None
        self._loaded: OrderedDict[str, Tape] = OrderedDict()
        self._warming: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to warm up; pages are served meanwhile, and programs wait for it."""
        self._warming = asyncio.create_task(self._warm_up(), name="warm up")

    async def close(self) -> None:
        """Stop everything."""
        await self.engine.close()
        await self.sandbox.close()
        if self._warming is not None:
            self._warming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._warming

    async def _warm_up(self) -> None:
        try:
            await self.sandbox.start()
        except (SandboxError, OSError) as error:
            self.trouble = str(error)
            log.error("programs cannot be run: %s", error)

    def new_job(self, source: str, title: str, lesson: str | None, asked: RecordOptions) -> Job:
        """A job with an id of its own, within the service's limits."""
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
            title=title,
            source=source,
            options=asked.model_dump(exclude_none=True),
            origin="lesson" if lesson else "program",
            lesson=lesson,
        )
        return Job(entry, options_of(asked, title), limits)

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


def limits_of(settings: Settings) -> Limits:
    """The limits of one run, where it asks for no lower ones."""
    return Limits(
        time_s=settings.time_limit_s,
        grace_s=settings.grace_s,
        closing_s=settings.closing_s,
        memory_mb=settings.memory_limit_mb,
        output_bytes=settings.output_bytes,
        print_bytes=settings.print_bytes,
        max_events=settings.max_events,
        tape_bytes=settings.tape_bytes,
    )
