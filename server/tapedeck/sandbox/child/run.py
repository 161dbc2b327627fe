"""One run, in its own process: close the layers, read the one job, record the program, send the tape, leave."""

from __future__ import annotations

import builtins
import faulthandler
import linecache
import os
import signal
import sys
import types
from collections.abc import Callable
from typing import Any, NoReturn

import msgspec

from tapedeck.recorder import Stopped, record
from tapedeck.sandbox.child.guard import Guard
from tapedeck.sandbox.child.streams import Gauge, text_stream
from tapedeck.sandbox.confine import Confinement
from tapedeck.sandbox.frames import BEGUN, DONE, ENDING, PROGRESS, SMALL, TAPE, Ending, Progress, frame, write_all
from tapedeck.sandbox.limits import PROGRAM, Job, Limits
from tapedeck.sandbox.signals import SIGNAL_TRACE
from tapedeck.tape import Tape

RESULT, TRACE, JOB = 3, 4, 5
MESSAGE_LENGTH = 1_500

_leave: Callable[[int], NoReturn] = os._exit


def main(confinement: Confinement, limits: Limits, job: int, result: int, output: int, trace: int) -> NoReturn:
    """Become the child of one run. The descriptors are the ones the supervisor passed to the zygote.

    The layers are closed before the job is there: a child that waits for its job (it is *parked*) has only to run it.
    """
    try:
        os.setsid()
        confinement.begin()
        _arrange(job, result, output, trace)
        confinement.close(limits)
        given = _read_job()
        _say(BEGUN, b"")
        _run(given)
    except BaseException as error:  # noqa: BLE001 - the supervisor is told, and nobody else is there to hear it
        _say(ENDING, _encode(Ending("broken", type(error).__name__, _clean(str(error)))))
    _leave(0)


