"""One run, seen from outside: listen to the child, enforce what it cannot be trusted to enforce, and judge."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from tapedeck.sandbox.confine import MEGABYTE
from tapedeck.sandbox.forkserver import Child, Lost
from tapedeck.sandbox.frames import (
    BEGUN,
    DONE,
    ENDING,
    PROGRESS,
    SMALL,
    TAPE,
    BrokenStream,
    Frames,
    decode_ending,
    decode_progress,
)
from tapedeck.sandbox.limits import Job, Limits
from tapedeck.sandbox.outcomes import Outcome
from tapedeck.sandbox.pipes import CHUNK, Pipes
from tapedeck.sandbox.seats import Seat
from tapedeck.sandbox.signals import SIGNAL_OUTPUT, SIGNAL_TRACE
from tapedeck.sandbox.verdict import Evidence, KillReason, judge
from tapedeck.tape import Tape, TapeError, load
from tapedeck.tape.check import SHAPE, check
from tapedeck.tape.events import Print

OnProgress = Callable[[int, int | None], None]
"""Called with the number of events so far and the line of the last one."""

TRACE_S = 0.1
OUTPUT_GRACE_S = 0.3
LAST_FRAME_S = 0.25
GONE_S = 2.0
WEIGH_S = 0.05
LEFT_IN_PIPE = 1 << 20
"""Output that may still come when a program says it has ended: more than a pipe holds."""

UNPACKED = 200
"""How many times its size a tape may unpack to; that of a loop over one large tensor comes to 90."""

LEAST_UNPACKED = 64 * MEGABYTE


class Run(msgspec.Struct, frozen=True):
    """What came of a run: always an outcome, and a tape wherever there is anything to see."""

    outcome: Outcome
    tape: Tape | None = None
    data: bytes | None = None


class Supervision:
    """One run, seen from outside."""

    def __init__(self, job: Job, on_progress: OnProgress | None) -> None:
        self._job = job
        self._evidence = Evidence(job.source, job.limits)
        self._on_progress = on_progress
        self._output_left = job.limits.output_bytes
        self._data: bytes | None = None
        self._done = False
        self._after_the_end = 0

    async def run(self, seat: Seat) -> Run:
        """Give the job to the child of a seat, which is used up by it.

        Raises `Lost` where the fork server went before it had ended, and with it the child, and where the child was
        gone before it began (the kernel took it while it was parked).
        """
        try:
            try:
                await self._supervise(seat.child, seat.pipes)
            finally:
                seat.child.kill()
            await self._bury(seat.child)
            self._evidence.trace = seat.pipes.read_trace()
        finally:
            seat.close()
        evidence = self._evidence
        if evidence.exited is None and evidence.killed is None and not self._done:
            raise Lost("the fork server ended while this was being recorded")
        if not evidence.begun and evidence.killed is None and evidence.ending is None:
            raise Lost("the child was gone before it began")
        await self._load()
        return Run(judge(self._evidence), self._evidence.tape, self._data if self._evidence.tape else None)

    async def _supervise(self, child: Child, pipes: Pipes) -> None:
        loop = asyncio.get_running_loop()
        reader = await pipes.reader()
        loop.add_reader(pipes.output, self._drain, pipes.output, child)
        feeding = asyncio.create_task(_feed(pipes, msgspec.msgpack.encode(self._job)))
        watching = asyncio.create_task(self._weigh(child))
        listening = asyncio.create_task(self._listen(Frames(reader, self._job.limits.tape_bytes)))
        try:
            await self._watch(child, listening)
        finally:
            loop.remove_reader(pipes.output)
            for task in (feeding, watching, listening):
                task.cancel()
            await asyncio.gather(feeding, watching, listening, return_exceptions=True)

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
        _ask_where(child)
        await asyncio.wait([listening], timeout=TRACE_S)

    async def _weigh(self, child: Child) -> None:
        """Kill a child that holds more memory than it may, however it came to it."""
        before = child.resident()
        most = before + self._job.limits.memory_mb * 3 // 2 * MEGABYTE
        while self._job.limits.memory_mb:
            await asyncio.sleep(WEIGH_S)
            if child.resident() > most:
                self._put_an_end(child, "out_of_memory")
                return

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
                if kind == BEGUN:
                    evidence.begun = True
                elif kind == PROGRESS:
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
        if self._evidence.ending is not None:
            self._after_the_end += len(data)
            if self._after_the_end > LEFT_IN_PIPE:
                self._put_an_end(child, "too_much_output")
        before = self._output_left
        self._output_left = before - len(data)
        if before >= 0 > self._output_left:
            child.signal(SIGNAL_OUTPUT)
            asyncio.get_running_loop().call_later(OUTPUT_GRACE_S, self._unstopped, child)

    def _unstopped(self, child: Child) -> None:
        if self._evidence.ending is None:
            self._put_an_end(child, "too_much_output")

    def _put_an_end(self, child: Child, reason: KillReason) -> None:
        """Kill a child that does not keep to its limits, once it has had the time to say where it is."""
        if self._evidence.killed is None and not child.exited.done():
            self._evidence.killed = reason
            _ask_where(child)
            asyncio.get_running_loop().call_later(TRACE_S, child.kill)

    async def _bury(self, child: Child) -> None:
        with contextlib.suppress(TimeoutError):
            self._evidence.exited = await asyncio.wait_for(asyncio.shield(child.exited), GONE_S)

    async def _load(self) -> None:
        if self._data is None:
            return
        try:
            self._evidence.tape = await asyncio.get_running_loop().run_in_executor(
                _readers, read_forged, self._data, self._job.limits
            )
        except TapeError as error:
            self._evidence.broken = f"its tape cannot be read ({error})"


_readers = ThreadPoolExecutor(2, "tape")
"""Threads that read tapes: few, because each thread keeps the memory that it once needed."""


def read_forged(data: bytes, limits: Limits) -> Tape:
    """The tape that a child sent, which may be anything; raises `TapeError` for what breaks a limit or a reader."""
    most = min(max(UNPACKED * len(data), LEAST_UNPACKED), 4 * limits.tape_bytes)
    tape = load(data, most=most, most_events=limits.max_events + limits.max_events // 10 + 1_000)
    broken = check(tape, SHAPE)
    if broken:
        raise TapeError(f"it is not sound: {broken[0]}")
    printed = sum(len(event.text) for event in tape.events if isinstance(event, Print))
    if printed > limits.print_bytes + SMALL:
        raise TapeError(f"it holds {printed:,} characters of output")
    return tape


def _ask_where(child: Child) -> None:
    """Have a child that is about to be killed say where it is; one that has stopped itself goes on for that."""
    child.signal(signal.SIGCONT)
    child.signal(SIGNAL_TRACE)


async def _feed(pipes: Pipes, data: bytes) -> None:
    """Write the job to the child in a thread: a large program does not fit into a pipe.

    The end of the pipe is taken only when this runs, and the writing is shielded: cancelled or not, whoever owns the
    end closes it.
    """
    file = pipes.take_job()

    def write() -> None:
        with contextlib.suppress(OSError), file:
            file.write(data)

    await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, write))
