"""The program's modes: grad mode, inference mode, autocast, anomaly detection, and modules in training or not.

A change is on the tape where it happens and only when the program's own code makes it: torch switches grad mode many
times inside (in initialisers, optimizers, checkpointing), which is none of the program's doing. The place is the
expression of the ``with`` statement or the call; of a decorated function, the line of its decorator. Not seen is what
leaves Python's torch API aside: ``torch._C._InferenceMode`` and ``torch.set_autocast_enabled`` called directly. A
``module.training = False`` is seen when the module is called next; where it was done is then not known.
"""

from __future__ import annotations

import contextlib
import dis
import functools
import inspect
import re
import sys
import threading
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.amp import autocast_mode
from torch.autograd import anomaly_mode, grad_mode
from torch.cpu.amp import autocast_mode as cpu_autocast_mode
from torch.cuda.amp import autocast_mode as cuda_autocast_mode
from torch.utils import _contextlib

from tapedeck.recorder.frames import look_up
from tapedeck.recorder.log import Log
from tapedeck.recorder.uncompiled import uncompiled
from tapedeck.tape import events as e
from tapedeck.tape.place import characters

if TYPE_CHECKING:
    from tapedeck.recorder.modules import ModuleTap
    from tapedeck.recorder.training import Current

_SWITCHES = frozenset(
    module.__file__
    for module in (
        _contextlib,
        anomaly_mode,
        autocast_mode,
        contextlib,
        cpu_autocast_mode,
        cuda_autocast_mode,
        grad_mode,
        sys.modules[__name__],
    )
)
"""Files whose frames stand between a switch and the code that throws it."""

_DECORATED = frozenset(("decorate_context", "decorate_autocast", "generator_context"))
"""Functions of `_SWITCHES` that run a decorated function, which they call ``func``."""

_WITH = re.compile(r"(async\s+)?with\b")
_DECORATOR = re.compile(r"\s*@.*\b(no_grad|enable_grad|set_grad_enabled|inference_mode|autocast)\b")
_DEFINITION = re.compile(r"\s*(async\s+)?(def|class)\b")
_ENTERS = frozenset(dis.opmap[name] for name in ("BEFORE_WITH", "BEFORE_ASYNC_WITH") if name in dis.opmap)


class _Switching:
    """A ``train()`` or ``eval()`` that is running: what it leads to, and how its modules stood before."""

    __slots__ = ("before", "events", "mode")

    def __init__(self, mode: bool, before: list[tuple[nn.Module, Any]], events: list[e.Mode]) -> None:
        self.mode = mode
        self.before = before
        self.events = events


