"""What stops a program at its own line, from inside its process, so that the tape so far can be kept.

A stop is an exception (`Stopped`) raised by a signal handler between two bytecodes of the program. It derives from
``BaseException``, and is raised again every 100 ms for as long as the program swallows it. What cannot be
stopped so (a program stuck in C) is killed from outside by the supervisor.
"""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import posix
import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

import tapedeck.recorder
from tapedeck.recorder import Stopped
from tapedeck.sandbox.confine import MEGABYTE
from tapedeck.sandbox.limits import PROGRAM
from tapedeck.sandbox.signals import SIGNAL_OUTPUT

AGAIN_S = 0.1
SOON_S = 0.002
MOST_DEFERRALS = 100
SPARE_BYTES = 48 * MEGABYTE
RECORDER = str(Path(tapedeck.recorder.__file__).parent) + os.sep


class Guard:
    """Stops the program for the first reason that comes up.

    ``line`` is where it was then, and ``exit_code`` what it called ``os._exit`` with.
    """

    def __init__(self, time_s: float, leave: Callable[[int], NoReturn]) -> None:
        self.reason: str | None = None
        self.exit_code: int | None = None
        self.line: int | None = None
        self._time_s = time_s
        self._leave = leave
        self._pid = os.getpid()
        self._armed = False
        self._deferrals = 0
        self._spare: mmap.mmap | None = mmap.mmap(-1, SPARE_BYTES)

    def arm(self) -> None:
        """From here on the program may be stopped."""
        self._armed = True
        reasons = {signal.SIGALRM: "timed_out", signal.SIGXCPU: "timed_out", SIGNAL_OUTPUT: "too_much_output"}
        for number, reason in reasons.items():
            signal.signal(number, partial(self._interrupt, reason))
        os._exit = posix._exit = self._exit
        os.register_at_fork(after_in_child=self._forked)
        signal.setitimer(signal.ITIMER_REAL, self._time_s, AGAIN_S)

    def disarm(self) -> None:
        """The program is over; nothing interrupts the building of its tape: no signal, and no looking for garbage."""
        self._armed = False
        gc.disable()
        signal.setitimer(signal.ITIMER_REAL, 0)

    @property
    def in_own_process(self) -> bool:
        """False in a process that the program forked."""
        return os.getpid() == self._pid

    def stop(self, reason: str) -> None:
        """Stop the program now (from its main thread) or within moments (from another of its threads)."""
        self.reason = self.reason or reason
        if threading.current_thread() is not threading.main_thread():
            signal.setitimer(signal.ITIMER_REAL, SOON_S, AGAIN_S)
            return
        signal.setitimer(signal.ITIMER_REAL, AGAIN_S, AGAIN_S)
        raise Stopped(self.reason)

    def release_spare(self) -> None:
        """Give back memory that was kept for building the tape of a program that used all of its own."""
        if self._spare is not None:
            self._spare.close()
            self._spare = None

    def _interrupt(self, reason: str, _: int, frame: FrameType | None) -> None:
        if not self._armed:
            return
        if self.reason is None:
            self.reason, self.line = reason, _line_of(frame)
        inside = frame is not None and frame.f_code.co_filename.startswith(RECORDER)
        if inside and self._deferrals < MOST_DEFERRALS:
            # The recorder is between two of its own steps; the program's own line is a moment away.
            self._deferrals += 1
            signal.setitimer(signal.ITIMER_REAL, SOON_S, AGAIN_S)
            return
        self.stop(self.reason)

    def _exit(self, status: int) -> NoReturn:
        if not (self._armed and self.in_own_process):
            self._leave(status)
        self.exit_code = status
        self.stop("exited")
        while True:  # in another thread: the main one is being stopped
            signal.pause()

    def _forked(self) -> None:
        self._armed = False
        with contextlib.suppress(OSError):
            os.close(3)


def _line_of(frame: FrameType | None) -> int | None:
    """The line of the program that is being run in a frame, or in the innermost one around it that is the program's."""
    while frame is not None and frame.f_code.co_filename != PROGRAM:
        frame = frame.f_back
    return None if frame is None else frame.f_lineno
