"""A runner's sandbox as the web process sees it: the same verbs, over a socket."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import Protocol

from tapedeck.sandbox.forkserver import SandboxError
from tapedeck.sandbox.limits import Job, Limits, RunOptions
from tapedeck.sandbox.outcomes import Died, Failed, Outcome
from tapedeck.sandbox.supervision import OnProgress, Run
from tapedeck.sandbox.talk import Do, Ended, Garbled, Progressed, Standing, Watch, hear_told, say
from tapedeck.sandbox.tidy import Tidy
from tapedeck.tape import TapeError, load

log = logging.getLogger(__name__)

AGAIN_S = 0.25
ABSENT = Standing([], "sandbox: the runner does not answer", False, trouble="the runner does not answer")


class AnySandbox(Protocol):
    """What runs programs, here or elsewhere."""

    trust: bool

    @property
    def restarts(self) -> int:
        """How many fork servers were lost."""
        ...

    @property
    def ready(self) -> bool:
        """Whether a program could be run now."""
        ...

    @property
    def layers(self) -> list[str]:
        """The layers of confinement that are on."""
        ...

    @property
    def standing(self) -> str:
        """In words: what confines a program."""
        ...

    async def start(self) -> None:
        """Wait until programs can be run; raises `SandboxError` when that will not be."""
        ...

    async def close(self) -> None:
        """Stop everything."""
        ...

    async def run(
        self,
        source: str,
        options: RunOptions | None = None,
        limits: Limits | None = None,
        on_progress: OnProgress | None = None,
    ) -> Run:
        """Run and record one program; cancelling kills it."""
        ...


async def trouble_with(sandbox: AnySandbox) -> str | None:
    """Warm a sandbox up, and say in the log how it stands; why programs cannot be run, if they cannot."""
    try:
        await sandbox.start()
    except (SandboxError, OSError) as error:
        log.error("programs cannot be run: %s", error)
        return str(error)
    log.info("%s", sandbox.standing)
    return None


class RemoteSandbox:
    """The sandbox of the runner that listens on a unix socket; it may come and go."""

    trust = False

    def __init__(self, path: Path, within_s: float) -> None:
        self._path = path
        self._within_s = within_s
        self._tidy = Tidy()
        self._told = ABSENT
        self._changed = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    @property
    def restarts(self) -> int:
        """How many fork servers the runner has lost."""
        return self._told.restarts

    @property
    def ready(self) -> bool:
        """Whether the runner is there and warm."""
        return self._told.ready

    @property
    def layers(self) -> list[str]:
        """The layers of confinement that are on there."""
        return self._told.layers

    @property
    def standing(self) -> str:
        """In words: what confines a program there."""
        return self._told.standing

    async def start(self) -> None:
        """Wait for the runner to be warm; raises `SandboxError` when it says that it cannot, or says nothing."""
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch(), name="runner")
        try:
            async with asyncio.timeout(self._within_s):
                while not self.ready:
                    if self._told is not ABSENT and self._told.trouble is not None:
                        raise SandboxError(self._told.trouble)
                    changed = self._changed
                    await changed.wait()
        except TimeoutError:
            raise SandboxError(f"{self._told.standing} on {self._path}") from None

    async def close(self) -> None:
        """Let go of the runner, which goes on."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def run(
        self,
        source: str,
        options: RunOptions | None = None,
        limits: Limits | None = None,
        on_progress: OnProgress | None = None,
    ) -> Run:
        """Have the runner run one program. Never raises for anything that the program does, or the runner.

        A runner that is not there is waited for, and one that is lost is asked once more: programs there are confined,
        so what they do twice they do to nobody.
        """
        job = Job(source, options or RunOptions(), limits or Limits())
        try:
            for _ in range(2):
                with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                    return await self._ask(job, on_progress)
        except OSError as error:
            return Run(Failed(f"The runner does not answer: {error}"))
        except Garbled as error:
            return Run(Failed(f"What the runner said is not in the protocol: {error}"))
        finally:
            self._tidy.soon()
        return Run(Failed("The runner ended while this was being recorded."))

    async def _ask(self, job: Job, on_progress: OnProgress | None) -> Run:
        reader, writer = await self._connect()
        with contextlib.closing(writer):
            say(writer, Do(job))
            await writer.drain()
            return await _heard(reader, job.limits, on_progress)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the runner, which may be on its way back."""
        deadline = asyncio.get_running_loop().time() + self._within_s
        while True:
            try:
                return await asyncio.open_unix_connection(self._path, limit=1 << 20)
            except OSError as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise OSError(f"{self._path}: {error.strerror}") from None
            await asyncio.sleep(AGAIN_S)

    async def _watch(self) -> None:
        """Keep knowing how the runner is."""
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, Garbled):
                reader, writer = await asyncio.open_unix_connection(self._path)
                with contextlib.closing(writer):
                    say(writer, Watch())
                    while True:
                        told = await hear_told(reader)
                        if isinstance(told, Standing):
                            self._note(told)
            self._note(ABSENT)
            await asyncio.sleep(AGAIN_S)

    def _note(self, told: Standing) -> None:
        self._told = told
        self._changed.set()
        self._changed = asyncio.Event()


async def _heard(reader: asyncio.StreamReader, limits: Limits, on_progress: OnProgress | None) -> Run:
    """What the runner says of one run, to its end."""
    while True:
        match await hear_told(reader):
            case Progressed(events, line):
                if on_progress is not None:
                    on_progress(events, line)
            case Ended(outcome, size):
                if size > limits.tape_bytes:
                    raise Garbled(f"a tape of {size:,} bytes")
                return await _run(outcome, await reader.readexactly(size))
            case Standing():
                raise Garbled("a standing, in a run")


async def _run(outcome: Outcome, data: bytes) -> Run:
    """The run, with its tape read here, too: it comes from a child in the end."""
    if not data:
        return Run(outcome)
    try:
        return Run(outcome, await asyncio.to_thread(load, data), data)
    except TapeError as error:
        return Run(Died(f"The program's process damaged its own recording: its tape cannot be read ({error})."))
