"""What one recording has gathered so far: events, rows and values, and the limits it keeps.

All taps write here. Events and most rows are final when they are written; a hook's firing is written when it begins and
replaced when it ends, so that what the hook does stands after it.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from threading import get_ident
from typing import TYPE_CHECKING, Any

import msgspec
import torch
from torch import Tensor
from torch.nn import Parameter

from tapedeck.recorder.capture import Capture
from tapedeck.recorder.frames import Frames
from tapedeck.recorder.strand import Strand
from tapedeck.recorder.text import message_of
from tapedeck.tape.events import AnyEvent, Warn

if TYPE_CHECKING:
    from tapedeck.recorder.options import Options

Where = tuple[str, int, int, int, int]
"""Source name, line, column, end line, end column."""

FAILURE = "TapedeckFailure"
"""Category of the warning that stands on the tape where the recorder itself failed."""

LIMIT = "TapedeckLimit"
"""Category of the warning that stands on the tape where a limit ended the recording and not the program."""

EMPTY: list[Any] = []
"""The list of nothing, which rows and events share; nobody writes it."""

Progress = Callable[[int, "Where | None"], None]


class Stopped(BaseException):
    """A limit ended the program. Not an ``Exception``, so that a program's ``except Exception`` does not swallow it."""

    def __init__(self, reason: str, message: str | None = None) -> None:
        super().__init__(message or reason.replace("_", " "))
        self.reason = reason


class Guard:
    """A block of our own code inside the program's: what goes wrong in it stops the recording, not the program.

    In it torch functions are switched off, so that no mode and no subclass of the program's sees us, and no other
    thread writes to the log. Limits (`Stopped`), a shortage of memory and interruptions are the program's, and pass.
    """

    __slots__ = ("_log", "_off", "_what")

    def __init__(self, log: Log, what: str) -> None:
        self._log = log
        self._what = what
        self._off = torch._C.DisableTorchFunction()

    def __enter__(self) -> None:
        self._off.__enter__()
        self._log.lock.acquire()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        try:
            if not isinstance(error, Exception) or isinstance(error, MemoryError):
                return False
            self._log.fail(self._what, error)
            return True
        finally:
            self._log.lock.release()
            self._off.__exit__(None, None, None)


class Log:
    """The growing record of one program."""

    def __init__(self, options: Options) -> None:
        self.events: list[AnyEvent] = []
        self.frames = Frames(dict(options.sources))
        self.capture = Capture(options.values, options.histograms, options.max_bytes)
        self.open = False
        self.failed = False
        self.values = options.values != "structure"
        self.lock = threading.RLock()
        self._acquire, self._release = self.lock.acquire, self.lock.release
        off = torch._C.DisableTorchFunction()
        self._switch_off, self._switch_on = off.__enter__, off.__exit__
        self._depth = 0
        self.strands: dict[int, Strand] = {}
        self.main = Strand(0)
        self.engine = self.main
        self.threads = 0
        self.culprits: dict[str, tuple[int, int]] = {}
        self._stop = sys.maxsize if options.max_events is None else options.max_events
        self._raises = options.at_limit == "raise"
        self._progress = options.progress
        self._next_report = 0.0
        self._last_span: int | None = None

    def begin(self) -> None:
        """The recording begins, on this thread."""
        self.strands[threading.get_ident()] = self.main

    def step_in(self) -> None:
        """Our own code begins, as in a `Guard`, but for those who see to their own exceptions; `step_out` ends it."""
        self._acquire()
        if not self._depth:
            self._switch_off()
        self._depth += 1

    def step_out(self) -> None:
        """Our own code ends."""
        self._depth -= 1
        if not self._depth:
            self._switch_on(None, None, None)
        self._release()

    def strand(self) -> Strand:
        """What is under way on this thread; the engine's own threads work for the thread whose pass they run."""
        return self.strands.get(get_ident(), self.engine) if self.threads else self.main

    def emit(self, event: AnyEvent) -> int:
        """Append an event; its step."""
        if self.threads:
            thread = self.strand().thread
            if thread:
                event = msgspec.structs.replace(event, thread=thread)
        self.events.append(event)
        return len(self.events) - 1

    def reached(self, span: int | None) -> None:
        """The program is at this expression."""
        if span is not None:
            self._last_span = span

    def tick(self, span: int | None = None) -> None:
        """Keep the limits; called where an exception may safely rise into the program. Raises `Stopped`."""
        if span is not None:
            self._last_span = span
        if len(self.events) >= self._stop:
            self._full()
        if self._progress is not None:
            self._report()

    def _full(self) -> None:
        self._stop = sys.maxsize
        if self._raises:
            raise Stopped("too_many_events", f"the program made more than {len(self.events):,} events")
        self.leave(LIMIT, f"The recording ended at {len(self.events):,} events (max_events); the program went on.")

    def _report(self) -> None:
        now = time.monotonic()
        if self._progress is not None and now >= self._next_report:
            self._next_report = now + 0.05
            self._progress(len(self.events), self.where(self._last_span))

    def guard(self, what: str) -> Guard:
        """Our own code, about ``what``, inside the program's."""
        return Guard(self, what)

    def fail(self, what: str, error: Exception) -> None:
        """The recorder itself failed: say so on the tape and leave the program alone from here on.

        A shortage of memory is the program's, and rises.
        """
        if isinstance(error, MemoryError):
            raise error
        text = f"Tapedeck failed while it recorded {what}, and the program went on unrecorded: "
        self.leave(FAILURE, f"{text}{type(error).__name__}: {message_of(error)}")

    def leave(self, category: str, text: str) -> None:
        """Record no more, say why on the tape, and leave the program alone from here on."""
        if self.open:
            self.open = False
            self.failed = True
            self.emit(Warn(text=text, category=category, span=self._last_span))

    def where(self, span: int | None) -> Where | None:
        """A span in words that need no tables."""
        if span is None:
            return None
        row = self.frames.spans[span]
        return (self.frames.sources[row.source].name, row.line, row.column, row.end_line, row.end_column)

    def see(self, tensor: Tensor | None, note: str | None = None) -> int | None:
        """Capture a tensor."""
        return self.capture.see(tensor, note)

    def blame(self, kind: str, row: int, error: BaseException) -> None:
        """Remember what an exception was raised by, without keeping the exception (it would keep frames alive)."""
        self.culprits[kind] = (row, id(error))

    def blamed(self, kind: str, error: BaseException) -> int | None:
        """The row of the thing of this kind that raised an exception, if one did."""
        row, identity = self.culprits.get(kind, (None, 0))
        return row if identity == id(error) else None

    def here(self) -> int | None:
        """The span of the user's expression that is being evaluated."""
        return self.frames.here(sys._getframe())