class Modes:
    """The mode changes of one recording."""

    def __init__(self, log: Log, modules: ModuleTap) -> None:
        self._log = log
        self._modules = modules
        self._heads: dict[int, int] = {}
        self._decorators: dict[int, int | None] = {}
        self._switching: dict[int, list[_Switching]] = {}

    def stop(self) -> None:
        """Let go of what a switch that was cut off had in hand."""
        self._switching.clear()

    # ── grad, inference, autocast, anomaly ─────────────────────────────────────────────────────────────────────────

    def grad(self, func: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
        """``torch._C._set_grad_enabled``, which every switch of grad mode comes down to, called through to torch."""
        before = torch.is_grad_enabled()
        result = func(*args, **kwargs)
        with self._log.guard("a change of grad mode"):
            self.switched("grad", before, torch.is_grad_enabled(), frame)
        return result

    def switched(self, name: Any, before: bool, now: bool, frame: FrameType) -> None:
        """A switch was thrown at this frame."""
        if now != before:
            theirs, span = self._thrown_by(frame)
            if theirs:
                self._log.emit(e.Mode(name=name, enabled=now, span=span))

    def _thrown_by(self, frame: FrameType) -> tuple[bool, int | None]:
        """Whether the program's own code threw the switch, and where."""
        frames = self._log.frames
        outside: FrameType | None = frame
        while outside is not None and outside.f_code.co_filename in _SWITCHES:
            if outside.f_code.co_name in _DECORATED:
                span = self._decorator(look_up(outside, lambda variables: variables.get("func")))
                if span is not None:
                    return True, span
            outside = outside.f_back
        if outside is None or outside is not frames.user_frame(outside):
            return False, None
        return True, self._place(outside)

    def _decorator(self, function: Any) -> int | None:
        """The line of the decorator that switches a mode around a function of the program's; ``None`` without one."""
        definition = self._log.frames.definition(inspect.unwrap(function))
        if definition is None:
            return None
        if definition not in self._decorators:
            self._decorators[definition] = self._decorator_of(definition)
        return self._decorators[definition]

    def _decorator_of(self, definition: int) -> int | None:
        frames = self._log.frames
        row = frames.spans[definition]
        lines = frames.sources[row.source].text.split("\n")
        for number in range(row.line, len(lines) + 1):
            text = lines[number - 1]
            if _DECORATOR.match(text):
                start, end = len(text) - len(text.lstrip()), len(text.rstrip())
                return frames.add(row.source, number, start, number, end, row.function)
            if _DEFINITION.match(text):
                break
        return None

    def _place(self, frame: FrameType) -> int:
        """The expression that a frame evaluates; of a ``with`` statement, its head."""
        span = self._log.frames.span(frame.f_code, frame.f_lasti)
        if span not in self._heads:
            self._heads[span] = self._head(span, frame.f_code, frame.f_lasti)
        return self._heads[span]

    def _head(self, span: int, code: CodeType, instruction: int) -> int:
        """The head of the ``with`` statement that a span is the whole of, or else the span.

        CPython gives the calls of ``__enter__`` and ``__exit__`` the place of the whole statement; what stands before
        the instruction that enters the last context is the end of its expression.
        """
        frames = self._log.frames
        row = frames.spans[span]
        lines = frames.sources[row.source].text.split("\n")
        positions = list(code.co_positions())
        here = positions[instruction // 2]
        enters = [i for i, at in enumerate(positions) if at == here and code.co_code[2 * i] in _ENTERS and i]
        if not enters or len(lines) < row.line or not _WITH.match(lines[row.line - 1], row.column):
            return span
        _, line, _, column = positions[enters[-1] - 1]
        if line is None or column is None:
            return span
        return frames.add(row.source, row.line, row.column, line, characters(lines[line - 1], column), row.function)

    # ── training and evaluation ────────────────────────────────────────────────────────────────────────────────────

    def train(self, original: Any, module: nn.Module, mode: bool, frame: FrameType) -> Any:
        """``module.train(mode)``, called through to torch.

        One event for a call that changed a flag of the module or of one below it; the calls that it makes for its
        children are none of their own, unless one (of a user's override) sets the other mode.
        """
        running = self._switching.setdefault(threading.get_ident(), [])
        if running and running[-1].mode is mode:
            return original(module, mode)
        switching = None
        with self._log.guard("train() or eval()"):
            switching = self._begin(running, module, mode, frame)
        if switching is None:
            return original(module, mode)
        running.append(switching)
        try:
            return original(module, mode)
        finally:
            running.pop()
            if not running:
                with self._log.guard("train() or eval()"):
                    self._end(switching)

    def _begin(self, running: list[_Switching], module: nn.Module, mode: bool, frame: FrameType) -> _Switching:
        before = [(one, one.__dict__.get("training")) for one in below(module)]
        events = running[0].events if running else []
        if any(flag is not mode for _, flag in before):
            known = self._modules.know(module)
            events.append(e.Mode(name="training", enabled=mode, module=known.id, span=self._log.frames.here(frame)))
        return _Switching(mode, before, events)

    def _end(self, switching: _Switching) -> None:
        """The outermost call is over: its events, if any flag is not what it was."""
        changed = [module for module, flag in switching.before if module.__dict__.get("training") is not flag]
        if not changed or not self._log.open:
            return
        for event in switching.events:
            self._log.emit(event)
        for module in changed:
            self._modules.know(module).flag = bool(module.training)


def below(module: nn.Module) -> Iterator[nn.Module]:
    """A module and everything it holds, each once; runs no code of the module's."""
    stack, seen = [module], {id(module)}
    while stack:
        one = stack.pop()
        yield one
        for child in one.__dict__.get("_modules", {}).values():
            if isinstance(child, nn.Module) and id(child) not in seen:
                seen.add(id(child))
                stack.append(child)


# ── where torch is asked ───────────────────────────────────────────────────────────────────────────────────────────


def patches(current: Current) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
    """What is replaced while anything is recorded: owner, attribute, and what makes the replacement of the original."""
    for name in ("__enter__", "__exit__"):
        yield (
            grad_mode.inference_mode,
            name,
            functools.partial(_switch, current, "inference", lambda _: torch.is_inference_mode_enabled()),
        )
        yield (
            autocast_mode.autocast,
            name,
            functools.partial(_switch, current, "autocast", lambda self: torch.is_autocast_enabled(self.device)),
        )
    yield (
        torch,
        "set_anomaly_enabled",
        functools.partial(_switch, current, "anomaly", lambda _: torch.is_anomaly_enabled()),
    )
    yield nn.Module, "train", functools.partial(_train, current)


def _switch(current: Current, name: str, state: Callable[[Any], bool], original: Any) -> Any:
    """A function that throws a switch; its first argument tells whose state is asked for."""

    @uncompiled
    @functools.wraps(original)
    def switch(*args: Any, **kwargs: Any) -> Any:
        recording = current()
        if recording is None:
            return original(*args, **kwargs)
        before = state(args[0] if args else None)
        result = original(*args, **kwargs)
        with recording.log.guard(f"a change of {name} mode"):
            recording.modes.switched(name, before, state(args[0] if args else None), sys._getframe(1))
        return result

    return switch


def _train(current: Current, original: Any) -> Any:
    @functools.wraps(original)
    def train(self: nn.Module, mode: Any = True) -> Any:
        recording = None if torch.compiler.is_compiling() else current()
        if recording is None or type(mode) is not bool:
            return original(self, mode)
        return recording.modes.train(original, self, mode, sys._getframe(1))

    return train
