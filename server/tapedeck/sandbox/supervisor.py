"""The supervisor: keeps a warm fork server and parked children, and gives each program to one of them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection

from tapedeck.sandbox.confine import LAYERS
from tapedeck.sandbox.forkserver import ForkServer, Lost, SandboxError
from tapedeck.sandbox.limits import Job, Limits, RunOptions
from tapedeck.sandbox.outcomes import Failed
from tapedeck.sandbox.seats import Parking, Seat
from tapedeck.sandbox.supervision import OnProgress, Run, Supervision
from tapedeck.sandbox.tidy import Tidy

log = logging.getLogger(__name__)

WARM_UP_S = 60.0
MOST_RUNS = 1_000
MOST_AGE_S = 3_600.0
"""After so many children or so long a fork server is replaced, so that nothing that grows in it grows for ever."""

AGAIN_S = 5.0
"""After so long a fork server that could not be replaced is tried for again."""


class Sandbox:
    """Runs programs in children of one warm fork server, which is replaced when it is lost and when it is old.

    ``usual`` are the limits that most jobs have: for those, ``parked`` children wait. ``trust`` runs the user's own
    programs with no layer around them; ``without`` leaves layers out, to see what the others hold.
    """

    def __init__(
        self,
        warm_up_s: float = WARM_UP_S,
        *,
        trust: bool = False,
        usual: Limits | None = None,
        parked: int = 1,
        without: Collection[str] = (),
        most_runs: int = MOST_RUNS,
    ) -> None:
        self.trust = trust
        self.restarts = 0
        self.recycled = 0
        self._warm_up_s = warm_up_s
        self._usual = usual or Limits()
        self._parked = parked
        self._without = tuple(without)
        self._most_runs = most_runs
        self._server: ForkServer | None = None
        self._parking: Parking | None = None
        self._since = 0.0
        self._starting: asyncio.Task[ForkServer] | None = None
        self._recycling: asyncio.Task[None] | None = None
        self._tidy = Tidy()
        self._closed = False

    @property
    def ready(self) -> bool:
        """Whether a warm fork server stands by."""
        return self._server is not None and self._server.alive

    @property
    def layers(self) -> list[str]:
        """The layers of confinement that are on."""
        return self._server.ready.layers if self._server is not None and self._server.ready is not None else []

    @property
    def standing(self) -> str:
        """In words: what confines a program here."""
        return standing(self.layers, self.trust, self.ready)

    @property
    def zygote_pid(self) -> int | None:
        """The fork server's process id."""
        return self._server.pid if self._server is not None else None

    async def start(self) -> None:
        """Warm the fork server up; raises `SandboxError` when it cannot work here."""
        await self._fork_server()

    async def close(self) -> None:
        """End the fork server, and with it everything that runs."""
        self._closed = True
        for task in (self._starting, self._recycling):
            if task is not None and not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._parking is not None:
            self._parking.close()
        if self._server is not None:
            self._server.close()

    async def run(
        self,
        source: str,
        options: RunOptions | None = None,
        limits: Limits | None = None,
        on_progress: OnProgress | None = None,
    ) -> Run:
        """Run and record one program.

        Never raises for anything the program does; `Failed` is our own failure. Cancelling the task kills the
        child at once and raises ``CancelledError``.
        """
        job = Job(source, options or RunOptions(), limits or self._usual)
        try:
            try:
                return await Supervision(job, on_progress).run(await self._seat(job.limits))
            except Lost:
                if self.trust:  # its deeds are real, and not to be done twice
                    raise
                return await Supervision(job, on_progress).run(await self._seat(job.limits))
        except (SandboxError, OSError) as error:
            return Run(Failed(f"The sandbox failed: {error}"))
        finally:
            self._tidy.soon()

    async def _seat(self, limits: Limits) -> Seat:
        await self._fork_server()
        assert self._parking is not None
        seat = await self._parking.take(limits)
        self._parking.fill()
        self._recycle()
        return seat

    async def _fork_server(self) -> ForkServer:
        if self._closed:
            raise SandboxError("it is closed")
        if self._server is not None and self._server.alive:
            return self._server
        # Shielded: who gives up waiting does not take it from the others.
        return await asyncio.shield(self._begin_replacing())

    def _begin_replacing(self) -> asyncio.Task[ForkServer]:
        if self._starting is None or self._starting.done():
            self._starting = asyncio.create_task(self._replace(), name="fork server")
        return self._starting

    async def _replace(self) -> ForkServer:
        self.restarts += self._server is not None
        server = self._server = self._new_server()
        try:
            await server.start(self._warm_up_s)
        except (SandboxError, OSError):
            if self._parking is not None:  # one of them worked, so the next one may
                asyncio.get_running_loop().call_later(AGAIN_S, self._lost, server)
            raise
        self._stand_by(server)
        return server

    def _new_server(self) -> ForkServer:
        server = ForkServer(self.trust, self._without, lambda: self._lost(server))
        return server

    def _lost(self, server: ForkServer) -> None:
        """The fork server that was asked is gone: the next one is there before it is needed."""
        if server is self._server and not self._closed:
            self._begin_replacing().add_done_callback(_noted)

    def _stand_by(self, server: ForkServer) -> None:
        """This fork server is the one that is asked from now on."""
        before, self._server = self._parking, server
        self._parking = Parking(server, self._usual, self._parked)
        self._since = time.monotonic()
        if before is not None:
            before.close()
        self._parking.fill()

    def _recycle(self) -> None:
        """Begin to replace a fork server that is old; it goes when the new one is warm and its last child gone."""
        server = self._server
        old = time.monotonic() - self._since > MOST_AGE_S
        if server is None or not (server.began >= self._most_runs or old):
            return
        if self._recycling is None or self._recycling.done():
            self._recycling = asyncio.create_task(self._succeed(server), name="new fork server")

    async def _succeed(self, before: ForkServer) -> None:
        after = self._new_server()
        try:
            await after.start(self._warm_up_s)
        except (SandboxError, OSError):
            return  # the old one goes on, and the next run tries again
        except asyncio.CancelledError:
            after.close()
            raise
        if self._closed or self._server is not before:
            after.close()
            return
        self.recycled += 1
        self._stand_by(after)
        try:
            while not before.idle:
                await asyncio.sleep(0.1)
        finally:
            before.close()


def _noted(replacing: asyncio.Task[ForkServer]) -> None:
    if not replacing.cancelled() and (error := replacing.exception()) is not None:
        log.error("the fork server could not be replaced: %s", error)


def standing(layers: list[str], trust: bool, ready: bool) -> str:
    """In words: what confines a program."""
    if trust:
        return "sandbox: none, programs are trusted"
    if not ready:
        return "sandbox: not ready"
    if tuple(layers) == LAYERS:
        return "sandbox: full"
    if "seccomp" in layers:
        return "sandbox: full, programs cannot open files"
    return f"sandbox: {', '.join(layers)} only"
