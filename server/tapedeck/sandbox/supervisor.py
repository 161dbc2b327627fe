"""The supervisor: gives a job to a child, listens, enforces what the child cannot be trusted to enforce, and judges."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import IO

import msgspec

from tapedeck.sandbox.forkserver import Child, ForkServer, NotStarted, SandboxError
from tapedeck.sandbox.frames import (
    DONE,
    ENDING,
    PROGRESS,
    TAPE,
    BrokenStream,
    Frames,
    decode_ending,
    decode_progress,
)
from tapedeck.sandbox.limits import Job, Limits, RunOptions
from tapedeck.sandbox.outcomes import Failed, Outcome
from tapedeck.sandbox.signals import SIGNAL_OUTPUT, SIGNAL_TRACE
from tapedeck.sandbox.verdict import Evidence, judge
from tapedeck.tape import Tape, TapeError, load

OnProgress = Callable[[int, int | None], None]
"""Called with the number of events so far and the line of the last one."""

WARM_UP_S = 60.0
TRACE_S = 0.1
OUTPUT_GRACE_S = 0.3
LAST_FRAME_S = 0.25
GONE_S = 2.0
CHUNK = 65_536


class Run(msgspec.Struct, frozen=True):
    """What came of a run: always an outcome, and a tape wherever there is anything to see."""

    outcome: Outcome
    tape: Tape | None = None
    data: bytes | None = None


class Sandbox:
    """Runs programs in children of one warm fork server, which is replaced whenever it is lost."""

    def __init__(self, warm_up_s: float = WARM_UP_S, *, trust: bool = False) -> None:
        self._warm_up_s = warm_up_s
        self.trust = trust
        self._server: ForkServer | None = None
        self._starting: asyncio.Task[ForkServer] | None = None
        self._closed = False
        self.restarts = 0

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
        return f"sandbox: {', '.join(self.layers) or 'not started'}"

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
        job = Job(source, options or RunOptions(), limits or Limits())
        try:
            try:
                return await _Supervision(job, on_progress).run(await self._fork_server())
            except NotStarted:
                return await _Supervision(job, on_progress).run(await self._fork_server())
        except (SandboxError, OSError) as error:
            return Run(Failed(f"The sandbox failed: {error}"))

    async def _fork_server(self) -> ForkServer:
        if self._closed:
            raise SandboxError("it is closed")
        if self._server is not None and self._server.alive:
            return self._server
        if self._starting is None or self._starting.done():
            self._starting = asyncio.create_task(self._replace(), name="fork server")
        # Shielded: who gives up waiting does not take it from the others.
        return await asyncio.shield(self._starting)

    async def _replace(self) -> ForkServer:
        self.restarts += self._server is not None
        self._server = ForkServer()
        await self._server.start(self._warm_up_s)
        return self._server


class _Supervision:
    """One run, seen from outside."""

    def __init__(self, job: Job, on_progress: OnProgress | None) -> None:
        self._job = job
        self._evidence = Evidence(job.source, job.limits)
        self._on_progress = on_progress
        self._output_left = job.limits.output_bytes
        self._data: bytes | None = None
        self._done = False

    async def run(self, server: ForkServer) -> Run:
        with _Pipes() as pipes:
            child = await server.spawn(self._job.limits, pipes.theirs())
            try:
                pipes.close_theirs()
                await self._supervise(child, pipes)
            finally:
                child.kill()
            await self._bury(child)
            self._evidence.trace = pipes.read_trace()
        await self._load()
        return Run(judge(self._evidence), self._evidence.tape, self._data if self._evidence.tape else None)

    async def _supervise(self, child: Child, pipes: _Pipes) -> None:
        loop = asyncio.get_running_loop()
        reader = await pipes.reader()
        loop.add_reader(pipes.output, self._drain, pipes.output, child)
        feeding = asyncio.create_task(_feed(pipes, msgspec.msgpack.encode(self._job)))
        listening = asyncio.create_task(self._listen(Frames(reader, self._job.limits.tape_bytes)))
        try:
            await self._watch(child, listening)
        finally:
            loop.remove_reader(pipes.output)
            for task in (feeding, listening):
                task.cancel()
            await asyncio.gather(feeding, listening, return_exceptions=True)

    async def _watch(self, child: Child, listening: asyncio.Task[None]) -> None:
        """Wait for the result, as long as the limits allow."""
        limits, evidence = self._job.limits, self._evidence
        await asyncio.wait([listening], timeout=limits.hard_time_s)
        if listening.done():
            await self._see_off(child)
            return
        if evidence.ending is not None:
            await asyncio.wait([listening], timeout=limits.closing_s)
            if not listening.done():
                evidence.killed = evidence.killed or "closing"
            return
        evidence.killed = evidence.killed or "timed_out"
        child.signal(SIGNAL_TRACE)
        await asyncio.wait([listening], timeout=TRACE_S)

    async def _see_off(self, child: Child) -> None:
        """The child has said its last word: done, or (when it said nothing) it is on its way out."""
        if self._done or self._evidence.broken:
            return
        await asyncio.wait([child.exited], timeout=LAST_FRAME_S)
        if not child.exited.done() and self._evidence.killed is None:
            self._evidence.broken = "it closed its result pipe"

    async def _listen(self, frames: Frames) -> None:
        evidence = self._evidence
        try:
            while (received := await frames.next()) is not None:
                kind, body = received
                if kind == PROGRESS:
                    evidence.progress = decode_progress(body)
                    if self._on_progress is not None:
                        span = evidence.progress.span
                        self._on_progress(evidence.progress.events, span[1] if span else None)
                elif kind == ENDING:
                    evidence.ending = decode_ending(body)
                elif kind == TAPE:
                    self._data = body
                elif kind == DONE:
                    self._done = True
                    return
        except BrokenStream as error:
            evidence.broken = str(error)

    def _drain(self, descriptor: int, child: Child) -> None:
        """Count what the program writes past the recorder; keep none of it."""
        try:
            data = os.read(descriptor, CHUNK)
        except BlockingIOError:
            return
        if not data:
            asyncio.get_running_loop().remove_reader(descriptor)
            return
        before = self._output_left
        self._output_left = before - len(data)
        if before >= 0 > self._output_left:
            child.signal(SIGNAL_OUTPUT)
            asyncio.get_running_loop().call_later(OUTPUT_GRACE_S, self._flooded, child)

    def _flooded(self, child: Child) -> None:
        if self._evidence.ending is None and not child.exited.done():
            self._evidence.killed = self._evidence.killed or "too_much_output"
            child.signal(SIGNAL_TRACE)
            asyncio.get_running_loop().call_later(TRACE_S, child.kill)

    async def _bury(self, child: Child) -> None:
        with contextlib.suppress(TimeoutError):
            self._evidence.exited = await asyncio.wait_for(asyncio.shield(child.exited), GONE_S)

    async def _load(self) -> None:
        if self._data is None:
            return
        try:
            self._evidence.tape = await asyncio.to_thread(load, self._data)
        except TapeError as error:
            self._evidence.broken = f"its tape cannot be read ({error})"


async def _feed(pipes: _Pipes, data: bytes) -> None:
    """Write the job to the child in a thread: a large program does not fit into a pipe.

    The end of the pipe is taken only when this runs, and the writing is shielded: cancelled or not, whoever owns the
    end closes it.
    """
    file = pipes.take_job()

    def write() -> None:
        with contextlib.suppress(OSError), file:
            file.write(data)

    await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, write))


class _Pipes:
    """The four pipes of one run; what has been opened is closed, whatever happens."""

    def __init__(self) -> None:
        self.job_out, self.job_in = os.pipe()
        self.result, self.result_in = os.pipe()
        self.output, self.output_in = os.pipe()
        self.trace, self.trace_in = os.pipe()
        self._open = {
            self.job_out,
            self.job_in,
            self.result,
            self.result_in,
            self.output,
            self.output_in,
            self.trace,
            self.trace_in,
        }
        self._transport: asyncio.BaseTransport | None = None
        for descriptor in (self.output, self.trace, self.trace_in):
            os.set_blocking(descriptor, False)

    def __enter__(self) -> _Pipes:
        return self

    def __exit__(self, *_: object) -> None:
        if self._transport is not None:
            self._transport.close()
        for descriptor in list(self._open):
            self._close(descriptor)

    def theirs(self) -> list[int]:
        """The child's ends, in the order in which it expects them."""
        return [self.job_out, self.result_in, self.output_in, self.trace_in]

    def close_theirs(self) -> None:
        """Let go of the child's ends, so that their closing can be seen."""
        for descriptor in self.theirs():
            self._close(descriptor)

    def take_job(self) -> IO[bytes]:
        """Our end of the job pipe, for its new owner to close."""
        self._open.discard(self.job_in)
        return os.fdopen(self.job_in, "wb")

    async def reader(self) -> asyncio.StreamReader:
        """A stream of what comes from the result pipe."""
        self._open.discard(self.result)
        reader = asyncio.StreamReader(limit=256 * 1024)
        file = os.fdopen(self.result, "rb", buffering=0)  # the transport closes it
        self._transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), file
        )
        return reader

    def read_trace(self) -> str:
        """What ``faulthandler`` wrote."""
        with contextlib.suppress(BlockingIOError):
            return os.read(self.trace, CHUNK).decode("utf-8", "replace")
        return ""

    def _close(self, descriptor: int) -> None:
        self._open.discard(descriptor)
        with contextlib.suppress(OSError):
            os.close(descriptor)
