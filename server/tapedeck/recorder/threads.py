"""Threads that the program starts while it is recorded are recorded too.

torch's modes are per thread, so a new thread gets the op tap of its own and its own stacks (`Strand`). A thread that
was there before the recording began, or that was started below ``threading.Thread``, is not seen.
"""

from __future__ import annotations

import functools
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tapedeck.recorder.strand import Strand

if TYPE_CHECKING:
    from tapedeck.recorder.recording import Recording

Current = Callable[[], "Recording | None"]
Patch = tuple[Any, str, Callable[[Any], Any]]

_here: dict[int, Recorded] = {}
"""The threads that are recorded because a recorded thread started them."""

_started: weakref.WeakKeyDictionary[threading.Thread, Recording] = weakref.WeakKeyDictionary()


def patches(current: Current) -> Iterator[Patch]:
    """``Thread.start`` notes who starts a thread, and the thread itself begins in ``_bootstrap_inner``."""
    yield threading.Thread, "start", functools.partial(_start, current)
    yield threading.Thread, "_bootstrap_inner", _run


def _start(current: Current, original: Any) -> Any:
    @functools.wraps(original)
    def start(self: threading.Thread) -> None:
        recording = current()
        if recording is not None:
            _started[self] = recording
        original(self)

    return start


def _run(original: Any) -> Any:
    @functools.wraps(original)
    def _bootstrap_inner(self: threading.Thread) -> None:
        recording = _started.pop(self, None)
        if recording is None or not recording.log.open:
            original(self)
            return
        with Recorded(recording):
            original(self)

    return _bootstrap_inner


class Recorded:
    """The thread that enters this block is recorded until it leaves it, or the recording ends."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    @property
    def open(self) -> bool:
        """Whether the recording still runs."""
        return self._recording.log.open

    def __enter__(self) -> None:
        from tapedeck.recorder import taps

        log = self._recording.log
        with log.lock:
            log.threads += 1
            log.strands[threading.get_ident()] = Strand(log.threads)
            taps.join(self._recording)
            _here[threading.get_ident()] = self
        self._recording.mode.__enter__()  # type: ignore[no-untyped-call]

    def __exit__(self, *error: Any) -> None:
        from tapedeck.recorder import taps

        self._recording.mode.__exit__(*error)  # type: ignore[no-untyped-call]
        log = self._recording.log
        with log.lock:
            _here.pop(threading.get_ident(), None)
            log.strands.pop(threading.get_ident(), None)
            taps.part(self._recording)


def suspend() -> Recorded | None:
    """A thread that a recorded one started begins a recording of its own: until it ends, only that one records it."""
    outer = _here.get(threading.get_ident())
    if outer is not None:
        outer.__exit__(None, None, None)
    return outer


def resume(outer: Recorded | None) -> None:
    """The thread's own recording has ended."""
    if outer is not None and outer.open:
        outer.__enter__()