_ATOMS = frozenset((int, float, bool, str, bytes, complex, type(None), torch.dtype, torch.device, torch.Size, slice))
"""Types that hold no tensor."""

FEW = 32
"""Arguments among which a tensor is looked for one by one."""


def tensors_in(thing: Any, limit: int = 10_000) -> list[Tensor]:
    """Every tensor in nested tuples, lists, dicts, dataclass-like objects, in order; each object once.

    No method of the program's own classes is run for it.
    """
    if type(thing) is Tensor:
        return [thing]
    found: list[Tensor] = []
    return found if type(thing) is tuple and _gather(thing, found) else _search(thing, limit)


def tensors_given(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Tensor]:
    """Every tensor among the arguments of a call, in order; each object once."""
    found: list[Tensor] = []
    if _gather(args, found) and (not kwargs or _gather(tuple(kwargs.values()), found)):
        return found
    return _search((args, kwargs), 10_000)


def _gather(things: tuple[Any, ...], found: list[Tensor]) -> bool:
    """Append the tensors of a short tuple that holds only tensors, such tuples and atoms; whether it was one."""
    if len(things) > FEW:
        return False
    for one in things:
        if type(one) is Tensor or type(one) is Parameter:
            if not among(found, one):
                found.append(one)
        elif type(one) is tuple:
            if not _gather(one, found):
                return False
        elif type(one) not in _ATOMS:
            return False
    return True


def among(things: list[Any], thing: Any) -> bool:
    """Whether an object is one of a few."""
    for one in things:  # noqa: SIM110 - a generator would be an object of its own
        if one is thing:
            return True
    return False


def _search(thing: Any, limit: int) -> list[Tensor]:
    found: list[Tensor] = []
    seen: set[int] = set()
    kept: list[Any] = []  # what a property made for us, whose id must not be used again meanwhile
    stack = [thing]
    while stack and len(found) < limit:
        thing = stack.pop()
        if type(thing) in _ATOMS:
            continue
        if isinstance(thing, Tensor):
            if id(thing) not in seen:
                seen.add(id(thing))
                found.append(thing)
            continue
        if id(thing) in seen:  # a container may hold itself, or hold another one many times
            continue
        seen.add(id(thing))
        kept.append(thing)
        if isinstance(thing, tuple):
            stack.extend(reversed([*tuple.__iter__(thing)]))
        elif isinstance(thing, list):
            stack.extend(reversed([*list.__iter__(thing)]))
        elif isinstance(thing, dict):
            stack.extend(reversed([*dict.values(thing)]))
        elif hasattr(type(thing), "__dataclass_fields__"):
            stack.extend(reversed([getattr(thing, name, None) for name in thing.__dataclass_fields__]))
    return found
