"""The places where torch is asked to tell us: put in when a recording begins, taken out when the last one ends.

A few Python attributes of torch are replaced while anything is being recorded, each by a function that calls the
original and does nothing else on threads that record nothing: ``nn.Module.__call__`` and ``__init__``,
``RemovableHandle.remove``, ``torch.autograd.Function._register_hook`` (which torch's C++ calls when a node gets a
hook), and ``torch.autograd._engine_run_backward`` (which every backward pass that Python begins goes through); and
what each module in `_PATCHES` names. torch offers no hook for any of them.
"""

from __future__ import annotations

import functools
import sys
import threading
from threading import get_ident
from types import CodeType
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
from tapedeck.recorder.graph import is_ours, put
from tapedeck.recorder.uncompiled import uncompiled

if TYPE_CHECKING:
    from tapedeck.recorder.recording import Recording

_active: dict[int, Recording] = {}
_originals: dict[tuple[Any, str], Any] = {}
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
    _replace(nn.Module, "__call__", _call)
    _replace(nn.Module, "__init__", _init)
    _replace(RemovableHandle, "remove", _remove)
    _replace(_HookMixin, "_register_hook", _register_on_node)
    _replace(torch.autograd, "_engine_run_backward", functools.partial(watched_engine, current))
    _replace(torch.autograd.Function, "apply", _apply)
    for patches in _PATCHES:
        for owner, name, make in patches(current):
            _replace(owner, name, make)
    global_hooks.cover(current)


def _restore() -> None:
    for (owner, name), original in _originals.items():
        setattr(owner, name, original)
    _originals.clear()
    global_hooks.uncover()


def _replace(owner: Any, name: str, make: Any) -> None:
    original = owner.__dict__[name]
    _originals[owner, name] = original
    setattr(owner, name, make(original))


def _call(original: Any) -> Any:
    @functools.wraps(original)
    def __call__(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        if is_compiling():
            return original(self, *args, **kwargs)
        recording = _active.get(get_ident())
        if recording is None or not recording.log.open or torch._C._get_tracing_state() is not None:
            return original(self, *args, **kwargs)
        if global_hooks.stale():
            global_hooks.cover(current)
        return recording.modules.call(original, self, args, kwargs, sys._getframe(1))

    return __call__


CALL = next(constant for constant in _call.__code__.co_consts if isinstance(constant, CodeType))
"""The code of ours that stands around a module's call."""


def _init(original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def __init__(self: nn.Module, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        recording = _active.get(get_ident())
        if recording is not None and recording.log.open:
            with recording.log.guard(f"the construction of {type(self).__name__}"):
                recording.modules.constructed(self, sys._getframe(1))

    return __init__


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


def _register_on_node(original: Any) -> Any:
    plain = original.__func__ if isinstance(original, staticmethod) else original

    @uncompiled
    @functools.wraps(plain)
    def _register_hook(table: Any, hook: Any) -> Any:
        if is_ours(hook):
            return put(table, hook)
        recording = _active.get(get_ident())
        if recording is None or not recording.log.open:
            return plain(table, hook)
        return recording.autograd.graph.register(table, hook)

    return staticmethod(_register_hook)


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
