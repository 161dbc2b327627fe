"""The places where torch is asked to tell us: put in when a recording begins, taken out when the last one ends.

A few Python attributes of torch are replaced while anything is being recorded, each by a function that calls the
original and does nothing else on threads that record nothing: ``nn.Module.__call__`` and ``__init__`` (their code),
``RemovableHandle.remove``, ``torch.autograd.Function._register_hook`` (which torch's C++ calls when a node gets a
hook), and ``torch.autograd._engine_run_backward`` (which every backward pass that Python begins goes through); and
what each module in `_PATCHES` names. torch offers no hook for any of them.
"""

from __future__ import annotations

import functools
import sys
import threading
from threading import get_ident
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.autograd.function import _HookMixin
from torch.compiler import is_compiling
from torch.utils.hooks import RemovableHandle

from tapedeck.recorder import (
    global_hooks,
    modes,
    module_hooks,
    multi_hooks,
    optimizer_hooks,
    saved_hooks,
    threads,
    training,
)
from tapedeck.recorder.autograd import watched_engine
from tapedeck.recorder.graph import watched_register
from tapedeck.recorder.uncompiled import uncompiled

if TYPE_CHECKING:
    from tapedeck.recorder.recording import Recording

_active: dict[int, Recording] = {}
_originals: dict[tuple[Any, str], Any] = {}
_swapped: list[tuple[Any, CodeType, Any, tuple[str, ...]]] = []
_lock = threading.Lock()

_PATCHES = (
    global_hooks.patches,
    modes.patches,
    module_hooks.patches,
    multi_hooks.patches,
    optimizer_hooks.patches,
    saved_hooks.patches,
    threads.patches,
    training.patches,
)
"""What else is replaced: each gives the owner, the attribute, and what makes the replacement of the original."""


def current() -> Recording | None:
    """The recording of this thread that is running."""
    recording = _active.get(get_ident())
    return recording if recording is not None and recording.log.open else None


def enter(recording: Recording) -> None:
    """This thread records from now on. Raises ``RuntimeError`` when it already does."""
    with _lock:
        thread = get_ident()
        if thread in _active:
            raise RuntimeError("this thread is already being recorded; close the first recording before a second one")
        if not _active:
            _install()
        _active[thread] = recording


def join(recording: Recording) -> None:
    """This thread of the program's is recorded, too."""
    with _lock:
        if recording in _active.values():
            _active[get_ident()] = recording


def part(recording: Recording) -> None:
    """This thread of the program's ends."""
    with _lock:
        if _active.get(get_ident()) is recording:
            del _active[get_ident()]


def leave(recording: Recording) -> None:
    """The thread of this recording records no more."""
    with _lock:
        for thread, active in list(_active.items()):
            if active is recording:
                del _active[thread]
        if not _active:
            _restore()


def _install() -> None:
    _swap(nn.Module.__call__, _around_call.__code__, "_tapedeck_call", _tapedeck_called=_called)
    _swap(nn.Module.__init__, _Around.init.__code__, "_tapedeck_init", _tapedeck_made=_made)
    _replace(RemovableHandle, "remove", _remove)
    _replace(_HookMixin, "_register_hook", functools.partial(watched_register, current))
    _replace(torch.autograd, "_engine_run_backward", functools.partial(watched_engine, current))
    _replace(torch.autograd.Function, "apply", _apply)
    for patches in _PATCHES:
        for owner, name, make in patches(current):
            _replace(owner, name, make)
    global_hooks.cover(current)


def _restore() -> None:
    for function, code, _, names in _swapped:
        function.__code__ = code
        for name in names:
            del function.__globals__[name]
    _swapped.clear()
    for (owner, name), original in _originals.items():
        setattr(owner, name, original)
    _originals.clear()
    global_hooks.uncover()


def _swap(function: Any, code: CodeType, name: str, **names: Any) -> None:
    """Give a function of torch's other code, which finds the original under ``name`` among the function's globals.

    To set ``nn.Module.__call__`` itself, Python walks through all subclasses to look for a slot to update (CPython,
    ``typeobject.c``, ``update_slot``), which takes longer than all else that begins a recording.
    """
    original = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    _swapped.append((function, function.__code__, original, (name, *names)))
    function.__globals__.update({name: original, **names})
    function.__code__ = code


def _replace(owner: Any, name: str, make: Any) -> None:
    original = owner.__dict__[name]
    _originals[owner, name] = original
    setattr(owner, name, make(original))


def _around_call(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
    """``nn.Module.__call__`` while anything is recorded; Dynamo, which traces it, sees what it always sees."""
    if torch.compiler.is_dynamo_compiling():
        return _tapedeck_call(self, *args, **kwargs)  # type: ignore[name-defined]  # noqa: F821 - see `_swap`
    return _tapedeck_called(self, args, kwargs)  # type: ignore[name-defined]  # noqa: F821


class _Around:
    def init(self, *args: Any, **kwargs: Any) -> None:
        """``nn.Module.__init__`` while anything is recorded; it has a ``__class__``, as torch's has."""
        assert __class__ is not None  # type: ignore[name-defined]  # noqa: F821
        _tapedeck_init(self, *args, **kwargs)  # type: ignore[name-defined]  # noqa: F821
        if not torch.compiler.is_dynamo_compiling():
            _tapedeck_made(self)  # type: ignore[name-defined]  # noqa: F821


def _called(self: nn.Module, args: Any, kwargs: Any) -> Any:
    original = _swapped[0][2]
    recording = _active.get(get_ident())
    if recording is None or not recording.log.open or is_compiling() or torch._C._get_tracing_state() is not None:
        return original(self, *args, **kwargs)
    if global_hooks.stale():
        global_hooks.cover(current)
    return recording.modules.call(original, self, args, kwargs, sys._getframe(2))


def _made(self: nn.Module) -> None:
    recording = current()
    if recording is not None:
        with recording.log.guard(f"the construction of {type(self).__name__}"):
            recording.modules.constructed(self, sys._getframe(2))


CALL = _around_call.__code__
"""The code of ours that stands around a module's call."""

def _remove(original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def remove(self: RemovableHandle) -> None:
        recording = current()
        if recording is not None:
            recording.hooks.settle()
        original(self)
        if recording is not None:
            with recording.log.guard("the removal of a hook"):
                recording.hooks.removed(self)

    return remove


def _apply(original: Any) -> Any:
    plain = original.__func__

    @uncompiled
    @functools.wraps(plain)
    def apply(cls: Any, *args: Any, **kwargs: Any) -> Any:
        recording = _active.get(get_ident())
        if recording is None or not recording.log.open or torch._C._get_tracing_state() is not None:
            return plain(cls, *args, **kwargs)
        return recording.ops.custom(plain, cls, args, kwargs, sys._getframe(1))

    return classmethod(apply)