def _arrange(job: int, result: int, output: int, trace: int) -> None:
    """Put the descriptors at 0 … 5 and close every other one, the zygote's own among them."""
    null = os.open(os.devnull, os.O_RDONLY)
    high = [os.dup2(fd, 100 + index) for index, fd in enumerate((null, output, output, result, trace, job))]
    for target, source in enumerate(high):
        os.dup2(source, target, inheritable=target <= 2)
    os.closerange(JOB + 1, 4096)
    faulthandler.enable(file=TRACE, all_threads=False)
    faulthandler.register(SIGNAL_TRACE, file=TRACE, all_threads=False, chain=False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _read_job() -> Job:
    with open(JOB, "rb") as file:
        return msgspec.msgpack.decode(file.read(), type=Job)


def _run(job: Job) -> None:
    guard = Guard(job.limits.time_s, _leave)
    gauge = Gauge(guard, job.limits.output_bytes)
    sys.stdout = text_stream(gauge)
    sys.stderr = text_stream(gauge)
    sys.argv = [PROGRAM]
    tape = _record(job, guard)
    if not guard.in_own_process:  # the program forked, and this is the copy
        _leave(0)
    _send_tape(tape, job.limits, guard)
    _say(DONE, b"")


def _record(job: Job, guard: Guard) -> Tape | None:
    """The tape, or ``None`` when there was no memory left to build it."""
    namespace = _main_module().__dict__
    # Where `inspect.getsource` and `torch.jit.script` look for the text.
    linecache.cache[PROGRAM] = len(job.source), None, job.source.splitlines(keepends=True), PROGRAM
    program = _Program(job.source, namespace, guard)
    recording = record(
        values=job.options.values,
        seed=int.from_bytes(os.urandom(4), "big") if job.options.seed is None else job.options.seed,
        title=job.options.title,
        mode=job.options.mode,
        wrt=job.options.wrt,
        aten=job.options.aten,
        fake=job.options.fake,
        sources={PROGRAM: job.source},
        max_events=job.limits.max_events,
        at_limit="raise",
        max_print=job.limits.print_bytes,
        progress=_report,
        namespace=namespace,
    )
    try:
        with recording:
            program.run()
    except MemoryError as error:
        if error is not program.error:  # the recorder's, while it built the tape
            return None
    except BaseException as error:
        if error is not program.error:  # the recorder's own
            raise
    return recording.tape


class _Program:
    """The program as ``__main__``; says how it ended before the recorder begins to build the tape."""

    def __init__(self, source: str, namespace: dict[str, Any], guard: Guard) -> None:
        self.error: BaseException | None = None
        self._source = source
        self._namespace = namespace
        self._guard = guard

    def run(self) -> None:
        ending: Ending | None = None
        try:
            self._guard.arm()
            try:
                exec(compile(self._source, PROGRAM, "exec", dont_inherit=True), self._namespace)
            finally:
                self._guard.disarm()
        except BaseException as error:
            self._guard.disarm()
            if isinstance(error, SystemExit) and error.code in (None, 0):
                return  # as good as its end
            self.error = error
            ending = _describe(error, self._guard, self._source)
            if ending.kind == "memory":
                self._guard.release_spare()
            raise
        finally:
            if self._guard.in_own_process:
                _say(ENDING, _encode(ending or _end(self._guard, self._source)))


def _end(guard: Guard, source: str) -> Ending:
    """How a program ended that came to its end: not well if it was stopped, and swallowed that."""
    if guard.exit_code is not None:
        return Ending("exited", code=guard.exit_code & 0xFF)
    if guard.reason is None:
        return Ending("finished")
    lines = source.split("\n")
    if guard.line is None or not 0 < guard.line <= len(lines):
        return Ending("stopped", reason=guard.reason)
    text = lines[guard.line - 1]
    span = (guard.line, len(text) - len(text.lstrip()), guard.line, len(text.rstrip()))
    return Ending("stopped", reason=guard.reason, span=span)


def _main_module() -> types.ModuleType:
    module = types.ModuleType("__main__")
    module.__file__ = PROGRAM
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    return module


def _describe(error: BaseException, guard: Guard, source: str) -> Ending:
    if isinstance(error, Stopped):
        return _end(guard, source) if guard.reason else Ending("stopped", reason=_clean(str(error.reason)))
    kind = type(error)
    try:
        message = _clean(error.msg if isinstance(error, SyntaxError) else str(error))
    except BaseException:  # noqa: BLE001 - the program's own __str__
        message = ""
    if isinstance(error, MemoryError) or _is_allocation_failure(error, message):
        return Ending("memory", _clean(kind.__name__), message)
    return Ending("raised", _clean(kind.__name__), message, span=_syntax_span(error))


def _is_allocation_failure(error: BaseException, message: str) -> bool:
    """Whether torch, C++ or the kernel said in its own way that there is no memory."""
    if isinstance(error, OSError):
        return error.errno == 12
    said = ("can't allocate memory", "not enough memory", "std::bad_alloc")
    return isinstance(error, RuntimeError) and any(words in message for words in said)


def _syntax_span(error: BaseException) -> tuple[int, int, int, int] | None:
    if not isinstance(error, SyntaxError) or error.filename != PROGRAM or error.lineno is None:
        return None
    line, column = error.lineno, max((error.offset or 1) - 1, 0)
    end_line = error.end_lineno if error.end_lineno and error.end_lineno >= line else line
    end_column = (error.end_offset or 0) - 1
    if end_line == line and end_column <= column:
        # The parser names a point; what stands there up to the end of the line says more.
        end_column = max(len((error.text or "").rstrip("\n")), column)
    return line, column, end_line, max(end_column, 0)


def _report(events: int, span: tuple[str, int, int, int, int] | None) -> None:
    body = _encode(Progress(events, span))
    if len(body) <= SMALL - 5:
        _say(PROGRESS, body)


def _send_tape(tape: Tape | None, limits: Limits, guard: Guard) -> None:
    data = None if tape is None else _serialise(tape, guard)
    if data is None:
        _say(ENDING, _encode(Ending("memory")))
    elif len(data) > limits.tape_bytes:
        _say(ENDING, _encode(Ending("stopped", reason="tape_too_large")))
    else:
        _say(TAPE, data)


def _serialise(tape: Tape, guard: Guard) -> bytes | None:
    try:
        return tape.to_bytes()
    except MemoryError:
        guard.release_spare()
        sys.modules["__main__"].__dict__.clear()  # what the program holds is in the way
    try:
        return tape.to_bytes()
    except MemoryError:
        return None


def _say(kind: bytes, body: bytes) -> None:
    try:
        write_all(RESULT, frame(kind, body))
    except OSError:
        _leave(1)  # nobody is listening any more


def _encode(message: Progress | Ending) -> bytes:
    return msgspec.json.encode(message)


def _clean(text: str) -> str:
    """Text that survives strict UTF-8, of bounded length."""
    return text[:MESSAGE_LENGTH].encode("utf-8", "backslashreplace").decode()
